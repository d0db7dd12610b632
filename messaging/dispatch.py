"""The gate: the last decision before bytes leave, and what leaves.

claim -> today's facts -> decide again -> count parts -> write the flight -> COMMIT -> submit
outside any transaction -> outcome. A decision is good for 2 s from before its facts were read;
what is not written by then goes back to due, undecided and uncounted.
"""

import logging
import time
from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.utils import timezone

from accounts.statements import cursor, listed, pipeline
from accounts.tenancy import system
from hub.lib.ids import uuid7
from messaging.accept import due_of, told
from messaging.carriers import TEST_GATEWAY, Way, session, way_for, ways
from messaging.claim import Claimed, claim, wake_changed
from messaging.decide import Decider
from messaging.decision import HOLD, REFUSE, SEND, Decision
from messaging.draft import Draft
from messaging.facts import Gate, at_gate
from messaging.gateways.contract import Pdu
from messaging.outcome import RECEIPTS_AWAITED, Ending, end_early, store, tell_events
from messaging.receipts import store_receipts
from messaging.route_health import note_answer, note_error

DECISION_GOOD_SECONDS: Final = 2.0
logger = logging.getLogger(__name__)

LEASE: Final = timedelta(seconds=30)

CONSUME = "SELECT limit_consume(%s::uuid[], %s::bigint[], %s)"

TAKE_OFF = """
WITH gone AS (DELETE FROM messaging_waiting WHERE message_id = ANY (%(ids)s::uuid[]))
INSERT INTO messaging_flight (id, stage, due, route_id, messages)
SELECT f.id, 'sending', %(lease)s, f.route, f.messages::uuid[]
FROM unnest(%(flights)s::uuid[], %(routes)s::smallint[], %(flown)s::text[])
    AS f (id, route, messages)
"""
HELD = """
WITH given AS (
    SELECT * FROM json_to_recordset(%(rows)s::json) AS g (
        id uuid, state text, reason text, code smallint, due timestamptz, version int, told jsonb)
), later AS (
    UPDATE messaging_waiting w SET due = g.due FROM given g
    WHERE w.message_id = g.id AND w.message_id = ANY (%(ids)s::uuid[])
)
UPDATE messaging_message m SET state = g.state, reason = g.reason, code = g.code,
    updated_at = %(now)s, settings_version = g.version,
    gate_trail = CASE WHEN g.told IS NULL THEN m.gate_trail
                      ELSE coalesce(m.gate_trail, '[]'::jsonb) || g.told END
FROM given g WHERE m.id = g.id AND m.id = ANY (%(ids)s::uuid[])
"""


class Judged(NamedTuple):
    row: Claimed
    decision: Decision
    version: int
    way: Way | None


class Flight(NamedTuple):
    """The messages of one batch that leave by one way; a row of the same id tells of them."""

    id: UUID
    way: Way
    rows: list[Judged]
    left_at: datetime


def drain(most_batches: int = 1000) -> int:
    """Sends everything that is due now, batch by batch; returns how many messages it looked at."""
    _listen()
    looked_at = 0
    for _batch in range(most_batches):
        size = dispatch_once()
        looked_at += size
        if size == 0:
            break
    return looked_at


def dispatch_once() -> int:
    """One batch from claim to outcome. 0 when nothing was due."""
    deadline = time.monotonic() + DECISION_GOOD_SECONDS
    with system("dispatch due messages"):
        judged, now = _judge()
        flights = _flights(judged, now)
        if judged:
            _write(judged, flights, now)
    for flight in flights:
        _submit(flight, deadline)
    return len(judged)


def _listen() -> None:
    """Receipts reach this process whether or not it sends: a restarted worker is owed some."""
    for gateway in {TEST_GATEWAY, *(way.gateway for way in ways().all)}:
        session(gateway, partial(store_receipts, gateway))


