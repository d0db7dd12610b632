"""What a carrier's gateway is to us. Gateways know one outside party and none of our tables."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class Pdu(NamedTuple):
    """One submit. `validity` is when the carrier must give up; never past the sending window."""

    message_id: str
    epoch: int
    to: str
    source: str
    body: str
    parts: int
    encoding: str
    validity: datetime
    wants_receipt: bool


class Result(StrEnum):
    """What became of a PDU. Only NOT_WRITTEN and THROTTLED are certain not to have been sent."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    THROTTLED = "throttled"
    NOT_WRITTEN = "not_written"
    UNANSWERED = "unanswered"


class Outcome(NamedTuple):
    """`ref` is the carrier's name for the message, when it took it."""

    message_id: str
    epoch: int
    result: Result
    ref: str = ""
    detail: str = ""


class Dlr(NamedTuple):
    """A delivery receipt: `status` delivered, failed or expired; `message_id` where echoed."""

    ref: str
    status: str
    code: int
    at: datetime
    message_id: str | None = None


# Stores receipts; only when it returns may the carrier be told that they arrived.
StoreReceipts = Callable[[Sequence[Dlr]], None]


class Gateway(Protocol):
    """One carrier. `submit` may block; it writes nothing once `deadline` (monotonic) has passed."""

    def submit(self, pdus: Sequence[Pdu], deadline: float) -> list[Outcome]: ...

    def listen(self, store: StoreReceipts) -> None:
        """Receipts arrive from now on, until the process ends, whether or not anything is sent."""
