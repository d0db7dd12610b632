"""When each route last answered, and what last went wrong on it."""

import time
from typing import Final

from accounts.statements import cursor
from messaging.carriers import TEST_ROUTE

# A busy route answers hundreds of times a second; its row is written this often.
NOTE_SECONDS: Final = 5.0

ANSWERED = "UPDATE messaging_route SET last_answer_at = clock_timestamp() WHERE id = %s"
FAILED = """
UPDATE messaging_route SET last_error_at = clock_timestamp(), last_error = %s WHERE id = %s
"""

_noted: dict[tuple[str, int], float] = {}


def note_answer(route_id: int) -> None:
    """The route's carrier has just answered; written at most each 5 s a process."""
    if _is_time("answer", route_id):
        cursor().execute(ANSWERED, [route_id], prepare=True)


def note_error(route_id: int, text: str) -> None:
    """The route failed, as `text` (its first 120 characters) says; at most each 5 s a process."""
    if _is_time("error", route_id):
        cursor().execute(FAILED, [text[:120], route_id], prepare=True)


def _is_time(kind: str, route_id: int) -> bool:
    now = time.monotonic()
    if route_id == TEST_ROUTE or now - _noted.get((kind, route_id), -NOTE_SECONDS) < NOTE_SECONDS:
        return False
    _noted[kind, route_id] = now
    return True
