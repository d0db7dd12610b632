"""What came of a submission: one UPDATE per kind of answer for the whole batch, money with it.

Every statement asks for the epoch under which the message was sent, so a worker that slept
through its lease changes nothing. Money moves in the transaction of the state, never apart.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from django.utils import timezone

from accounts.statements import cursor, listed
from accounts.tenancy import system
from billing import ledger
from hub.lib.ids import many_uuid7, uuid7
from messaging.carriers import Way
from messaging.gateways.contract import Outcome, Result
from messaging.reasons import REASONS
from messaging.states import WAITING

# A message the carrier would not take now is tried again after this.
THROTTLED_AGAIN: Final = timedelta(seconds=2)

# A receipt may come so long after the validity ended.
RECEIPTS_AWAITED: Final = timedelta(hours=72)
# An unknown outcome is closed in the customer's favour after this.
UNKNOWN_CLOSES_AFTER: Final = timedelta(hours=72)

PAYLOAD: Final = """jsonb_build_object(
    'message_id', m.id, 'status', m.state, 'error_code', m.code::text, 'reason', m.reason,
    'destination_number', m."to", 'source_number', m.source, 'parts', m.parts,
    'batch_id', m.batch_id, 'metadata', coalesce(m.extra->'metadata', '{}'::jsonb))"""

# What PAYLOAD and the ledger read of a message that has just been updated.
CHANGED: Final = (
    'm.id, m.account_id, m.batch_id, m.state, m.code, m.reason, m."to", m.source, m.parts, m.price,'
    " m.extra, m.test"
)
# Which message a carrier's answer to try `epoch` may still change: one that is on its way, or whose
# answer came too late. Another worker may have stored what became of it.
#
# `array_position(..) IS NOT NULL` says `=` in a way the planner does not estimate: it believed that
# hardly a row is in the right state, and then compared each of 500 with each (100 ms a batch).
ANSWERED: Final = """array_position(
    CASE m.epoch WHEN %(epoch)s::int - 1 THEN ARRAY['scheduled', 'held', 'queued']
                 WHEN %(epoch)s::int THEN ARRAY['unknown'] END, m.state::text) IS NOT NULL"""
SUBMITTED = f"""
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(refs)s::text[], %(events)s::uuid[])
        AS g (id, ref, event)
), taken AS (
    UPDATE messaging_message m SET state = 'submitted', code = 210, reason = NULL,
        epoch = %(epoch)s, updated_at = %(now)s
    FROM given g WHERE m.id = g.id AND m.id = ANY (%(ids)s::uuid[]) AND {ANSWERED}
    RETURNING {CHANGED}, g.ref AS carrier_ref, g.event
), tries AS (
    INSERT INTO messaging_attempt (
        account_id, message_id, epoch, route_id, parts, at, outcome, detail, carrier, ref)
    SELECT account_id, id, %(epoch)s, %(route)s, parts, %(left_at)s, 'accepted', '', %(carrier)s,
           carrier_ref
    FROM taken
    ON CONFLICT (message_id, epoch) DO UPDATE
        SET outcome = 'accepted', carrier = excluded.carrier, ref = excluded.ref
), told AS (
    INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
    SELECT event, account_id, 'message.submitted', {PAYLOAD}, test, %(now)s FROM taken m
)
SELECT account_id, sum(price) FILTER (WHERE NOT test) FROM taken GROUP BY 1
"""
BACK = f"""
WITH back AS (
    UPDATE messaging_message m SET state = 'queued', reason = NULL, code = NULL,
        epoch = %(epoch)s, updated_at = %(now)s
    WHERE m.id = ANY (%(ids)s::uuid[]) AND m.state <> 'unknown' AND {ANSWERED}
    RETURNING m.account_id, m.id, m.parts, m.test
), waits AS (
    INSERT INTO messaging_waiting (message_id, account_id, due)
    SELECT id, account_id, %(due)s FROM back
), tries AS (
    INSERT INTO messaging_attempt (
        account_id, message_id, epoch, route_id, parts, at, outcome, detail, carrier, ref)
    SELECT account_id, id, %(epoch)s, %(route)s, parts, %(left_at)s, %(outcome)s, %(detail)s, '', ''
    FROM back
)
SELECT account_id, sum(parts) FILTER (WHERE NOT test) FROM back GROUP BY 1
"""
# Attempts that were refused or never answered; a late answer overwrites the latter.
TRIED = """
INSERT INTO messaging_attempt (
    account_id, message_id, epoch, route_id, parts, at, outcome, detail, carrier, ref)
SELECT m.account_id, m.id, g.epoch, %(route)s, m.parts, %(left_at)s, %(outcome)s, %(detail)s,
       '', ''
