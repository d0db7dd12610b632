"""Deliveries on their way: claimed fairly between endpoints, and what came of each try stored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
from django.utils import timezone

from accounts.audit import CLOCK, record
from accounts.statements import cursor, listed
from accounts.tenancy import system
from apisettings.letters import tell_of_stopped
from apisettings.retry import FAILING_DAYS, Verdict, judge, next_try
from apisettings.sealing import opened
from hub.lib.ids import uuid7
from hub.lib.safe_http import Answer

MOST_CLAIMED: Final = 1_000
# A healthy endpoint's next deliveries stand ready behind the two in the air.
CLAIMED_EACH: Final = 20
MOST_FAILING: Final = 100
# Longer than a POST may take (15 s), its turn and the storing of its result.
LEASE_SECONDS: Final = 60

# One step of the index an endpoint, however many deliveries wait behind it.
READY = """
WITH RECURSIVE hop AS (
    (SELECT webhook_id FROM apisettings_delivery WHERE due IS NOT NULL
     ORDER BY webhook_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.webhook_id FROM apisettings_delivery d
            WHERE d.due IS NOT NULL AND d.webhook_id > hop.webhook_id
            ORDER BY d.webhook_id LIMIT 1)
    FROM hop WHERE hop.webhook_id IS NOT NULL
)
SELECT w.id, w.failing_since IS NOT NULL FROM hop
JOIN apisettings_webhook w ON w.id = hop.webhook_id AND w.state = 'active'
WHERE EXISTS (SELECT 1 FROM apisettings_delivery d WHERE d.webhook_id = hop.webhook_id
              AND d.due <= clock_timestamp())
ORDER BY random()
"""
# `due` moves to the lease's end: a sender that dies is followed by another, with the same id.
CLAIM = """
UPDATE apisettings_delivery d SET lease_until = %(lease)s, due = %(lease)s
FROM apisettings_webhook w
WHERE d.webhook_id = w.id AND d.id = ANY (ARRAY(
    SELECT c.id FROM unnest(%(webhooks)s::uuid[], %(shares)s::int[]) AS r (webhook, share)
    CROSS JOIN LATERAL (
        SELECT id FROM apisettings_delivery
        WHERE webhook_id = r.webhook AND due <= clock_timestamp()
        ORDER BY due, id LIMIT r.share FOR UPDATE SKIP LOCKED) c))
RETURNING d.id, d.account_id, d.webhook_id, d.event_id, d.body, d.tries, w.version, w.url,
    w.secret, CASE WHEN w.previous_until > clock_timestamp() THEN w.previous_secret END
"""
LOGGED = """
INSERT INTO apisettings_deliveryattempt (
    id, account_id, delivery_id, at, status, error, milliseconds, excerpt)
SELECT id, account, delivery, at, status, error, ms, excerpt
FROM json_to_recordset(%s::json) AS u (
    id uuid, account uuid, delivery uuid, at timestamptz, status smallint, error text, ms int,
    excerpt text)
"""
MOVED = """
UPDATE apisettings_delivery d SET state = g.state, tries = g.tries, due = g.due, lease_until = NULL
FROM json_to_recordset(%s::json) AS g (
    id uuid, state text, tries smallint, due timestamptz, lease timestamptz)
WHERE d.id = g.id AND d.lease_until = g.lease
"""
# A changed webhook (another version) is not judged by what its old address answered.
HEALTH = """
UPDATE apisettings_webhook w SET
    last_success_at = CASE WHEN g.good THEN %(now)s ELSE last_success_at END,
    failing_since = CASE WHEN g.good THEN NULL ELSE coalesce(failing_since, %(now)s) END,
    state = CASE WHEN w.state = 'active' AND (g.gone OR NOT g.good
                      AND failing_since < %(now)s - make_interval(days => %(days)s))
                 THEN 'stopped' ELSE w.state END
FROM json_to_recordset(%(rows)s::json) AS g (id uuid, version int, good boolean, gone boolean),
    (SELECT id, state FROM apisettings_webhook WHERE id = ANY (%(ids)s::uuid[])
     ORDER BY id FOR UPDATE) AS before
WHERE w.id = g.id AND w.version = g.version AND before.id = w.id
RETURNING w.id, w.account_id, w.url, before.state, w.state, g.gone
"""


class Job(NamedTuple):
    """A claimed delivery and where it goes. `secrets`: one to sign with, two while it rotates."""

    id: UUID
    account: UUID
    webhook: UUID
    event: UUID
    body: bytes
    tries: int
    version: int
    url: str
    secrets: Sequence[str]
    lease: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a job. `error` stands for the answer's own when the job could not be sent."""

    job: Job
    at: datetime
    answer: Answer
    error: str = ""


