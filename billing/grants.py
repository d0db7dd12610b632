"""Staff give credit."""

from django.db import transaction

from accounts.audit import Actor, record
from accounts.models import Account
from accounts.tenancy import scope
from billing import ledger
from billing.balance import balance_of
from billing.models import LedgerTransaction


class NoWallet(ValueError):
    """Nobody has opened a wallet for the account yet, or another account pays for it."""


def grant_credit(account: Account, *, amount: int, cause: str, reason: str, actor: Actor) -> bool:
    """`amount` micro-units more may be spent, and the log says by whom and why.

    The same `cause` again changes nothing and is False. NoWallet unless the account pays for
    itself and has a wallet. Opens the account's scope.
    """
    with scope(account), transaction.atomic(durable=True):
        balance = balance_of(account)
        if balance is None or account.payer_id not in (None, account.pk):
            raise NoWallet
        # Two clicks at once: the second waits here for the first.
        Account.objects.select_for_update().get(pk=account.pk)
        if _is_known(account, cause):
            return False
        ledger.credit(account.pk, cause=cause, amount=amount, note=reason[:200])
        record(
            account,
            actor=actor,
            action="credit.granted",
            subject=cause,
            changes={
                "amount": [None, amount],
                "currency": [None, balance.currency],
                "reason": [None, reason],
            },
        )
        return True


def _is_known(account: Account, cause: str) -> bool:
    causes = LedgerTransaction.objects.for_account(account)
    return causes.filter(cause=f"credit:{cause}").exists()
