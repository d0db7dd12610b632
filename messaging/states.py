"""The states of a message (MT) and the only arrows between them.

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
    SENDING,
    SUBMITTED,
    DELIVERED,
    FAILED,
    REJECTED,
    EXPIRED,
    CANCELLED,
    UNKNOWN,
)

WAITING: Final = (SCHEDULED, HELD, QUEUED)
_FROM_WAITING: Final = (HELD, SENDING, FAILED, REJECTED, EXPIRED, CANCELLED)

ARROWS: Final[dict[str, tuple[str, ...]]] = {
    SCHEDULED: (QUEUED, *_FROM_WAITING),
    HELD: (QUEUED, SENDING, FAILED, REJECTED, EXPIRED, CANCELLED),
    QUEUED: _FROM_WAITING,
    SENDING: (SUBMITTED, QUEUED, FAILED, UNKNOWN),
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
