"""What a parent sets is written down in the row of the account below, which then sends by it."""

from collections.abc import Mapping
from typing import Final

from django.db import transaction
from django.db.models import F

from accounts.audit import CLOCK, Actor, record
from accounts.conflicts import differences, newest_entry
from accounts.models import Account
from accounts.origins import Origin
from senders.actions import (
    HOURS_CHANGED,
    RECEIPTS_CHANGED,
    Changes,
    locked,
    values_of,
    write,
)
from senders.models import SendingSettings
from senders.settings_above import HERITABLE, HOURS, RECEIPTS, Above, Heritable, read_above

HOURS_INHERITED: Final = "sending_hours.inherited"
RECEIPTS_INHERITED: Final = "delivery_receipts.inherited"
# In the log of an account: what was changed there, and what came from its parent.
ACTIONS: Final = {
    HOURS: (HOURS_CHANGED, HOURS_INHERITED),
    RECEIPTS: (RECEIPTS_CHANGED, RECEIPTS_INHERITED),
}


def inherit(
    account: Account, *, parent: str, version: int, actors: Mapping[Heritable, Actor]
) -> int:
    """The cards of `account` that are bound, or follow, are as its parent has them now; returns how
    many changed.

    An entry tells each of these changes, by whom `actors` has for the card, and names `parent`. 0
    when the parent's row is of another `version`: that is somebody else's change, which is handed
    down after this one. Needs the scope of `account`.

    The parent is read under the lock of the account's own row. So of two at once the later writes
    the newer values, and whoever begins to follow while the parent changes has them too.
    """
    with transaction.atomic(durable=True):
        settings = locked(account)
        above = read_above(account)
        if above is None or above.version != version:
            return 0
        found = {card: _taken(settings, card, above) for card in HERITABLE}
        changed = {card: changes for card, changes in found.items() if changes}
        _write(settings, changed)
        for card, changes in changed.items():
            action = ACTIONS[card][1]
            record(account, actor=actors[card], action=action, subject=parent, changes=changes)
    return len(changed)


def take_bound(account: Account) -> Changes:
    """A step, for an account that is being opened: it has what its parent binds those below to."""
    above = read_above(account)
    bound = [card for card in HERITABLE if above and above.binds(card)]
    if above is None or not bound:
        return {}
    settings = locked(account)
    found = {card: _taken(settings, card, above) for card in bound}
    return _write(settings, found)


def look_below(account: Account) -> None:
    """A step: those below `account` are looked at again, because there is one more of them."""
    SendingSettings.objects.for_account(account).update(version=F("version") + 1)


def changed_by(account: Account, card: Heritable) -> Actor:
    """Who made the card what it is, here or further above; without the address they came from.

    Needs the scope.
    """
    entries = [found for each in ACTIONS[card] if (found := newest_entry(account, each))]
    if not entries:
        return CLOCK
    last = max(entries, key=lambda entry: entry.pk)
    return Actor(last.actor_kind, last.actor_id, last.actor_label, last.channel)


def _taken(settings: SendingSettings, card: Heritable, above: Above) -> Changes:
    saved = values_of(settings, (*card.names, card.origin))
    if saved[card.origin] == Origin.OWN and not above.binds(card):
        return {}
    origin = Origin.LOCKED if above.binds(card) else Origin.PARENT
    return differences(saved, {**above.values(card), card.origin: origin.value})


def _write(settings: SendingSettings, found: Mapping[Heritable, Changes]) -> Changes:
    changes = {name: pair for each in found.values() for name, pair in each.items()}
    if changes:
        write(settings, {name: after for name, (_before, after) in changes.items()})
    return changes
