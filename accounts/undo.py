"""Taking a change back for 10 minutes: the values before it, through the action that made it.

Nothing is overwritten unseen: each value must still be what the change made it. An app says how
its changes are taken back with one `Undoable` for each action; `hub/urls.py` gathers them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from django.urls import reverse

from accounts.audit import UNDOES, Actor
from accounts.cards import CardKind
from accounts.conflicts import Overtaken, Values, fingerprint, newest_entry
from accounts.models import Account, AuditEntry

UNDO_FOR: Final = timedelta(minutes=10)


class Why(Enum):
    """Why a change was not taken back."""

    TOO_LATE = "too late"
    CHANGED = "changed again"
    REFUSED = "no longer possible"


class CannotUndo(Exception):
    """The change stays; `why` says what stands against taking it back."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Present:
    """The settings an action changes, as the log tells them; `seen` goes back to the action, so
    that it can tell whether somebody came between."""

    values: Values
    seen: Any


@dataclass(frozen=True, slots=True)
class Undoable:
    """How the changes of one action are taken back.

    `restore(account, actor, seen, values)` saves `values` through the action or raises CannotUndo.
    `title` names the setting; `page` and `anchor` are where it is.
    """

    title: Any
    permission: str
    page: str
    anchor: str
    read: Callable[[Account], Present]
    restore: Callable[[Account, Actor, Any, Mapping[str, Any]], object]


def undo_change(
    account: Account, *, actor: Actor, entry: AuditEntry, undoable: Undoable, now: datetime
) -> None:
    """What `entry` changed is as before, and an entry of its own says so. Needs the scope.

    CannotUndo 10 minutes after the change, or once any of its values is another.
    """
    if now - entry.at > UNDO_FOR:
        raise CannotUndo(Why.TOO_LATE)
    pairs = {name: pair for name, pair in entry.changes.items() if name != UNDOES}
    present = undoable.read(account)
    if not pairs or any(present.values.get(name) != after for name, (_, after) in pairs.items()):
        raise CannotUndo(Why.CHANGED)
    wanted = {**present.values, **{name: before for name, (before, _) in pairs.items()}}
    undoable.restore(account, replace(actor, undoes=str(entry.pk)), present.seen, wanted)


def undo_tag(account: Account, action: str, changes: Mapping[str, Any]) -> str:
    """`extra_tags` of the flash after a change: its Undo. "" when its entry is not the newest of
    this action any more. Needs the scope."""
    entry = newest_entry(account, action)
    if entry is None or entry.changes != dict(changes):
        return ""
    return "undo:" + reverse(
        "console:undo", kwargs={"account_id": account.public_id, "entry_id": entry.pk}
    )


def of_card(kind: CardKind, *, permission: str, page: str) -> Undoable:
    """What a card saves can be taken back by saving it again."""

    def read(account: Account) -> Present:
        account.refresh_from_db()
        values = kind.read(account)
        return Present(values, fingerprint(values))

    def restore(account: Account, actor: Actor, seen: Any, values: Mapping[str, Any]) -> object:
        try:
            return kind.save(account, actor=actor, seen=seen, **values)
        except Overtaken as error:
            raise CannotUndo(Why.CHANGED) from error
        except ValueError as error:
            raise CannotUndo(Why.REFUSED) from error

    return Undoable(kind.title, permission, page, kind.id, read, restore)
