"""Reading messages: a page of the list, newest first, and one message with its whole story.

There is no index on the state (it changes with every step of a message's life), so a filtered
list walks the newest rows within a budget and says how far it looked. What waits has an index of
its own (`message_due`) and is listed in the order in which it will be sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings
from django.db import connection

from hub.lib.ids import first_uuid7, ids_of_batch, stamp_of
from hub.lib.pages import Page, decode, encode, make_page
from messaging import states

SIZE: Final = 50
# Rows one page may look at; 5,000 cost about as much as rendering the page.
BUDGET: Final = 5000
# A number with fewer messages than this is read through its own index, completely.
FEW: Final = 2000
COUNTED: Final = 1000
EXCERPT: Final = 140
# The longest E.164 number has 15 digits; no digit sorts above 9.
LONGEST: Final = "9" * 15

Came = Literal["first", "older", "newer"]

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "all": (),
    "waiting": states.WAITING,
    "held": (states.HELD,),
    "blocked": (states.REJECTED,),
    "failed": (states.FAILED, states.EXPIRED, states.UNKNOWN),
    "sent": (states.SUBMITTED,),
    "delivered": (states.DELIVERED,),
}
BY_DUE: Final = frozenset({"waiting", "held"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for: a group of states, a number ("" or "+" and digits; `exact` or the
    beginning of one), a sender of the account, days in the account's zone, both included, and
    the batch its messages were accepted in."""

    group: str = "all"
    number: str = ""
    exact: bool = False
    sender: UUID | None = None
    first: date | None = None
    last: date | None = None
    batch: UUID | None = None

    @property
    def by_due(self) -> bool:
        return self.group in BY_DUE

    @property
    def any(self) -> bool:
        """True when something narrows the group."""
        return bool(self.number or self.sender or self.first or self.last or self.batch)


class Row(NamedTuple):
    """A message as the list shows it; `told` is the decision that counts, without its
    steps, when there is a reason."""

    id: UUID
    state: str
    reason: str | None
    due: datetime | None
    expires: datetime
    updated_at: datetime
    test: bool
    wants_receipt: bool
    parts: int
    to: str
    source: str
    excerpt: str
    told: Mapping[str, Any] | None

    @property
    def accepted_at(self) -> datetime:
        return stamp_of(self.id)

    def as_shown(self) -> "Row":
        """A message on its way is told as that: what was said while it waited is over."""
        state = states.shown(self.state, self.due is not None)
        return self if state == self.state else self._replace(state=state, reason=None, told=None)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of rows. `looked` is how many were looked at when the budget ended the search
    before the page was full (then `page.older` or `.newer` goes on from there), else None."""

    page: Page[Row]
    looked: int | None = None


class _Walk(NamedTuple):
    """Where to look and what to keep, as SQL and its values."""

    inside: list[str]
    outside: list[str]
    values: dict[str, Any]
    order: str
    few: bool
    by_due: bool

    @property
    def source(self) -> str:
        """The table, or what stands for it."""
        if self.few:
            return "few"
        return IN_QUEUE if self.by_due else "messaging_message"

    @property
    def complete(self) -> bool:
        """True when a page that is not full has seen everything there is."""
        return self.few or not self.outside


COLUMNS: Final = (
    "id, account_id, batch_id, trail_no, state, reason, expires, updated_at, test,"
    ' wants_receipt, parts, "to", source, sender_id, body, gate_trail'
)


# Only who waits, is refused or fails has something to tell; for the others it is not looked up.
TOLD_AT_THE_DOOR: Final = (
    "SELECT trails -> m.trail_no::int FROM messaging_batch"
    " WHERE id = m.batch_id AND account_id = m.account_id"
)
IN_RANGE: Final = '"to" >= %(low)s AND "to" <= %(high)s'
# Asked row by row: a join would be planned as if the queue were as short as it is now and then,
# and read the places of all that has left it since the last vacuum.
DUE: Final = "SELECT w.due FROM messaging_waiting w WHERE w.message_id = m.id"
# What waits, in the order in which it is looked at; read by the index of the queue.
IN_QUEUE: Final = f"""(
    SELECT w.due, {COLUMNS.replace("id, account_id", "w.message_id AS id, w.account_id", 1)}
    FROM messaging_waiting w JOIN messaging_message m ON m.id = w.message_id) queue"""
# Read by the index on the number before anything is sorted, whatever the planner believes.
OF_NUMBER: Final = f"""WITH few AS MATERIALIZED (
    SELECT {COLUMNS}, ({DUE}) AS due FROM messaging_message m
    WHERE account_id = %(account)s AND {IN_RANGE})"""


def read_page(
    account: UUID, filters: Filters, zone: str, *, cursor: str = "", came: Came = "first"
) -> Listing:
    """A page of the account's messages; needs its scope. A cursor that is not ours, or was made
    for other filters, gives the first page."""
    key = _key(account, filters)
    start = _start(cursor, key, filters)
    if start is None:
        came = "first"
    listing = _read(account, filters, zone, start, came, key)
    if came == "newer" and listing.page.newer is None:
        return _read(account, filters, zone, None, "first", key)
    return listing


def count_waiting(account: UUID) -> tuple[int, int, bool]:
    """How many messages wait and how many of them are held, among the first 1,000 to leave;
    the last tells whether there are more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE state = 'held') FROM ("
            " SELECT m.state FROM messaging_waiting w"
            " JOIN messaging_message m ON m.id = w.message_id"
            " WHERE w.account_id = %s ORDER BY w.due, w.message_id LIMIT %s) w",
            [account, COUNTED + 1],
        )
        waiting, held = cursor.fetchone()
    return min(waiting, COUNTED), min(held, COUNTED), waiting > COUNTED


