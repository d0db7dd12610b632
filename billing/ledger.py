"""The only lines that move money. Steps of someone's transaction; amounts are micro-units.

Holding happens inside the accept statement itself (messaging.accept), last, so that the hot
wallet row is locked shortest. Each cause moves money once: it is a unique key.
"""

from uuid import UUID

from accounts.statements import cursor


def open_wallet(account: UUID, *, currency: str) -> None:
    """The account has books of its own in `currency`; opening them again changes nothing."""
    cursor().execute("SELECT ledger_open(%s, %s)", [account, currency])


def credit(account: UUID, *, cause: str, amount: int, note: str) -> None:
    """`amount` more may be spent; the same `cause` again is a unique violation."""
    cursor().execute("SELECT ledger_credit(%s, %s, %s, %s)", [account, cause, amount, note])


def settle(account: UUID, *, cause: str, capture: int = 0, release: int = 0) -> None:
    """Ends reservations of `account`'s messages: captured for good, released to be spent again."""
    if capture or release:
        cursor().execute("SELECT ledger_settle(%s, %s, %s, %s)", [account, cause, capture, release])
