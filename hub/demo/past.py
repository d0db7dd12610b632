"""Where the demo bends time, and nowhere else.

The real actions stamp what happens with the time it happens. The demo's history was accepted with
an earlier clock and sent a moment ago; here its attempts, receipts, events, trails and counted
parts are moved back to the time of their message, each by the same step, so that the distances
between them stay what the carrier made them. The ledger and the activity log are append-only and
are not moved: they say truly that it was all sent today. So does the simulator's own book.

Credit is dated as it is written, and the functions that write it know no time but their own. So the
demo writes the same rows as the ledger's role, which only the owner of the database may become; the
rules of the ledger (zero-sum, append-only, one movement a cause) hold for them like for any.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from django.conf import settings

from accounts.statements import cursor, listed
from accounts.tenancy import system
from messaging.day_counts import count_again
from messaging.decide import VALIDITY
from messaging.sweeps import look_at_flights

# Between accepting and sending.
PAUSE: Final = timedelta(milliseconds=400)
UNKNOWN_CLOSED: Final = timedelta(hours=72)
NO_RECEIPT: Final = VALIDITY + timedelta(hours=72)
# What lies closer than this was not moved by the demo, or has been already.
NEAR: Final = timedelta(minutes=10)

OVERDUE = """
UPDATE messaging_flight SET due = clock_timestamp() WHERE messages && ARRAY(
    SELECT m.id FROM messaging_message m JOIN messaging_batch b ON b.id = m.batch_id
    WHERE m.account_id = ANY (%(accounts)s::uuid[]) AND b.at < %(before)s
      AND m.state IN ('submitted', 'unknown'))
"""
SENT = """
SELECT m.id::text, m.account_id::text, m.parts, m.test, b.at,
       json_build_array(m.extra, m.gate_trail)::text, m.reason, m.updated_at, a.at, a.outcome
FROM messaging_message m JOIN messaging_batch b ON b.id = m.batch_id
JOIN messaging_attempt a ON a.message_id = m.id AND a.epoch = 1
WHERE m.account_id = ANY (%(accounts)s::uuid[]) AND b.at < %(before)s
ORDER BY m.id
"""
MOVE_MESSAGES = """
UPDATE messaging_message m SET updated_at = g.updated, expires = g.expires, extra = g.extra,
    gate_trail = g.trail
FROM json_to_recordset(%(rows)s::json) AS g (
    id uuid, updated timestamptz, expires timestamptz, extra jsonb, trail jsonb)
WHERE m.id = g.id AND m.id = ANY (%(ids)s::uuid[])
"""
STEPS = "unnest(%(ids)s::uuid[], %(seconds)s::float8[]) AS g (id, seconds)"
MOVE_ATTEMPTS = f"""
UPDATE messaging_attempt a SET at = a.at - make_interval(secs => g.seconds)
FROM {STEPS} WHERE a.message_id = g.id AND a.message_id = ANY (%(ids)s::uuid[])
"""
MOVE_RECEIPTS = f"""
UPDATE messaging_receipt r SET at = r.at - make_interval(secs => g.seconds),
    received_at = r.received_at - make_interval(secs => g.seconds)
FROM {STEPS} WHERE r.message_id = g.id AND r.message_id = ANY (%(ids)s::uuid[])
"""
MOVE_EVENTS = f"""
UPDATE apisettings_event e SET at = e.at - make_interval(secs => g.seconds)
FROM {STEPS}
WHERE e.account_id = ANY (%(accounts)s::uuid[]) AND e.at >= %(since)s
  AND e.payload->>'message_id' = g.id::text
"""
CREDIT = """
WITH txn AS (
    INSERT INTO billing_ledgertransaction (id, account_id, kind, cause, on_behalf_of, note, at)
    VALUES (gen_random_uuid(), %(account)s, 'credit', 'credit:' || %(cause)s::text, %(account)s,
            %(note)s, %(at)s)
    ON CONFLICT (cause, account_id) DO NOTHING RETURNING id)
INSERT INTO billing_ledgerentry (id, account_id, txn_id, wallet_id, amount)
SELECT gen_random_uuid(), w.account_id, txn.id, w.id, line.sign * %(amount)s
FROM txn JOIN billing_wallet w ON w.account_id = %(account)s
JOIN (VALUES ('funding', -1), ('main', 1)) AS line (kind, sign) USING (kind)
"""
# What could be spent at the end of each past day: what can be now and what was sent since, without
# what was put in since.
BALANCES = """
INSERT INTO billing_daybalance (id, account_id, day, available)
SELECT gen_random_uuid(), a.id, g.day::date, m.balance + (
    SELECT coalesce(sum(x.price), 0) FROM messaging_attempt t
    JOIN messaging_message x ON x.id = t.message_id JOIN accounts_account s ON s.id = x.account_id
    WHERE coalesce(s.payer_id, s.id) = m.account_id AND t.outcome = 'accepted'
      AND (t.at AT TIME ZONE a.time_zone)::date > g.day) - (
    SELECT coalesce(sum(e.amount), 0) FROM billing_ledgertransaction t
    JOIN billing_ledgerentry e ON e.account_id = t.account_id AND e.txn_id = t.id AND e.amount > 0
    WHERE t.account_id = m.account_id AND t.kind = 'credit'
      AND (t.at AT TIME ZONE a.time_zone)::date > g.day)
