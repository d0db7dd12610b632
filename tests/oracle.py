"""Questions that must find nothing, asked after every race: do the books add up?

Two books are compared that share no code: ours in Postgres, and the carrier's own file.
"""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from django.db import connection

from accounts.models import Account
from accounts.statements import cursor
from accounts.tenancy import system
from tests.conftest import admin, worker

# O1: a balance is the sum of its entries. O2: a ledger transaction adds up to zero.
BALANCE: Final = """
SELECT 'wallet ' || w.kind || ': ' || w.balance || ' is not ' || coalesce(sum(e.amount), 0)
FROM billing_wallet w
LEFT JOIN billing_ledgerentry e ON (e.account_id, e.wallet_id) = (w.account_id, w.id)
WHERE w.account_id = %(payer)s GROUP BY w.id, w.kind, w.balance
HAVING w.balance <> coalesce(sum(e.amount), 0)
"""
ZERO: Final = """
SELECT 'transaction ' || txn_id || ' adds up to ' || sum(amount) FROM billing_ledgerentry
WHERE account_id = %(payer)s GROUP BY txn_id HAVING sum(amount) <> 0
"""
FLOOR: Final = """
SELECT kind || ' is ' || balance FROM billing_wallet
WHERE account_id = %(payer)s AND balance < coalesce(floor, balance)
"""
# O12: what is held is the price of the messages that have not ended; what was captured is the
# price of those a carrier took.
OPEN: Final = """
SELECT 'held is ' || w.balance || ', open messages cost ' || coalesce(m.price, 0)
FROM billing_wallet w, (
    SELECT sum(m.price) AS price FROM messaging_message m
    JOIN accounts_account a ON a.id = m.account_id
    WHERE coalesce(a.payer_id, a.id) = %(payer)s AND NOT m.test
      AND m.state IN ('scheduled', 'held', 'queued', 'sending', 'unknown')) m
WHERE w.account_id = %(payer)s AND w.kind = 'held' AND w.balance <> coalesce(m.price, 0)
"""
TAKEN: Final = """
SELECT 'captured is ' || w.balance || ', taken messages cost ' || coalesce(m.price, 0)
FROM billing_wallet w, (
    SELECT sum(m.price) AS price FROM messaging_message m
    JOIN accounts_account a ON a.id = m.account_id
    WHERE coalesce(a.payer_id, a.id) = %(payer)s AND NOT m.test
      AND (m.state IN ('submitted', 'delivered')
           OR m.reason IN ('undeliverable', 'expired_at_carrier'))) m
WHERE w.account_id = %(payer)s AND w.kind = 'sales' AND w.balance <> coalesce(m.price, 0)
"""


def assert_books_balance(account: Account) -> None:
    """The wallets of whoever pays for `account`, their entries, and its messages agree."""
    with worker(), system("compare the books"):
        payer = account.payer_id or account.pk
        faults = [
            row[0]
            for question in (BALANCE, ZERO, FLOOR, OPEN, TAKEN)
            for row in cursor().execute(question, {"payer": payer}).fetchall()
        ]
    assert faults == []


def entries_of(book: Path, ids: Iterable[str]) -> list[dict[str, Any]]:
    """The PDUs the carrier's book has for the messages of `ids`."""
    wanted = set(ids)
    lines = book.read_text().splitlines() if book.exists() else []
    entries = [json.loads(line) for line in lines]
    return [one for one in entries if one["kind"] == "pdu" and one["id"] in wanted]


def carriers_book(book: Path, ids: Iterable[str]) -> Counter[str]:
    """How many PDUs the carrier's book has for each message of `ids`."""
    return Counter(entry["id"] for entry in entries_of(book, ids))


def carriers_parts(book: Path, ids: Iterable[str]) -> int:
    """Parts of the PDUs in the carrier's book for the messages of `ids`."""
    return sum(entry["parts"] for entry in entries_of(book, ids))


def deadlocks(database: str) -> int:
    """How often Postgres had to end a ring of waiting transactions in `database`."""
    with admin() as root:
        row = root.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = %s", [database]
        ).fetchone()
    return int(row[0]) if row else 0


def together(calls: Iterable[Callable[[], Any]], *, within: float = 60.0) -> list[Any]:
    """What the calls answer, begun at the same moment, each in a thread with its own connection.

    An exception of one is raised here. Their connections are the worker's login.
    """
    listed = list(calls)
    ready = threading.Barrier(len(listed))
    answers: list[Any] = [None] * len(listed)
    errors: list[BaseException] = []

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            ready.wait()
            answers[number] = call()
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            errors.append(error)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, call), daemon=True)
        for number, call in enumerate(listed)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(within)
    assert not any(thread.is_alive() for thread in threads), "a call hangs"
    if errors:
        raise errors[0]
    return answers
