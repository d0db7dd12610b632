"""The only lines that move money. Steps of someone's transaction; amounts are micro-units.

Holding happens inside the accept statement itself (messaging.accept), last, so that the hot
wallet row is locked shortest. Each cause moves money once: it is a unique key.
"""

from collections.abc import Mapping
from uuid import UUID, uuid4

from accounts.statements import cursor, listed


def open_wallet(account: UUID, *, currency: str) -> None:
    """The account has books of its own in `currency`; opening them again changes nothing."""
    cursor().execute("SELECT ledger_open(%s, %s)", [account, currency])


def credit(account: UUID, *, cause: str, amount: int, note: str) -> None:
    """`amount` more may be spent; the same `cause` again is a unique violation."""
    cursor().execute("SELECT ledger_credit(%s, %s, %s, %s)", [account, cause, amount, note])


# Whoever pays for it: those who share a wallet stand together.
BY_WALLET = """
SELECT id FROM accounts_account WHERE id = ANY (%s::uuid[]) ORDER BY coalesce(payer_id, id), id
"""


def settle_each(cause: str, captured: Mapping[UUID, int], released: Mapping[UUID, int]) -> None:
    """`settle` for every account, one cause each, in the order of the wallets that pay, so that two
    workers cannot wait for each other."""
    accounts = list(captured.keys() | released.keys())
    if len(accounts) > 1:
        rows = cursor().execute(BY_WALLET, [listed(accounts)], prepare=True)
        accounts = [row[0] for row in rows.fetchall()]
    for account in accounts:
        settle(
            account,
            cause=f"{cause}:{uuid4()}",
            capture=captured.get(account, 0),
            release=released.get(account, 0),
        )


def settle(account: UUID, *, cause: str, capture: int = 0, release: int = 0) -> None:
    """Ends reservations of `account`'s messages: captured for good, released to be spent again."""
    if capture or release:
        cursor().execute("SELECT ledger_settle(%s, %s, %s, %s)", [account, cause, capture, release])
