"""What an account may spend, read in its own scope even when an ancestor pays."""

from typing import NamedTuple
from uuid import UUID

from accounts.models import Account
from accounts.statements import cursor
from accounts.tenancy import account_id


class Balance(NamedTuple):
    """Micro-units of `currency`: `available` to spend, `held` for messages on their way."""

    available: int
    held: int
    currency: str


def balance_of(account: Account | UUID) -> Balance | None:
    """None when nobody pays for the account yet."""
    row = (
        cursor()
        .execute(
            "SELECT available, held, currency FROM ledger_available(%s)", [account_id(account)]
        )
        .fetchone()
    )
    return Balance(*row) if row else None