FROM accounts_account a
JOIN billing_wallet m ON m.account_id = coalesce(a.payer_id, a.id) AND m.kind = 'main'
CROSS JOIN generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS g (day)
WHERE a.id = ANY (%(accounts)s::uuid[])
ON CONFLICT (account_id, day) DO NOTHING
"""
COUNTED = "SELECT limit_consume(%s::uuid[], %s::bigint[], %s)"
COUNTER = "SELECT count(*) FROM limit_room(%s::uuid[], %s)"


class Credit(NamedTuple):
    """Money that was put in then, in micro-units; each `cause` once."""

    cause: str
    amount: int
    note: str
    at: datetime


@dataclass(frozen=True)
class Sent:
    """A message of the history as it stands now, and the step that takes it to its own time."""

    id: str
    account: str
    parts: int
    test: bool
    accepted: datetime
    json: str
    reason: str | None
    updated: datetime
    tried: datetime
    outcome: str

    @cached_property
    def extra(self) -> dict[str, Any]:
        return msgspec.json.decode(self.json)[0] or {}

    @cached_property
    def trail(self) -> list[dict[str, Any]]:
        return msgspec.json.decode(self.json)[1] or []

    @property
    def left(self) -> datetime:
        """When it left, had it been sent in its day."""
        asked = self.extra.get("scheduled")
        return max(self.accepted, datetime.fromisoformat(asked) if asked else self.accepted) + PAUSE

    @property
    def step(self) -> timedelta:
        return self.tried - self.left

    @property
    def ended(self) -> datetime:
        """The night watch ends what nobody answered for only days later."""
        if self.reason == "no_receipt":
            return self.left + NO_RECEIPT
        late = UNKNOWN_CLOSED if self.reason == "unknown_closed" else timedelta()
        return self.updated - self.step + late

    def told(self) -> list[dict[str, Any]] | None:
        """The trail in its own time; its last entry is the end."""
        if not self.trail:
            return None
        moved = [
            {**entry, "at": (datetime.fromisoformat(entry["at"]) - self.step).isoformat()}
            for entry in self.trail
        ]
        moved[-1]["at"] = self.ended.isoformat()
        return moved

    def row(self) -> dict[str, Any]:
        extra = {key: value for key, value in self.extra.items() if key != "expires"}
        return {
            "id": self.id,
            "updated": self.ended,
            "expires": self.left + VALIDITY,
            "extra": extra or None,
            "trail": self.told(),
        }


def give_credit(account: UUID, credits: Iterable[Credit]) -> None:
    """The account, which has a wallet, was given these at their time; what it has is left alone."""
    with psycopg.connect(settings.DATABASE_URLS["owner"]) as owner:
        owner.execute("SELECT set_config('hub.account', %s, true)", [str(account)])
        owner.execute("SET LOCAL ROLE hub_ledger")
        for one in credits:
            owner.execute(CREDIT, {"account": account, **one._asdict()})


def validity(accepted: datetime) -> datetime:
    """A validity that has not ended today, for what was accepted within the last 30 days."""
    return accepted + timedelta(days=30)


def close_what_is_overdue(accounts: list[UUID], before: datetime) -> None:
    """Messages accepted before `before` whose receipt or answer never came are ended by the night
    watch itself, which the demo only tells that their time is over."""
    with system("the demo's history is overdue"):
        cursor().execute(OVERDUE, {"accounts": listed(accounts), "before": before - NEAR})
    look_at_flights()


def move(accounts: list[UUID], began: datetime) -> int:
    """What was accepted before the demo began stands in its own time; returns how many messages."""
    with system("move the demo's history to its time"):
        found = cursor().execute(SENT, {"accounts": listed(accounts), "before": began - NEAR})
        sent = [one for one in (Sent(*row) for row in found.fetchall()) if one.step > NEAR]
        if sent:
            _move(accounts, began, sent)
            _count_again(sent)
    count_again(accounts)
    if sent:
        _note_balances(accounts, min(one.left for one in sent), began)
    return len(sent)


def _move(accounts: list[UUID], began: datetime, sent: list[Sent]) -> None:
    ids = listed(one.id for one in sent)
    rows = msgspec.json.encode([one.row() for one in sent]).decode()
    cursor().execute(MOVE_MESSAGES, {"rows": rows, "ids": ids})
    steps = {"ids": ids, "seconds": listed(one.step.total_seconds() for one in sent)}
    cursor().execute(MOVE_ATTEMPTS, steps)
    cursor().execute(MOVE_RECEIPTS, steps)
    cursor().execute(MOVE_EVENTS, {**steps, "accounts": listed(accounts), "since": began})


def _note_balances(accounts: list[UUID], first: datetime, began: datetime) -> None:
    days = {"first": first.date(), "last": began.date() - timedelta(days=1)}
    with system("note the balances of the demo's past days"):
        cursor().execute(BALANCES, {**days, "accounts": listed(accounts)})


def _count_again(sent: list[Sent]) -> None:
    """Parts count in the day and month they left in, through the counters' own functions."""
    moves: dict[tuple[str, datetime], int] = {}
    for one in sent:
        if one.test or one.outcome in ("throttled", "not_written"):
            continue
        for at, parts in ((one.tried, -one.parts), (one.left, one.parts)):
            moves[one.account, at] = moves.get((one.account, at), 0) + parts
    for (account, at), parts in sorted(moves.items()):
        cursor().execute(COUNTER, [listed([account]), at])
        cursor().execute(COUNTED, [listed([account]), listed([parts]), at])
