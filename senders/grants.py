"""Rights that staff give and an account cannot take."""

from django.db import transaction

from accounts.audit import Actor, record
from accounts.models import Account
from accounts.tenancy import scope
from senders.models import SendingSettings


def set_transactional(account: Account, *, granted: bool, reason: str, actor: Actor) -> bool:
    """Keys with the scope may (or may no longer) pass sending hours; False when it was so already.

    Opens the account's scope.
    """
    with scope(account), transaction.atomic(durable=True):
        rows = SendingSettings.objects.for_account(account).select_for_update()
        settings, _made = rows.get_or_create(account=account)
        if settings.transactional_granted == granted:
            return False
        settings.transactional_granted = granted
        settings.version += 1
        settings.save(update_fields=["transactional_granted", "version"])
        record(
            account,
            actor=actor,
            action="transactional.granted" if granted else "transactional.withdrawn",
            # As senders.actions names it, so that a form that is open meanwhile is not refused.
            subject=f"sending settings, version {settings.version}",
            changes={"transactional_granted": [not granted, granted], "reason": [None, reason]},
        )
        return True
