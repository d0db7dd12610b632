"""Taking back a message that has not left."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.audit import Actor, record
from messaging.models import Message
from messaging.outcome import end_for
from messaging.states import WAITING


def cancel(account: UUID, message_id: UUID, *, actor: Actor) -> bool:
    """The message is cancelled, its hold released, and it will never be sent; or False: it had
    left already, or there is none. Needs the account's scope. Whoever locks the row first, this
    or the gate, has it; the other sees what became of it."""
    with transaction.atomic(durable=True):
        found = (
            Message.objects.for_account(account)
            .select_for_update()
            .filter(id=message_id, state__in=WAITING)
            .first()
        )
        if found is None:
            return False
        end_for([str(message_id)], "cancelled", timezone.now(), before=WAITING)
        record(
            account,
            actor=actor,
            action="message.cancelled",
            subject=str(message_id),
            changes={"state": [found.state, "cancelled"]},
        )
        return True
