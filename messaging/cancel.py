"""Taking back a message that has not left."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.audit import Actor, record
from messaging.models import Message, Waiting
from messaging.outcome import end_for
from messaging.states import WAITING


def cancel(account: UUID, message_id: UUID, *, actor: Actor) -> bool:
    """The message is cancelled, its hold released, and it will never be sent; or False: it had
    left already, or there is none. Needs the account's scope. Whoever takes it out of the queue,
    this or the gate, has it; the other comes too late."""
    with transaction.atomic(durable=True):
        taken, _models = Waiting.objects.for_account(account).filter(message=message_id).delete()
        if not taken:
            return False
        found = Message.objects.for_account(account).get(id=message_id)
        end_for([str(message_id)], "cancelled", timezone.now(), before=WAITING)
        record(
            account,
            actor=actor,
            action="message.cancelled",
            subject=str(message_id),
            changes={"state": [found.state, "cancelled"]},
        )
        return True