def _read(
    account: UUID,
    filters: Filters,
    zone: str,
    start: tuple[Any, ...] | None,
    came: Came,
    key: bytes,
) -> Listing:
    walk = _walk(account, filters, zone, start, came)
    rows = _rows(walk)
    page = make_page(rows, SIZE, lambda row: _position(row, filters), key, came=came)
    if walk.complete or len(rows) > SIZE:
        return Listing(page)
    edge = _edge(walk, filters)
    if edge is None:
        return Listing(page)
    further = encode(*edge, key=key)
    if came == "newer":
        return Listing(Page(page.rows, page.older, further), BUDGET)
    return Listing(Page(page.rows, further, page.newer), BUDGET)


def _rows(walk: _Walk) -> list[Row]:
    kept = " AND ".join(walk.outside) or "true"
    limit = BUDGET if walk.outside else SIZE + 1
    sql = f"""{OF_NUMBER if walk.few else ""}
        SELECT m.id, m.state, m.reason, ({DUE}), m.expires, m.updated_at, m.test, m.wants_receipt,
               m.parts, m."to", m.source, left(m.body, {EXCERPT + 1}),
               CASE WHEN m.reason IS NOT NULL THEN
                   (coalesce(m.gate_trail -> -1, ({TOLD_AT_THE_DOOR})) - 'steps')::text END
        FROM (SELECT * FROM (
                SELECT * FROM {walk.source}
                WHERE {" AND ".join(walk.inside)} ORDER BY {walk.order} LIMIT {limit}) looked
              WHERE {kept} ORDER BY {walk.order} LIMIT {SIZE + 1}) m
        ORDER BY {walk.order}"""
    with connection.cursor() as cursor:
        cursor.execute(sql, walk.values)
        return [_row(row) for row in cursor.fetchall()]


def _row(found: tuple[Any, ...]) -> Row:
    return Row._make([*found[:-1], _json(found[-1])]).as_shown()


