"""Staff stop an account from sending, and let it send again."""

from django.db import transaction

from accounts.audit import Actor, record
from accounts.models import Account
from accounts.tenancy import scope


class WrongState(ValueError):
    """The account is not in the state that the change begins from."""


def suspend_account(account: Account, *, reason: str, actor: Actor) -> None:
    """Nothing leaves from 2 s after this on; new messages are rejected, waiting ones held.

    WrongState unless it was open. Opens the account's scope.
    """
    _move(account, "open", "suspended", "account.suspended", reason, actor)


def reopen_account(account: Account, *, reason: str, actor: Actor) -> None:
    """A suspended account sends again; held messages leave at their next review."""
    _move(account, "suspended", "open", "account.reopened", reason, actor)


def _move(
    account: Account, before: str, after: str, action: str, reason: str, actor: Actor
) -> None:
    with scope(account), transaction.atomic(durable=True):
        if not Account.objects.filter(pk=account.pk, state=before).update(state=after):
            raise WrongState(before)
        record(
            account,
            actor=actor,
            action=action,
            subject=account.public_id,
            changes={"state": [before, after], "reason": [None, reason]},
        )
    account.state = after
