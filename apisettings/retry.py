"""When a delivery is tried again, and when it is given up. Pure."""

import random
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final

from hub.lib.safe_http import Answer

# Seconds after each failed try; 77 hours in all (Standard Webhooks: several days, with jitter).
SCHEDULE: Final = (
    5, 30, 120, 600, 1_800, 7_200, 18_000, 36_000, 43_200, 86_400, 86_400,
)  # fmt: skip
MOST_TRIES: Final = len(SCHEDULE) + 1
JITTER: Final = 0.2
LONGEST_WAIT_ASKED: Final = 3_600.0
FAILING_DAYS: Final = 7
_GONE: Final = 410


class Verdict(Enum):
    """What an answer means for its delivery."""

    DELIVERED = "delivered"
    AGAIN = "again"
    GONE = "gone"


def judge(answer: Answer) -> Verdict:
    """Any complete 2xx is success, 410 means never again, all else (redirects too) is tried again.

    A brief 404 during a receiver's own release must not lose an event.
    """
    if answer.status == _GONE:
        return Verdict.GONE
    complete = answer.error is None and answer.status is not None
    return Verdict.DELIVERED if complete and 200 <= (answer.status or 0) < 300 else Verdict.AGAIN


def next_try(tries: int, answer: Answer, now: datetime) -> datetime | None:
    """When to try again after `tries` failures; None once the schedule is used up.

    Retry-After may put it off by up to an hour, never forward.
    """
    if tries > len(SCHEDULE):
        return None
    wait = SCHEDULE[tries - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    asked = min(_seconds_asked(answer.retry_after, now), LONGEST_WAIT_ASKED)
    return now + timedelta(seconds=max(wait, asked))


def _seconds_asked(retry_after: str | None, now: datetime) -> float:
    """Retry-After as seconds (RFC 9110, 10.2.3: a number or a date); 0 for nonsense."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0
