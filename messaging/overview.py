"""What an account's messages came to: a few rows by day, never a count over messages."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from accounts.models import Account
from messaging.log import count_waiting
from messaging.models import DayCount

Kind = DayCount.Kind
# The week that ends today.
DAYS = 7


class Week(NamedTuple):
    """The last seven days of the account's zone, today included.

    `receipts` are those that told an end, `delivered` of them good; `parts` and `sent` what
    carriers took, `busy_days` on how many of the days.
    """

    sent: int
    parts: int
    busy_days: int
    delivered: int
    receipts: int
    replies: int
    opt_outs: int

    @property
    def delivered_share(self) -> float | None:
        """Between 0 and 1; None without a receipt."""
        return self.delivered / self.receipts if self.receipts else None

    @property
    def opt_outs_per_1000(self) -> float | None:
        return self.opt_outs * 1000 / self.sent if self.sent else None

    @property
    def parts_a_day(self) -> float:
        return self.parts / self.busy_days if self.busy_days else 0.0


class Held(NamedTuple):
    """Messages that wait for a rule, counted among the first 1,000 to leave; `more` when there
    may be others. `until` is when the next of them is looked at, for `reason`."""

    messages: int
    more: bool
    until: datetime | None
    reason: str


def week_to(account: Account, today: date) -> Week:
    """The figures of the seven days that end with `today`. Needs the scope; one statement."""
    since = today - timedelta(days=DAYS - 1)
    mine = DayCount.objects.for_account(account).filter(day__range=(since, today))
    rows = mine.values("kind").annotate(messages=Sum("messages"), parts=Sum("parts"))
    found = {row["kind"]: row for row in rows}
    days = mine.filter(kind=Kind.SUBMITTED).count() if Kind.SUBMITTED in found else 0

    def of(kind: Kind) -> int:
        return int(found[kind]["messages"]) if kind in found else 0

    return Week(
        sent=of(Kind.SUBMITTED),
        parts=int(found[Kind.SUBMITTED]["parts"]) if Kind.SUBMITTED in found else 0,
        busy_days=days,
        delivered=of(Kind.DELIVERED),
        receipts=of(Kind.DELIVERED) + of(Kind.UNDELIVERED),
        replies=of(Kind.RECEIVED),
        opt_outs=of(Kind.OPTED_OUT),
    )


def held_now(account: Account) -> Held:
    """What is held and when the next of it may leave. Needs the scope; bounded."""
    _waiting, held, more = count_waiting(account.pk)
    if not held:
        return Held(0, more, None, "")
    until, reason = _first_held(account)
    return Held(held, more, until, reason)


def _first_held(account: Account) -> tuple[datetime | None, str]:
    """Found by the index of what waits: held messages were just seen among the first of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.due, coalesce(m.reason, '') FROM messaging_waiting w"
            " JOIN messaging_message m ON m.id = w.message_id"
            " WHERE w.account_id = %s AND m.state = 'held' ORDER BY w.due, w.message_id LIMIT 1",
            [account.pk],
        )
        found: tuple[datetime, str] | None = cursor.fetchone()
    return found or (None, "")
