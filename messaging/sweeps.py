"""The night watch: what the clock runs. Each is bounded, and harmless when it runs twice."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from accounts.statements import cursor
from accounts.tenancy import system
from hub.lib.ids import stamp_of
from messaging.day_counts import MOST_AT_ONCE, fold
from messaging.gateways.contract import Result
from messaging.inbound import confirm_forgotten
from messaging.outcome import UNKNOWN_CLOSES_AFTER, end_for, end_tries
from messaging.receipts import match_parked
from messaging.states import WAITING

FLIGHTS_AT_ONCE: Final = 50

DUE = """
SELECT id, stage, route_id, messages FROM messaging_flight WHERE due < clock_timestamp()
ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED
"""
SENDING = """
SELECT id::text, epoch + 1 FROM messaging_message
WHERE id = ANY (%s) AND state = ANY (%s) ORDER BY id FOR UPDATE
"""
UNKNOWN = """
SELECT id::text FROM messaging_message
WHERE id = ANY (%s) AND state = 'unknown' ORDER BY id FOR UPDATE
"""
WITHOUT_RECEIPT = """
UPDATE messaging_message SET code = 212, updated_at = %s,
    reason = CASE WHEN wants_receipt THEN 'no_receipt' ELSE 'not_requested' END
WHERE id = ANY (%s) AND state = 'submitted' AND reason IS NULL
"""
STILL_UNKNOWN = """
UPDATE messaging_flight SET stage = 'unknown', due = %s, messages = %s::uuid[] WHERE id = %s
"""
LANDED = "DELETE FROM messaging_flight WHERE id = %s"
KEYS_KEPT: Final = timedelta(days=7)
OLD_KEYS = """
UPDATE messaging_batch SET key = NULL WHERE id = ANY (ARRAY(
    SELECT id FROM messaging_batch WHERE key IS NOT NULL AND at < %s LIMIT 1000
    FOR UPDATE SKIP LOCKED))
"""


@shared_task(name="messaging.match_parked_receipts", queue="clock")
def match_parked_receipts() -> None:
    """Receipts that came before their answer find their message."""
    while match_parked() >= 500:
        pass


@shared_task(name="messaging.look_at_flights", queue="clock")
def look_at_flights() -> int:
    """Flights that are due: a worker died, a carrier stayed silent, or no receipt came.

    Between the attempt and the answer nobody knows what the carrier did, so nobody sends again.
    """
    now = timezone.now()
    with system("look at flights"):
        flights = cursor().execute(DUE, [FLIGHTS_AT_ONCE]).fetchall()
        for flight, stage, route, messages in flights:
            LOOK[stage](flight, route, messages, now)
    return len(flights)


def _unanswered(flight: UUID, route: int, messages: list[UUID], now: datetime) -> None:
    """The flight is still there, so no answer was stored, and no message of it is in the queue."""
    epochs = dict(cursor().execute(SENDING, [messages, list(WAITING)]).fetchall())
    if epochs:
        end_tries(epochs, route, Result.UNANSWERED, "unanswered", stamp_of(flight))
        cursor().execute(STILL_UNKNOWN, [now + UNKNOWN_CLOSES_AFTER, list(epochs), flight])
    else:
        cursor().execute(LANDED, [flight])


def _close_unknown(flight: UUID, route: int, messages: list[UUID], now: datetime) -> None:
    ids = [row[0] for row in cursor().execute(UNKNOWN, [messages]).fetchall()]
    end_for(ids, "unknown_closed", now, before=("unknown",))
    cursor().execute(LANDED, [flight])


def _no_receipt(flight: UUID, route: int, messages: list[UUID], now: datetime) -> None:
    """The money stays captured: the carrier took them."""
    cursor().execute(WITHOUT_RECEIPT, [now, messages])
    cursor().execute(LANDED, [flight])


LOOK: Final = {"sending": _unanswered, "unknown": _close_unknown, "receipts": _no_receipt}


@shared_task(name="messaging.confirm_opt_outs", queue="clock")
def confirm_opt_outs() -> int:
    """Opt-outs that were stored but not confirmed get their text, while it may still be sent."""
    return confirm_forgotten()


@shared_task(name="messaging.forget_keys", queue="clock")
def forget_keys() -> None:
    """Idempotency keys are kept for 7 days."""
    with system("forget old idempotency keys"):
        cursor().execute(OLD_KEYS, [timezone.now() - KEYS_KEPT])


@shared_task(name="messaging.count_days", queue="clock")
def count_days() -> None:
    """What was handed over to the webhooks is in the figures by day; 200,000 events at most."""
    for _round in range(40):
        if fold() < MOST_AT_ONCE:
            break