def _flights(judged: list[Judged], now: datetime) -> list[Flight]:
    groups: dict[Way, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.way is not None and one.decision.verdict == SEND:
            groups[one.way].append(one)
    return [Flight(uuid7(), way, rows, now) for way, rows in groups.items()]


def _judge() -> tuple[list[Judged], datetime]:
    wake_changed()
    claimed = claim()
    now = timezone.now()
    if not claimed:
        return [], now
    counted = sorted({row.account for row in claimed if not row.test})
    gates = at_gate([(row.account, row.to) for row in claimed], counted, now)
    deciders = {account: Decider(gate.rules, gate.facts, now) for account, gate in gates.items()}
    return [_decide(row, gates[row.account], deciders[row.account]) for row in claimed], now


def _decide(row: Claimed, gate: Gate, decider: Decider) -> Judged:
    decision = decider.decide(
        Draft(
            to=row.to,
            body=row.body,
            source=row.source,
            expires=row.expires,
            message_class=row.message_class,
            max_parts=int(row.max_parts) if row.max_parts else None,
        )
    )
    way = None
    if decision.verdict == SEND:
        way = way_for(row.to, test=row.test)
        if way is not None and not row.test:
            decision = gate.room.admit(decision, gate.rules.over_limit)
    return Judged(row, decision, gate.rules.version, way)


def _write(judged: list[Judged], flights: list[Flight], now: datetime) -> None:
    """Everything the decisions changed, in this transaction: counters, flights, waits, ends."""
    _take_off(flights, now)
    hold([one for one in judged if one.decision.verdict == HOLD], now)
    end_early(
        [
            Ending(
                one.row.id,
                one.row.account,
                one.decision.reason or "no_route",
                one.decision.values,
                tell(one.decision, now),
            )
            for one in judged
            if one.decision.verdict == REFUSE or (one.decision.verdict == SEND and not one.way)
        ],
        now,
    )


def _take_off(flights: list[Flight], now: datetime) -> None:
    if not flights:
        return
    parts: dict[str, int] = defaultdict(int)
    for flight in flights:
        for one in flight.rows:
            if not one.row.test:
                parts[one.row.account] += one.row.parts
    with pipeline():
        if parts:
            cursor().execute(CONSUME, [listed(parts), listed(parts.values()), now], prepare=True)
        cursor().execute(
            TAKE_OFF,
            {
                "ids": listed(one.row.id for flight in flights for one in flight.rows),
                "lease": now + LEASE,
                "flights": [flight.id for flight in flights],
                "routes": [flight.way.id for flight in flights],
                "flown": [listed(one.row.id for one in flight.rows) for flight in flights],
            },
            prepare=True,
        )


def tell(decision: Decision, now: datetime) -> dict[str, Any]:
    """The decision as the message's own trail keeps it; one without a route is told as that."""
    if decision.verdict == SEND:
        step = {"step": "route", "verdict": REFUSE, "rule": "no_route", "values": {}}
        return {
            **told(decision, now),
            "verdict": REFUSE,
            "reason": "no_route",
            "steps": [*told(decision, now)["steps"], step],
        }
    return told(decision, now)


def hold(held: list[Judged], now: datetime) -> None:
    """They wait on, for the reason of today; the trail grows only when the reason is new."""
    if not held:
        return
    rows, events = [], []
    for row, decision, version, _way in held:
        fresh = decision.reason != row.reason
        rows.append(
            {
                "id": row.id,
                "state": decision.state,
                "reason": decision.reason,
                "code": decision.code,
                "due": due_of(decision, now, row.expires),
                "version": version,
                "told": told(decision, now) if fresh else None,
            }
        )
        if fresh and decision.state == "held":
            events.append((row.id, row.account))
    cursor().execute(
        HELD,
        {
            "rows": msgspec.json.encode(rows).decode(),
            "ids": listed(row["id"] for row in rows),
            "now": now,
        },
        prepare=True,
    )
    tell_events("message.held", events, now)


def _submit(flight: Flight, deadline: float) -> None:
    """Outside any transaction. When the gateway raises, the night watch finds the flight."""
    carrier = session(flight.way.gateway, partial(store_receipts, flight.way.gateway))
    try:
        outcomes = carrier.submit([_pdu(one) for one in flight.rows], deadline)
    except Exception as error:  # one carrier's failure must not keep the others' messages
        logger.exception("a carrier's gateway failed", extra={"route": flight.way.id})
        note_error(flight.way.id, repr(error))
        return
    note_answer(flight.way.id)
    last = max(one.row.expires for one in flight.rows)
    store(
        flight.id,
        flight.way,
        outcomes,
        left_at=flight.left_at,
        awaited_until=last + RECEIPTS_AWAITED,
    )


def _pdu(one: Judged) -> Pdu:
    row, decision = one.row, one.decision
    closes = decision.closes
    return Pdu(
        message_id=row.id,
        epoch=row.epoch + 1,
        to=row.to,
        source=row.source,
        body=row.body,
        parts=row.parts,
        encoding=decision.encoding,
        validity=min(row.expires, closes) if closes else row.expires,
        wants_receipt=row.wants_receipt,
    )
