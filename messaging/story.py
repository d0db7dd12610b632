"""One message with everything that happened to it, as its page tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hub.lib.ids import stamp_of
from messaging import states
from messaging.log import Row
from messaging.models import Attempt, Batch, Message, Receipt


@dataclass(frozen=True, slots=True)
class Story:
    """One message with everything that happened to it."""

    message: Message
    batch: Batch | None
    attempts: Sequence[Attempt]
    receipts: Sequence[Receipt]

    @property
    def state(self) -> str:
        """As it is told: a message on its way is that, whatever it waited for."""
        return states.shown(self.message.state, self.message.due is not None)

    @property
    def accepted_at(self) -> datetime:
        return self.batch.at if self.batch else stamp_of(self.message.id)

    @property
    def decisions(self) -> list[dict[str, Any]]:
        """Every stored decision, oldest first: the door's, then those of gate, clock, carrier."""
        trails = self.batch.trails if self.batch else []
        number = self.message.trail_no
        first = [trails[number]] if number < len(trails) else []
        return [*first, *(self.message.gate_trail or [])]

    def as_row(self) -> Row:
        """The message as the list has it."""
        one, told = self.message, self.decisions[-1] if self.decisions else None
        row = Row(
            one.id,
            one.state,
            one.reason,
            one.due,
            one.expires,
            one.updated_at,
            one.test,
            one.wants_receipt,
            one.parts,
            one.to,
            one.source,
            one.body,
            told,
        )
        return row.as_shown()


def find_story(account: UUID, message_id: UUID) -> Story | None:
    """None when the account has no such message. Needs its scope; four statements."""
    mine = Message.objects.for_account(account).select_related("waiting")
    message = mine.filter(id=message_id).first()
    if message is None:
        return None
    tries = Attempt.objects.for_account(account).filter(message_id=message_id).order_by("epoch")
    attempts = list(tries)
    # A receipt is found as the carrier names it; no index leads from a message to its receipts.
    named = [one for one in attempts if one.ref]
    receipts = Receipt.objects.for_account(account).filter(
        carrier__in={one.carrier for one in named}, ref__in={one.ref for one in named}
    )
    return Story(
        message,
        Batch.objects.for_account(account).filter(id=message.batch_id).first(),
        attempts,
        list(receipts.filter(message_id=message_id).order_by("at")) if named else [],
    )