def _edge(walk: _Walk, filters: Filters) -> tuple[Any, ...] | None:
    """The place of the last row of a search that its budget ended; None when it saw everything."""
    columns = "due, id" if filters.by_due else "id"
    sql = (
        f"SELECT {columns} FROM {walk.source} WHERE {' AND '.join(walk.inside)}"
        f" ORDER BY {walk.order} OFFSET {BUDGET - 1} LIMIT 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, walk.values)
        row = cursor.fetchone()
    if row is None:
        return None
    return (row[0].isoformat(), str(row[1])) if filters.by_due else (str(row[0]),)


def _walk(
    account: UUID, filters: Filters, zone: str, start: tuple[Any, ...] | None, came: Came
) -> _Walk:
    values: dict[str, Any] = {"account": account}
    inside = ["account_id = %(account)s", *_period(filters, zone, values), *_batch(filters, values)]
    outside: list[str] = []
    if filters.sender:
        values["sender"] = filters.sender
        outside.append("sender_id = %(sender)s")
    few = _number(account, filters, values)
    if filters.number and not few:
        outside.append(IN_RANGE)
    if filters.by_due and few:
        inside.append("due IS NOT NULL")
    if filters.group in ("held", "blocked", "failed", "sent", "delivered"):
        values["states"] = list(GROUPS[filters.group])
        outside.append("state = ANY (%(states)s)")
    backwards = came == "newer"
    if start is not None:
        inside.append(_beyond(start, filters, values, backwards))
    return _Walk(inside, outside, values, _order(filters, backwards), few, filters.by_due)


def _beyond(
    start: tuple[Any, ...], filters: Filters, values: dict[str, Any], backwards: bool
) -> str:
    if filters.by_due:
        values["due"], values["id"] = start
        return f"(due, id) {'<' if backwards else '>'} (%(due)s::timestamptz, %(id)s::uuid)"
    values["id"] = start[0]
    return f"id {'>' if backwards else '<'} %(id)s::uuid"


def _order(filters: Filters, backwards: bool) -> str:
    if filters.by_due:
        return "due DESC, id DESC" if backwards else "due, id"
    return "id" if backwards else "id DESC"


def _period(filters: Filters, zone: str, values: dict[str, Any]) -> list[str]:
    """Days as bounds of the UUIDv7, so that the index by id serves them."""
    bounds = []
    if filters.first:
        values["from_id"] = first_uuid7(_midnight(filters.first, zone))
        bounds.append("id >= %(from_id)s")
    if filters.last and filters.last < date.max:
        values["until_id"] = first_uuid7(_midnight(filters.last + timedelta(days=1), zone))
        bounds.append("id < %(until_id)s")
    return bounds


def _batch(filters: Filters, values: dict[str, Any]) -> list[str]:
    """Messages of a batch have its id with another counter, so the index by id serves them."""
    if filters.batch is None:
        return []
    first, last = ids_of_batch(filters.batch)
    values |= {"batch_first": first, "batch_last": last, "batch": filters.batch}
    return ["id BETWEEN %(batch_first)s AND %(batch_last)s", "batch_id = %(batch)s"]


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))


def _number(account: UUID, filters: Filters, values: dict[str, Any]) -> bool:
    """Binds the range of the number; True when so few rows are in it that all may be read.

    A range, never LIKE: row-level security would check LIKE row by row.
    """
    if not filters.number:
        return False
    values["low"] = filters.number
    values["high"] = filters.number if filters.exact else filters.number + LONGEST
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM messaging_message WHERE account_id = %(account)s"
            " AND " + IN_RANGE + " LIMIT %(few)s) f",
            {**values, "few": FEW},
        )
        return bool(cursor.fetchone()[0] < FEW)


def _position(row: Row, filters: Filters) -> tuple[str, ...]:
    if filters.by_due and row.due is not None:
        return row.due.isoformat(), str(row.id)
    return (str(row.id),)


def _start(cursor: str, key: bytes, filters: Filters) -> tuple[Any, ...] | None:
    if not cursor:
        return None
    try:
        return decode(cursor, key)
    except ValueError:
        return None


def _key(account: UUID, filters: Filters) -> bytes:
    """A cursor is good for one account and one set of filters."""
    said = (settings.SECRET_KEY, str(account), repr(filters))
    return sha256("\x1f".join(said).encode()).digest()


def _json(text: str | None) -> Any:
    return msgspec.json.decode(text) if text else None
