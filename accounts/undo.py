"""Taking a change back for 10 minutes: the values before it, through the action that made it.

Nothing is overwritten unseen: each value must still be what the change made it. An app says how
its changes are taken back with one `Undoable` for each action; `hub/urls.py` gathers them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final

from django.urls import reverse

from accounts.audit import UNDOES, Actor, told
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

    `restore(account, actor, present, values)` saves `values` through the action; it and `read`
    raise CannotUndo. `title` names what was changed, `place` is the address of its page;
    `permission` is the right that the change itself needed.
    """

    title: Callable[[AuditEntry], Any]
    permission: str
    place: Callable[[Account, AuditEntry], str]
    read: Callable[[Account, AuditEntry], Present]
    restore: Callable[[Account, Actor, Present, Values], object]


def undo_change(
    account: Account, *, actor: Actor, entry: AuditEntry, undoable: Undoable, now: datetime
) -> None:
    """What `entry` changed is as before, and an entry of its own says so. Needs the scope.

    CannotUndo 10 minutes after the change, or once any of its values is another.
    """
    if now - entry.at > UNDO_FOR:
        raise CannotUndo(Why.TOO_LATE)
    pairs = told(entry)
    present = undoable.read(account, entry)
    if not pairs or any(present.values.get(name) != after for name, (_, after) in pairs.items()):
        raise CannotUndo(Why.CHANGED)
    wanted = {**present.values, **{name: before for name, (before, _) in pairs.items()}}
    undoable.restore(account, replace(actor, undoes=str(entry.pk)), present, wanted)


def undo_tag(account: Account, action: str, changes: Mapping[str, Any]) -> str:
    """`extra_tags` of the flash after a change: its Undo. "" when its entry is not the newest of
    this action any more. Needs the scope."""
    entry = newest_entry(account, action)
    if entry is None or told(entry) != dict(changes):
        return ""
    return tag_of(account, entry)


def tag_of(account: Account, entry: AuditEntry) -> str:
    """`extra_tags` of a flash that offers to take the change of `entry` back."""
    return "undo:" + reverse(
        "console:undo", kwargs={"account_id": account.public_id, "entry_id": entry.pk}
    )


def undoing_of(account: Account, entry: AuditEntry) -> AuditEntry | None:
    """The newest entry that took the change of `entry` back. Needs the scope."""
    later = AuditEntry.objects.for_account(account).filter(id__gt=entry.pk)
    undoing = later.filter(**{f"changes__{UNDOES}__1": str(entry.pk)})
    return undoing.order_by("-id").first()


def of_cards(cards: Iterable[CardKind]) -> dict[str, Undoable]:
    """What a card saves can be taken back by saving it again; by the card's action."""
    return {kind.action: _of_card(kind) for kind in cards}


def _of_card(kind: CardKind) -> Undoable:
    def read(account: Account, entry: AuditEntry) -> Present:
        account.refresh_from_db()
        values = kind.read(account)
        return Present(values, fingerprint(values))

    def restore(account: Account, actor: Actor, present: Present, values: Values) -> object:
        try:
            return kind.save(account, actor=actor, seen=present.seen, **values)
        except Overtaken as error:
            raise CannotUndo(Why.CHANGED) from error
        except ValueError as error:
            raise CannotUndo(Why.REFUSED) from error

    def place(account: Account, entry: AuditEntry) -> str:
        page = reverse(f"console:{kind.page}", args=[account.public_id])
        return f"{page}#{kind.id}"

    return Undoable(lambda entry: kind.title, kind.change, place, read, restore)
