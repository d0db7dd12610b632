"""Delivery receipts: stored before they are acknowledged, and a state only moves forward.

A receipt that comes before the answer to its submission is parked and matched by a sweep.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from django.utils import timezone

from accounts.statements import cursor
from accounts.tenancy import system
from billing import ledger
from hub.lib.ids import many_uuid7
from messaging.gateways.contract import Dlr
from messaging.outcome import CHANGED, PAYLOAD, brief
from messaging.states import WAITING

# A receipt that matches nothing for this long is left alone.
PARKED_FOR: Final = timedelta(hours=72)

# An attempt that knows the reference names the message, and that message was taken: its answer and
# its reference were written together. Only a receipt without one has to look at the message that
# the carrier echoes. While that still waits, its answer is not stored, and the receipt is parked.
APPLY = f"""
WITH given AS MATERIALIZED (
    SELECT u.*, c.message_id AS named, c.account_id AS owner
    FROM json_to_recordset(%(rows)s::json) AS u (
        ref text, status text, code smallint, at timestamptz, echoed uuid, event uuid,
        applies boolean, reason text, told jsonb)
    LEFT JOIN messaging_attempt c ON c.carrier = %(carrier)s AND c.ref = u.ref AND c.ref <> ''
    ORDER BY coalesce(c.message_id, u.echoed)
), matched AS MATERIALIZED (
    SELECT g.*, coalesce(g.named, found.id) AS message, coalesce(g.owner, found.account) AS account,
           coalesce(found.state, 'submitted') AS before
    FROM given g LEFT JOIN LATERAL (
        SELECT m.id, m.account_id AS account, m.state FROM messaging_message m
        WHERE g.named IS NULL AND m.id = g.echoed AND m.state <> ALL (%(waiting)s::text[])
        FOR NO KEY UPDATE) found ON true
), stored AS (
    INSERT INTO messaging_receipt (
        carrier, ref, status, code, at, received_at, echoed_id, message_id, account_id)
    SELECT %(carrier)s, ref, status, code, at, %(now)s, echoed, message, account
    FROM matched
    ON CONFLICT (carrier, ref, status) DO UPDATE
        SET message_id = excluded.message_id, account_id = excluded.account_id
        WHERE messaging_receipt.message_id IS NULL AND excluded.message_id IS NOT NULL
), named AS (
    UPDATE messaging_attempt a SET carrier = %(carrier)s, ref = g.ref FROM matched g
    WHERE g.named IS NULL AND a.message_id = g.message AND a.outcome = 'unanswered' AND a.ref = ''
), moved AS (
    UPDATE messaging_message m SET state = g.status, code = g.code, reason = g.reason,
        updated_at = %(now)s,
        gate_trail = CASE WHEN g.told IS NULL THEN m.gate_trail
                          ELSE coalesce(m.gate_trail, '[]'::jsonb) || g.told END
    FROM matched g
    WHERE m.id = g.message AND g.applies AND g.before IN ('submitted', 'unknown')
      AND array_position(ARRAY[g.before], m.state) IS NOT NULL
    RETURNING {CHANGED}, g.event, g.before
), told AS (
    INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
    SELECT event, account_id, 'message.' || state, {PAYLOAD}, test, %(now)s FROM moved m
)
SELECT account_id, coalesce(sum(price) FILTER (WHERE before = 'unknown' AND NOT test), 0)
FROM moved GROUP BY 1
"""
PARKED = """
SELECT r.carrier, r.ref, r.status, r.code, r.at, r.echoed_id::text FROM messaging_receipt r
LEFT JOIN messaging_attempt c ON c.carrier = r.carrier AND c.ref = r.ref AND c.ref <> ''
JOIN messaging_message m ON m.id = coalesce(c.message_id, r.echoed_id) AND m.state <> ALL (%s)
WHERE r.message_id IS NULL AND r.received_at > %s LIMIT 500
"""
REASON_OF: Final = {"failed": "undeliverable", "expired": "expired_at_carrier"}


def store_receipts(carrier: str, receipts: Sequence[Dlr]) -> None:
    """Every receipt is committed when this returns; those that match have moved their message.

    The same receipt again, or one that contradicts a final state, changes nothing.
    """
    with system("store receipts"):
        _apply(carrier, receipts, timezone.now())


def match_parked() -> int:
    """Receipts that came too early move their messages now; returns how many were tried."""
    now = timezone.now()
    with system("match parked receipts"):
        rows = cursor().execute(PARKED, [list(WAITING), now - PARKED_FOR]).fetchall()
        carriers: dict[str, list[Dlr]] = defaultdict(list)
        for carrier, ref, status, code, at, echoed in rows:
            carriers[carrier].append(Dlr(ref, status, code, at, echoed))
        for carrier, receipts in carriers.items():
            _apply(carrier, receipts, now)
    return len(rows)


def _apply(carrier: str, receipts: Sequence[Dlr], now: datetime) -> None:
    rows = _rows(receipts, now)
    if not rows:
        return
    found = cursor().execute(
        APPLY,
        {
            "rows": msgspec.json.encode(rows).decode(),
            "carrier": carrier,
            "waiting": list(WAITING),
            "now": now,
        },
        prepare=True,
    )
    captured = {account: int(price) for account, price in found.fetchall()}
    ledger.settle_each("receipt", captured, {})


class _Row(msgspec.Struct, omit_defaults=True, gc=False):
    """A receipt as APPLY takes it; `applies` for the one that moves its message."""

    ref: str
    status: str
    code: int
    at: datetime
    echoed: str | None
    event: str
    applies: bool
    reason: str | None = None
    told: dict[str, Any] | None = None


def _rows(receipts: Sequence[Dlr], now: datetime) -> list[_Row]:
    """Each (ref, status) once; of several statuses for a message the first one counts."""
    rows: dict[tuple[str, str], _Row] = {}
    seen: set[str] = set()
    for dlr, event in zip(receipts, many_uuid7(len(receipts)), strict=True):
        ref, status, code, at, echoed = dlr
        if (ref, status) in rows:
            continue
        row = rows[ref, status] = _Row(ref, status, code, at, echoed, event, ref not in seen)
        seen.add(ref)
        if status in REASON_OF:
            row.reason = REASON_OF[status]
            row.told = brief("receipt", row.reason, {"detail": str(code)}, now)
    return list(rows.values())
