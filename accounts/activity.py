"""Reading the activity log: a page of it, newest first, or all of it for an export.

What programs send is left out unless it is asked for by its event: among a thousand such entries
nobody would find a change. Ids are UUIDv7, so they are the order, and days are bounds of them. What
an entry is about is looked for as a range, never with LIKE: row-level security would check LIKE row
by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Collate
from django.utils import timezone

from accounts.activity_words import WORDS
from accounts.models import SENT, SENT_BY_KEYS, Account, AuditEntry
from hub.lib.ids import first_uuid7
from hub.lib.pages import Page, decode, make_page

SIZE: Final = 50
MOST_EXPORTED: Final = 50_000
CHUNK: Final = 1_000
# No character sorts above it, byte by byte.
LAST_CHARACTER: Final = "\U0010ffff"

Came = Literal["first", "older", "newer"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; empty is everything. `who` is a kind of actor, or "person:" and an id;
    `text` the beginning of what an entry is about; days are the account's, both included."""

    who: str = ""
    area: str = ""
    event: str = ""
    text: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def any(self) -> bool:
        return self != Filters()


def read_page(
    account: Account, filters: Filters, *, cursor: str = "", came: Came = "first"
) -> Page[AuditEntry]:
    """A page of the log; needs the scope. A cursor that is not ours, or was made for other
    filters, gives the first page."""
    key = _key(account, filters)
    start = _start(cursor, key)
    came = came if start else "first"
    rows = _asked(account, filters)
    if start and came == "newer":
        rows = rows.filter(pk__gt=start).order_by("pk")
    elif start:
        rows = rows.filter(pk__lt=start)
    page = make_page(list(rows[: SIZE + 1]), SIZE, _position, key, came=came)
    if came == "newer" and page.newer is None:
        return read_page(account, filters)
    return page


def count_all(account: Account, filters: Filters) -> int:
    """How many entries an export holds; at most 50,000."""
    return _asked(account, filters)[:MOST_EXPORTED].count()


def read_all(
    account: Account | UUID,
    filters: Filters,
    *,
    before: UUID | None = None,
    most: int = MOST_EXPORTED,
) -> Iterator[list[AuditEntry]]:
    """Newest first, at most `most`, older than `before` when given; a thousand at a time."""
    rows = _asked(account, filters)
    while most > 0:
        some = list((rows.filter(pk__lt=before) if before else rows)[: min(CHUNK, most)])
        if not some:
            return
        yield some
        before, most = some[-1].pk, most - len(some)


def _asked(account: Account | UUID, filters: Filters) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.for_account(account).order_by("-pk")
    kind, _, person = filters.who.partition(":")
    if kind:
        rows = rows.filter(actor_kind=kind, **({"actor_id": person} if person else {}))
    if filters.event != SENT:
        rows = rows.exclude(SENT_BY_KEYS)
    if filters.event:
        rows = rows.filter(action=filters.event)
    elif filters.area:
        rows = rows.filter(action__in=[key for key, of in WORDS.items() if of.area == filters.area])
    if filters.text:
        rows = rows.alias(about=Collate("subject", "C")).filter(
            about__gte=filters.text, about__lte=filters.text + LAST_CHARACTER
        )
    return _within(rows, filters, timezone.get_current_timezone_name())


def _within(rows: QuerySet[AuditEntry], filters: Filters, zone: str) -> QuerySet[AuditEntry]:
    if filters.first:
        rows = rows.filter(pk__gte=_first_id(filters.first, zone))
    if filters.last and filters.last < date.max:
        rows = rows.filter(pk__lt=_first_id(filters.last + timedelta(days=1), zone))
    return rows


def _first_id(day: date, zone: str) -> UUID:
    """The least id an entry of `day` or later can have."""
    return first_uuid7(datetime.combine(day, time(), ZoneInfo(zone)))


def _position(entry: AuditEntry) -> tuple[str, ...]:
    return (str(entry.pk),)


def _start(cursor: str, key: bytes) -> UUID | None:
    if not cursor:
        return None
    try:
        return UUID(str(decode(cursor, key)[0]))
    except ValueError:
        return None


def _key(account: Account, filters: Filters) -> bytes:
    """A cursor is good for one account and one set of filters."""
    said = (settings.SECRET_KEY, "activity", str(account.pk), repr(filters))
    return sha256("\x1f".join(said).encode()).digest()
