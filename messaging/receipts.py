"""Delivery receipts: stored before they are acknowledged, and a state only moves forward.

A receipt that comes before the answer to its submission is parked and matched by a sweep.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from django.utils import timezone

from accounts.statements import cursor
from accounts.tenancy import system
from billing import ledger
from hub.lib.ids import uuid7
from messaging.gateways.contract import Dlr
from messaging.outcome import PAYLOAD

# A receipt that matches nothing for this long is left alone.
PARKED_FOR: Final = timedelta(hours=72)

APPLY = f"""
WITH given AS MATERIALIZED (
    SELECT u.*, coalesce(c.message_id, u.echoed) AS target
    FROM json_to_recordset(%(rows)s::json) AS u (
        ref text, status text, code smallint, at timestamptz, echoed uuid, event uuid,
        applies boolean, reason text, told jsonb)
    LEFT JOIN messaging_carrierreference c ON c.carrier = %(carrier)s AND c.ref = u.ref
), locked AS MATERIALIZED (
    SELECT m.id, m.account_id, m.state, m.price, m.test FROM messaging_message m
    WHERE m.id = ANY (ARRAY(SELECT target FROM given)) ORDER BY m.id FOR UPDATE
), stored AS (
    INSERT INTO messaging_receipt (
        carrier, ref, status, code, at, received_at, echoed_id, message_id, account_id)
    SELECT %(carrier)s, g.ref, g.status, g.code, g.at, %(now)s, g.echoed, l.id, l.account_id
    FROM given g LEFT JOIN locked l ON l.id = g.target AND l.state <> 'sending'
    ON CONFLICT (carrier, ref, status) DO UPDATE
        SET message_id = excluded.message_id, account_id = excluded.account_id
        WHERE messaging_receipt.message_id IS NULL AND excluded.message_id IS NOT NULL
), moved AS (
    UPDATE messaging_message m SET state = g.status, code = g.code, reason = g.reason,
        updated_at = %(now)s,
        gate_trail = CASE WHEN g.told IS NULL THEN m.gate_trail
                          ELSE coalesce(m.gate_trail, '[]'::jsonb) || g.told END
    FROM given g JOIN locked l ON l.id = g.target
    WHERE m.id = l.id AND g.applies AND l.state IN ('submitted', 'unknown')
    RETURNING m.*, g.event, l.state AS before
), told AS (
    INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
    SELECT event, account_id, 'message.' || state, {PAYLOAD}, test, %(now)s FROM moved m
)
SELECT account_id, coalesce(sum(price) FILTER (WHERE before = 'unknown' AND NOT test), 0)
FROM moved GROUP BY 1
"""
PARKED = """
SELECT r.carrier, r.ref, r.status, r.code, r.at, r.echoed_id::text FROM messaging_receipt r
LEFT JOIN messaging_carrierreference c ON c.carrier = r.carrier AND c.ref = r.ref
JOIN messaging_message m ON m.id = coalesce(c.message_id, r.echoed_id) AND m.state <> 'sending'
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
        rows = cursor().execute(PARKED, [now - PARKED_FOR]).fetchall()
        carriers: dict[str, list[Dlr]] = defaultdict(list)
        for carrier, ref, status, code, at, echoed in rows:
            carriers[carrier].append(Dlr(ref, status, code, at, echoed))
        for carrier, receipts in carriers.items():
            _apply(carrier, receipts, now)
    return len(rows)


def _apply(carrier: str, receipts: Iterable[Dlr], now: datetime) -> None:
    rows = _rows(receipts, now)
    if not rows:
        return
    found = cursor().execute(
        APPLY,
        {"rows": msgspec.json.encode(rows).decode(), "carrier": carrier, "now": now},
        prepare=True,
    )
    captured: dict[UUID, int] = {account: int(price) for account, price in found.fetchall()}
    for account in sorted(captured):
        ledger.settle(account, cause=f"receipt:{uuid4()}", capture=captured[account])


def _rows(receipts: Iterable[Dlr], now: datetime) -> list[dict[str, Any]]:
    """Each (ref, status) once; of several statuses for a message the first one counts."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    seen: set[str] = set()
    for dlr in receipts:
        if (dlr.ref, dlr.status) in rows:
            continue
        reason = REASON_OF.get(dlr.status)
        rows[dlr.ref, dlr.status] = {
            "ref": dlr.ref,
            "status": dlr.status,
            "code": dlr.code,
            "at": dlr.at,
            "echoed": dlr.message_id,
            "event": str(uuid7()),
            "applies": dlr.ref not in seen,
            "reason": reason,
            "told": _told(reason, dlr.code, now) if reason else None,
        }
        seen.add(dlr.ref)
    return list(rows.values())


def _told(reason: str, code: int, now: datetime) -> dict[str, Any]:
    values = {"detail": str(code)}
    step = {"step": "receipt", "verdict": "end", "rule": reason, "values": values}
    return {
        "at": now.isoformat(),
        "verdict": "end",
        "reason": reason,
        "until": None,
        "values": values,
        "steps": [step],
    }