def claim(busy: Mapping[UUID, int]) -> list[Job]:
    """Due deliveries nobody else holds; `busy` says how many of each endpoint are held already.

    At most 20 an endpoint and 1,000 in all; failing endpoints get one each, 100 of them at once.
    """
    free = MOST_CLAIMED - sum(busy.values())
    if free <= 0:
        return []
    with system("claim webhook deliveries"):
        ready = cursor().execute(READY, prepare=True).fetchall()
        shares = _shares(ready, busy, free)
        if not shares:
            return []
        lease = timezone.now() + timedelta(seconds=LEASE_SECONDS)
        given = {
            "webhooks": listed(shares),
            "shares": listed(shares.values()),
            "lease": lease,
        }
        rows = cursor().execute(CLAIM, given).fetchall()
    return [_job(row, lease) for row in rows]


def store(tried: Collection[Tried]) -> None:
    """Every try is logged, its delivery moved on, and its endpoint's health judged."""
    if not tried:
        return
    now = timezone.now()
    encode = msgspec.json.encode
    with system("store webhook attempts"):
        cursor().execute(LOGGED, [encode([_logged(one) for one in tried]).decode()])
        cursor().execute(MOVED, [encode([_moved(one, now) for one in tried]).decode()])
        health = _health(tried)
        given = {
            "now": now,
            "days": FAILING_DAYS,
            "rows": encode(health).decode(),
            "ids": listed(row["id"] for row in health),
        }
        _tell_stopped(cursor().execute(HEALTH, given).fetchall())


def _shares(
    ready: Sequence[tuple[UUID, bool]], busy: Mapping[UUID, int], free: int
) -> dict[UUID, int]:
    """How many deliveries each endpoint may start now."""
    shares: dict[UUID, int] = {}
    left = {True: min(free, MOST_FAILING), False: free}
    for webhook, failing in ready:
        allowed = 1 if failing else CLAIMED_EACH
        share = min(allowed - busy.get(webhook, 0), left[failing], free)
        if share > 0:
            shares[webhook] = share
            left[failing] -= share
            free -= share
    return shares


def _job(row: Sequence[Any], lease: datetime) -> Job:
    id_, account, webhook, event, body, tries, version, url, secret, previous = row
    secrets = []
    for stored in (secret, previous):
        try:
            secrets += [opened(stored, account)] if stored is not None else []
        except ValueError:
            continue  # sealed under another pepper: nothing to sign with, told as an attempt
    return Job(id_, account, webhook, event, body.encode(), tries, version, url, secrets, lease)


def _logged(tried: Tried) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "account": tried.job.account,
        "delivery": tried.job.id,
        "at": tried.at,
        "status": tried.answer.status,
        "error": tried.error or tried.answer.error or "",
        "ms": tried.answer.ms,
        "excerpt": tried.answer.body_excerpt,
    }


def _moved(tried: Tried, now: datetime) -> dict[str, Any]:
    tries = tried.job.tries + 1
    verdict = judge(tried.answer)
    due = next_try(tries, tried.answer, now) if verdict is Verdict.AGAIN else None
    state = "delivered" if verdict is Verdict.DELIVERED else "waiting" if due else "exhausted"
    return {
        "id": tried.job.id,
        "state": state,
        "tries": tries,
        "due": due,
        "lease": tried.job.lease,
    }


def _health(tried: Collection[Tried]) -> list[dict[str, Any]]:
    """One row an endpoint: one success is enough to call it well, one 410 to call it gone."""
    found: dict[tuple[UUID, int], set[Verdict]] = {}
    for one in tried:
        found.setdefault((one.job.webhook, one.job.version), set()).add(judge(one.answer))
    return [
        {
            "id": webhook,
            "version": version,
            "good": Verdict.DELIVERED in verdicts and Verdict.GONE not in verdicts,
            "gone": Verdict.GONE in verdicts,
        }
        for (webhook, version), verdicts in found.items()
    ]


def _tell_stopped(rows: Sequence[tuple[UUID, UUID, str, str, str, bool]]) -> None:
    for webhook, account, url, before, after, gone in rows:
        if before != after:
            reason = "answered 410" if gone else f"failing for {FAILING_DAYS} days"
            record(
                account,
                actor=CLOCK,
                action="webhook.stopped",
                subject=str(webhook),
                changes={"state": [before, after], "url": [url, url], "reason": ["", reason]},
            )
            tell_of_stopped(account, url, gone=gone)
