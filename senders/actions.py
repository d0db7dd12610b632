"""Changes to the sending settings: each one transaction, with its entry in the activity log.

Every change gives the row its next `version`, which is what makes workers decide held messages
again. What a person has seen is told by the values of one card: another card's change does no harm.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from accounts.audit import Actor, record
from accounts.conflicts import Values, differences, refuse_if_overtaken
from accounts.models import Account
from accounts.origins import Origin
from hub.lib.windows import Week, open_hours
from senders.models import Sender, SendingSettings
from senders.settings_above import HOURS, RECEIPTS, Heritable, heed

HOURS_CHANGED: Final = "sending_hours.changed"
LIMIT_CHANGED: Final = "sms_limit.changed"
RECEIPTS_CHANGED: Final = "delivery_receipts.changed"
SENDER_CHANGED: Final = "default_sender.changed"

LIMIT: Final = ("limit_day", "limit_month", "over_limit")
SENDER: Final = ("default_sender",)

Changes = dict[str, list[Any]]


class SenderNotActive(ValueError):
    """The sender is not one the account may use now."""


def change_sending_hours(
    account: Account,
    *,
    actor: Actor,
    seen: str,
    hours_on: bool,
    hours_clock: str,
    week: Mapping[str, Any],
    unknown_zone_uses_account: bool,
    hours_locked_below: bool = False,
    hours_origin: str = Origin.OWN,
) -> Changes:
    """The account sends within `week` when `hours_on`; workers decide held messages again.

    `week` is the JSON form of hub.lib.windows.Week; an empty one was never chosen. ValueError for
    one without an open hour while hours are on, and Overtaken unless `seen` is the fingerprint of
    what is saved (accounts.conflicts). Needs the scope, as all of these.

    With `hours_locked_below` every account below has these hours. With the origin PARENT this
    account has its parent's hours, now and after each change of theirs. SetAbove while the parent
    binds it, and for other hours while it follows.
    """
    read = Week.parse(dict(week))
    if hours_on and not open_hours(read):
        raise ValueError("sending hours that never open are a pause, not hours")
    wanted = {
        "hours_on": hours_on,
        "hours_clock": SendingSettings.Clock(hours_clock).value,
        "week": read.to_json() if week else {},
        "unknown_zone_uses_account": unknown_zone_uses_account,
        "hours_locked_below": hours_locked_below,
        "hours_origin": Origin(hours_origin).value,
    }
    return _change(account, actor, HOURS_CHANGED, seen, wanted, HOURS)


def change_sms_limit(
    account: Account,
    *,
    actor: Actor,
    seen: str,
    limit_day: int | None,
    limit_month: int | None,
    over_limit: str,
) -> Changes:
    """At most so many segments a day and a month leave; None is no limit, 0 sends nothing.

    ValueError for a month's limit below the day's; Overtaken as said above.
    """
    if limit_day is not None and limit_month is not None and limit_month < limit_day:
        raise ValueError("the month's limit is below the day's")
    wanted = {
        "limit_day": limit_day,
        "limit_month": limit_month,
        "over_limit": SendingSettings.OverLimit(over_limit).value,
    }
    return _change(account, actor, LIMIT_CHANGED, seen, wanted)


def change_receipts(
    account: Account,
    *,
    actor: Actor,
    seen: str,
    receipts: bool,
    receipts_locked_below: bool = False,
    receipts_origin: str = Origin.OWN,
) -> Changes:
    """Carriers are asked for a receipt of every message, or only where a message asks.

    What holds for those below, and for the parent, is as for the hours.
    """
    wanted = {
        "receipts": receipts,
        "receipts_locked_below": receipts_locked_below,
        "receipts_origin": Origin(receipts_origin).value,
    }
    return _change(account, actor, RECEIPTS_CHANGED, seen, wanted, RECEIPTS)


def change_default_sender(
    account: Account, *, actor: Actor, seen: str, default_sender: str | None
) -> Changes:
    """Messages that name no sender come from this address; with None they are rejected.

    SenderNotActive unless it is an active sender of the account; Overtaken as said above.
    """
    return _change(account, actor, SENDER_CHANGED, seen, {"default_sender": default_sender})


def settings_of(account: Account) -> SendingSettings:
    """The account's settings, or the defaults when it never had a row. Needs the scope."""
    mine = SendingSettings.objects.for_account(account).select_related("default_sender")
    return mine.first() or SendingSettings(account=account)


def values_of(settings: SendingSettings, names: tuple[str, ...]) -> dict[str, Any]:
    """The named settings as the log tells them: a sender by its address, which is unique in the
    account, a week in its one JSON form."""
    return {name: _told(name, getattr(settings, name)) for name in names}


def locked(account: Account) -> SendingSettings:
    """The account's row, locked until the transaction ends; made when there is none yet."""
    mine = SendingSettings.objects.for_account(account)
    found = mine.select_for_update().first()
    if found is None:
        mine.bulk_create([SendingSettings(account=account)], ignore_conflicts=True)
        found = mine.select_for_update().get()
    return found


def write(settings: SendingSettings, stored: Values) -> None:
    """A step: the locked row holds `stored` and has its next version."""
    for name, value in stored.items():
        setattr(settings, name, value)
    settings.version += 1
    settings.save(update_fields=[*stored, "version"])


def _change(
    account: Account,
    actor: Actor,
    action: str,
    seen: str,
    wanted: dict[str, Any],
    card: Heritable | None = None,
) -> Changes:
    with transaction.atomic(durable=True):
        settings = locked(account)
        saved = values_of(settings, tuple(wanted))
        if card:
            wanted = heed(account, card, saved, wanted)
        changes = differences(saved, wanted)
        if not changes:
            return {}
        refuse_if_overtaken(account, action=action, seen=seen, saved=saved)
        write(settings, _stored(account, wanted))
        subject = f"sending settings, version {settings.version}"
        record(account, actor=actor, action=action, subject=subject, changes=changes)
    return changes


def _stored(account: Account, wanted: Values) -> dict[str, Any]:
    address = wanted.get("default_sender")
    sender = {"default_sender": _active_sender(account, address)} if address else {}
    return {**wanted, **sender}


def _active_sender(account: Account, address: str) -> Sender:
    active = Sender.objects.for_account(account).filter(state=Sender.State.ACTIVE)
    found = active.filter(address=address).first()
    if found is None:
        raise SenderNotActive(address)
    return found


def _told(name: str, value: Any) -> Any:
    if name == "week":
        return Week.parse(value).to_json() if value else {}
    return value.address if isinstance(value, Sender) else value
