"""The states of a message (MT) and the only arrows between them.

`sending` is shown, never stored: it is what a waiting message is called while it is on its way to
the carrier, which is told by its having left the queue (messaging/models.py, Waiting).

The database holds the same arrows as the WHEN condition of an update trigger made from
`ARROWS`; a test compares the two.
"""

from typing import Final

SCHEDULED: Final = "scheduled"
HELD: Final = "held"
QUEUED: Final = "queued"
SENDING: Final = "sending"
SUBMITTED: Final = "submitted"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"
REJECTED: Final = "rejected"
EXPIRED: Final = "expired"
CANCELLED: Final = "cancelled"
UNKNOWN: Final = "unknown"

STATES: Final = (
    SCHEDULED,
    HELD,
    QUEUED,
    SUBMITTED,
    DELIVERED,
    FAILED,
    REJECTED,
    EXPIRED,
    CANCELLED,
    UNKNOWN,
)

WAITING: Final = (SCHEDULED, HELD, QUEUED)
_FROM_WAITING: Final = (SUBMITTED, UNKNOWN, FAILED, REJECTED, EXPIRED, CANCELLED)

ARROWS: Final[dict[str, tuple[str, ...]]] = {
    SCHEDULED: (HELD, QUEUED, *_FROM_WAITING),
    HELD: (QUEUED, *_FROM_WAITING),
    QUEUED: (HELD, *_FROM_WAITING),
    SUBMITTED: (DELIVERED, FAILED, EXPIRED),
    UNKNOWN: (SUBMITTED, DELIVERED, FAILED, EXPIRED),
    DELIVERED: (),
    FAILED: (),
    REJECTED: (),
    EXPIRED: (),
    CANCELLED: (),
}
FINAL: Final = tuple(state for state, after in ARROWS.items() if not after)


def arrow_list() -> list[str]:
    """Every legal step as `old>new`, sorted; what the trigger's condition is made of."""
    return sorted(f"{old}>{new}" for old, after in ARROWS.items() for new in after)


def shown(state: str, in_queue: bool) -> str:
    """The state people and programs are told: a waiting message that left the queue is sending."""
    return SENDING if state in WAITING and not in_queue else state