FROM unnest(%(ids)s::uuid[], %(epochs)s::int[]) AS g (id, epoch)
JOIN messaging_message m ON m.id = g.id
ON CONFLICT (message_id, epoch) DO UPDATE SET outcome = excluded.outcome, detail = excluded.detail
    WHERE messaging_attempt.outcome = 'unanswered'
"""
ENDED = f"""
WITH given AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS g (
        id uuid, epoch int, state text, reason text, code smallint, told jsonb, event uuid)
), ended AS (
    UPDATE messaging_message m SET state = g.state, reason = g.reason, code = g.code,
        epoch = coalesce(g.epoch, m.epoch), updated_at = %(now)s,
        gate_trail = coalesce(m.gate_trail, '[]'::jsonb) || g.told
    FROM given g WHERE m.id = g.id AND m.id = ANY (%(ids)s::uuid[]) AND m.state <> g.state
      AND array_position(
          CASE WHEN g.epoch = m.epoch THEN ARRAY['unknown']
               WHEN g.epoch IS NULL OR g.epoch = m.epoch + 1 THEN %(from)s::text[] END,
          m.state::text) IS NOT NULL
    RETURNING {CHANGED}, g.event
), gone AS (
    DELETE FROM messaging_waiting WHERE message_id = ANY (ARRAY(SELECT id FROM ended))
), told AS (
    INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
    SELECT event, account_id, 'message.' || state, {PAYLOAD}, test, %(now)s FROM ended m
)
SELECT account_id, coalesce(sum(price) FILTER (WHERE NOT test AND state <> 'unknown'), 0)
FROM ended GROUP BY 1
"""
# What is left of a flight once its answers are in: those whose receipts are awaited, and those
# that nobody knows of. Where the answers came after the lease, the flight of what has become
# unknown stays, to be closed in time.
FLOWN = """
WITH gone AS (DELETE FROM messaging_flight WHERE id = %(id)s AND stage = 'sending')
INSERT INTO messaging_flight (id, stage, due, route_id, messages)
SELECT u.id, u.stage, u.due, %(route)s, u.messages::uuid[]
FROM json_to_recordset(%(rows)s::json) AS u (id uuid, stage text, due timestamptz, messages text)
"""
TOLD = f"""
INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
SELECT g.event, m.account_id, %(kind)s, {PAYLOAD}, m.test, %(now)s
FROM unnest(%(ids)s::uuid[], %(events)s::uuid[]) AS g (id, event)
JOIN messaging_message m ON m.id = g.id
"""


class Ending(NamedTuple):
    """A message that ends, or becomes unknown, for `reason`, told as its trail keeps it. `epoch` is
    the number of the try that ended so, None when it never left."""

    id: str
    account: str
    reason: str
    values: dict[str, Any]
    told: dict[str, Any]
    epoch: int | None = None


def store(
    flight: UUID,
    way: Way,
    outcomes: Sequence[Outcome],
    *,
    left_at: datetime,
    awaited_until: datetime,
) -> None:
    """The carrier's answers stand in the database, and the money of each is settled.

    `left_at` is the instant of the gate: when the messages were counted and handed over.
    """
    for attempt in range(5):
        try:
            with system("store outcomes"):
                _store(way, outcomes, left_at)
                _keep_flying(flight, way, outcomes, awaited_until)
            return
        except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
            time.sleep(0.01 * 2**attempt)
    raise RuntimeError("Outcomes could not be stored; the night watch will find the leases.")


def _store(way: Way, outcomes: Sequence[Outcome], left_at: datetime) -> None:
    groups: dict[tuple[Result, int, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        detail = "" if outcome.result is Result.ACCEPTED else outcome.detail
        groups[outcome.result, outcome.epoch, detail].append(outcome)
    captured: dict[UUID, int] = defaultdict(int)
    for (result, epoch, detail), group in sorted(groups.items()):
        if result is Result.ACCEPTED:
            _submitted(way, epoch, group, left_at, captured)
        elif result in (Result.THROTTLED, Result.NOT_WRITTEN):
            _back_to_due(way, result, epoch, detail, group, left_at)
        else:
            _answered_badly(way, result, detail, group, left_at)
    ledger.settle_each("outcome", captured, {})


def _keep_flying(
    flight: UUID, way: Way, outcomes: Sequence[Outcome], awaited_until: datetime
) -> None:
    kept = {
        "receipts": (Result.ACCEPTED, awaited_until),
        "unknown": (Result.UNANSWERED, timezone.now() + UNKNOWN_CLOSES_AFTER),
    }
    rows = []
    for stage, (result, due) in kept.items():
        ids = [outcome.message_id for outcome in outcomes if outcome.result is result]
        if ids:
            rows.append({"id": str(uuid7()), "stage": stage, "due": due, "messages": listed(ids)})
    cursor().execute(
        FLOWN,
        {"id": flight, "route": way.id, "rows": msgspec.json.encode(rows).decode()},
        prepare=True,
    )


def _submitted(
    way: Way, epoch: int, group: list[Outcome], left_at: datetime, captured: dict[UUID, int]
) -> None:
    rows = cursor().execute(
        SUBMITTED,
        {
            "ids": listed(one.message_id for one in group),
            "refs": listed(one.ref for one in group),
            "events": listed(many_uuid7(len(group))),
            "epoch": epoch,
            "carrier": way.gateway,
            "route": way.id,
            "left_at": left_at,
            "now": timezone.now(),
        },
        prepare=True,
    )
    for account, price in rows.fetchall():
        captured[account] += int(price or 0)


def _back_to_due(
    way: Way, result: Result, epoch: int, detail: str, group: list[Outcome], left_at: datetime
) -> None:
    """No message left: undecided and uncounted, it stands in line again."""
    now = timezone.now()
    rows = cursor().execute(
        BACK,
        {
            "ids": listed(one.message_id for one in group),
            "epoch": epoch,
            "route": way.id,
            "now": now,
            "due": now + THROTTLED_AGAIN if result is Result.THROTTLED else now,
            "left_at": left_at,
            "outcome": result.value,
            "detail": detail,
        },
        prepare=True,
    )
    given_back = {str(account): int(parts) for account, parts in rows.fetchall() if parts}
    if given_back:
        # In the period in which they were counted: that of the gate, not of now.
        cursor().execute(
            "SELECT limit_consume(%s::uuid[], %s::bigint[], %s)",
            [
                listed(sorted(given_back)),
                listed(-given_back[account] for account in sorted(given_back)),
                left_at,
            ],
        )


def _answered_badly(
    way: Way, result: Result, detail: str, group: list[Outcome], left_at: datetime
) -> None:
    reason = "carrier_refused" if result is Result.REFUSED else "unanswered"
    tried = {one.message_id: one.epoch for one in group}
    end_tries(tried, way.id, result, reason, left_at, detail=detail)


def end_tries(
    epochs: Mapping[str, int],
    route: int,
    result: Result,
    reason: str,
    left_at: datetime,
    *,
    detail: str = "",
) -> None:
    """Messages on their way end, or become unknown, with the try of that number; each gets its
    attempt by the route. One that is unknown since that very try ends by its late answer."""
    now = timezone.now()
    values = {"detail": detail} if detail else {}
    told = brief("carrier", reason, values, now)
    endings = [Ending(id_, "", reason, values, told, epoch) for id_, epoch in epochs.items()]
    end(endings, now, before=WAITING)
    cursor().execute(
        TRIED,
        {
            "ids": listed(epochs),
            "epochs": listed(epochs.values()),
            "route": route,
            "outcome": result.value,
            "detail": detail,
            "left_at": left_at,
        },
    )


def brief(step: str, reason: str, values: dict[str, Any], now: datetime) -> dict[str, Any]:
    """A trail entry for what a carrier, a receipt or the clock decided, at one `step`."""
    told = {"step": step, "verdict": "end", "rule": reason, "values": values}
    return {
        "at": now.isoformat(),
        "verdict": "end",
        "reason": reason,
        "until": None,
        "values": values,
        "steps": [told],
    }


def end_early(endings: list[Ending], now: datetime) -> None:
    """They end before any PDU was written: nothing is charged. A step of the gate."""
    end(endings, now, before=WAITING)


def end(endings: list[Ending], now: datetime, *, before: Iterable[str]) -> int:
    """Messages in a state of `before` end for their reasons; their holds are released, except
    of those that become unknown. Returns how many accounts were touched."""
    if not endings:
        return 0
    rows = [
        {
            "id": one.id,
            "epoch": one.epoch,
            "state": REASONS[one.reason].state,
            "reason": one.reason,
            "code": REASONS[one.reason].code,
            "told": one.told,
            "event": event,
        }
        for one, event in zip(endings, many_uuid7(len(endings)), strict=True)
    ]
    found = cursor().execute(
        ENDED,
        {
            "rows": msgspec.json.encode(rows).decode(),
            "ids": listed(one.id for one in endings),
            "from": list(before),
            "now": now,
        },
    )
    released = {account: int(price) for account, price in found.fetchall()}
    ledger.settle_each("outcome", {}, released)
    return len(released)


def end_for(ids: Iterable[str], reason: str, now: datetime, *, before: Iterable[str]) -> int:
    """`end` for one reason that no rule decided: a person's or the clock's."""
    return end(
        [Ending(id_, "", reason, {}, brief("carrier", reason, {}, now)) for id_ in ids],
        now,
        before=before,
    )


def tell_events(kind: str, rows: list[tuple[str, str]], now: datetime) -> None:
    """One event `kind` for each message, with its fields as they are now."""
    if rows:
        cursor().execute(
            TOLD,
            {
                "kind": kind,
                "ids": listed(id_ for id_, _account in rows),
                "events": listed(many_uuid7(len(rows))),
                "now": now,
            },
        )
