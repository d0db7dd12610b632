"""Changes to the sending settings: each one transaction, with its entry in the activity log.

Every change gives the row its next `version`, which is what makes workers decide held messages
again. The entry's subject names that version, so a later form can tell what it has not seen.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts.audit import Actor, record
from accounts.models import Account, AuditEntry
from hub.lib.windows import Week, open_hours
from senders.models import Sender, SendingSettings

HOURS_CHANGED: Final = "sending_hours.changed"
LIMIT_CHANGED: Final = "sms_limit.changed"
RECEIPTS_CHANGED: Final = "delivery_receipts.changed"
SENDER_CHANGED: Final = "default_sender.changed"

# A form further behind than this is treated as overtaken.
_MOST_VERSIONS_BEHIND: Final = 50


class StaleVersion(Exception):
    """Somebody changed the same settings after the form was shown; nothing is saved.

    `settings` holds the present values, `entry` the change that came between when it is known.
    """

    def __init__(self, settings: SendingSettings, entry: AuditEntry | None) -> None:
        super().__init__(f"version {settings.version} is newer")
        self.settings = settings
        self.entry = entry


class SenderNotActive(ValueError):
    """The sender is not one the account may use now."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is saved now; `changes` is empty when everything stood so before."""

    settings: SendingSettings
    changes: dict[str, list[Any]]


def change_sending_hours(
    account: Account,
    *,
    actor: Actor,
    expected_version: int,
    hours_on: bool,
    hours_clock: str,
    week: Week,
    unknown_zone_uses_account: bool,
) -> Change:
    """The account sends within `week` when `hours_on`; workers decide held messages again.

    ValueError for a week without one open hour while hours are on; StaleVersion as said there.
    """
    if hours_on and not open_hours(week):
        raise ValueError("sending hours that never open are a pause, not hours")
    wanted = {
        "hours_on": hours_on,
        "hours_clock": SendingSettings.Clock(hours_clock).value,
        "week": week.to_json(),
        "unknown_zone_uses_account": unknown_zone_uses_account,
    }
    return _change(account, actor, HOURS_CHANGED, expected_version, wanted)


def change_sms_limit(
    account: Account,
    *,
    actor: Actor,
    expected_version: int,
    limit_day: int | None,
    limit_month: int | None,
    over_limit: str,
) -> Change:
    """At most so many parts a day and a month leave; None is no limit, 0 sends nothing.

    ValueError for a month's limit below the day's; StaleVersion as said there.
    """
    if limit_day is not None and limit_month is not None and limit_month < limit_day:
        raise ValueError("the month's limit is below the day's")
    wanted = {
        "limit_day": limit_day,
        "limit_month": limit_month,
        "over_limit": SendingSettings.OverLimit(over_limit).value,
    }
    return _change(account, actor, LIMIT_CHANGED, expected_version, wanted)


def change_receipts(
    account: Account, *, actor: Actor, expected_version: int, receipts: bool
) -> Change:
    """Carriers are asked for a receipt of every message, or only where a message asks."""
    return _change(account, actor, RECEIPTS_CHANGED, expected_version, {"receipts": receipts})


def change_default_sender(
    account: Account, *, actor: Actor, expected_version: int, default_sender: UUID | None
) -> Change:
    """Messages that name no sender come from this one; with None they are rejected.

    SenderNotActive unless it is an active sender of the account; StaleVersion as said there.
    """
    sender = None
    if default_sender is not None:
        active = Sender.objects.for_account(account).filter(state=Sender.State.ACTIVE)
        sender = active.filter(pk=default_sender).first()
        if sender is None:
            raise SenderNotActive(default_sender)
    wanted = {"default_sender": sender}
    return _change(account, actor, SENDER_CHANGED, expected_version, wanted)


def _change(
    account: Account, actor: Actor, action: str, expected_version: int, wanted: dict[str, Any]
) -> Change:
    with transaction.atomic(durable=True):
        settings = _locked(account)
        changes = _differences(settings, wanted)
        if not changes:
            return Change(settings, {})
        _refuse_if_overtaken(settings, action, expected_version)
        for name, value in wanted.items():
            setattr(settings, name, value)
        settings.version += 1
        settings.save(update_fields=[*wanted, "version"])
        subject = _subject(settings.version)
        record(account, actor=actor, action=action, subject=subject, changes=changes)
    return Change(settings, changes)


def _locked(account: Account) -> SendingSettings:
    """The account's row, locked until the transaction ends; made when there is none yet."""
    mine = SendingSettings.objects.for_account(account)
    found = mine.select_for_update().first()
    if found is None:
        mine.bulk_create([SendingSettings(account=account)], ignore_conflicts=True)
        found = mine.select_for_update().get()
    return found


def _differences(settings: SendingSettings, wanted: dict[str, Any]) -> dict[str, list[Any]]:
    pairs = {name: [_told(getattr(settings, name)), _told(new)] for name, new in wanted.items()}
    if "week" in pairs:
        pairs["week"][0] = Week.parse(settings.week).to_json()
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _told(value: Any) -> Any:
    """A value as the log keeps it: a sender by its address, which is unique in the account."""
    return value.address if isinstance(value, Sender) else value


def _refuse_if_overtaken(settings: SendingSettings, action: str, expected: int) -> None:
    """Another card's change does no harm; a change of this card, or an unknown one, does."""
    if settings.version == expected:
        return
    missed = range(expected + 1, settings.version + 1)
    entries = AuditEntry.objects.for_account(settings.account_id)
    if 0 < len(missed) <= _MOST_VERSIONS_BEHIND:
        named = entries.filter(subject__in=[_subject(version) for version in missed])
        between = list(named.order_by("-id")[: len(missed)])
        others = [entry for entry in between if entry.action != action]
        if len(others) == len(missed):
            return
    newest = entries.filter(action=action).order_by("-id").first()
    raise StaleVersion(settings, newest)


def _subject(version: int) -> str:
    return f"sending settings, version {version}"
