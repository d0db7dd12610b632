"""record(): who did what. A step: it needs the transaction of the change it tells of."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accounts.models import Account, AuditEntry
from accounts.tenancy import account_id
from hub.lib.ids import uuid7


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, through which channel, from which address."""

    kind: str  # person, key, staff, clock
    id: str
    label: str
    channel: str  # console, api, staff, clock
    address: str | None = None
    # The id of the entry whose change is being taken back, for accounts/undo.py.
    undoes: str = ""


# Marks that stand among an entry's changes: the entry it takes back, the id of what it is about.
UNDOES: Final = "undoes"
OF: Final = "of"
MARKS: Final = frozenset({UNDOES, OF})
# The columns of `as_row`, for INSERT and for json_to_recordset.
FIELDS: Final = "id, actor_kind, actor_id, actor_label, channel, address, action, subject"
ROW: Final = (
    "id uuid, actor_kind text, actor_id text, actor_label text, channel text, address inet,"
    " action text, subject text"
)
CLOCK = Actor(kind="clock", id="", label="Hub", channel="clock")


def record(
    account: Account | UUID,
    *,
    actor: Actor,
    action: str,
    subject: str = "",
    changes: dict[str, list[Any]] | None = None,
    of: UUID | None = None,
) -> AuditEntry:
    """One entry `noun.past_participle` stands in the log once the caller's transaction commits.

    `of` is the id of what it is about, where `subject`, its name, may change.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("audit.record is a step: open the change's transaction first.")
    return AuditEntry.objects.create(
        account=account_id(account),  # type: ignore[misc]
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_label=actor.label,
        channel=actor.channel,
        address=actor.address,
        action=action,
        subject=subject,
        changes={**(changes or {}), **_marks(actor, of)},
    )


def as_row(actor: Actor, action: str, subject: str = "") -> dict[str, Any]:
    """The entry for a statement that writes it with its change itself, as ROW declares it."""
    return {
        "id": uuid7(),
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor_label": actor.label,
        "channel": actor.channel,
        "address": actor.address,
        "action": action,
        "subject": subject,
    }


def told(entry: AuditEntry) -> dict[str, list[Any]]:
    """What the entry changed, without marks."""
    return {name: pair for name, pair in entry.changes.items() if name not in MARKS}


def _marks(actor: Actor, of: UUID | None) -> dict[str, list[Any]]:
    given = {UNDOES: actor.undoes, OF: str(of) if of else ""}
    return {mark: [None, value] for mark, value in given.items() if value}
