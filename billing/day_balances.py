"""The balance day by day: noted by the clock, so that money that moves pays nothing for it.

Each minute the clock notes what an account may spend where that is another than before. The last
note of a day is the day's, up to a minute of its end; a day without one ended as the day before.
"""

from datetime import date, datetime
from typing import Final, NamedTuple

from accounts.models import Account
from accounts.statements import cursor
from accounts.tenancy import system

# An account is told what its payer may spend, as in ledger_available().
NOTE: Final = """
INSERT INTO billing_daybalance AS d (id, account_id, day, available)
SELECT gen_random_uuid(), a.id, (now() AT TIME ZONE a.time_zone)::date, m.available
FROM accounts_account a
CROSS JOIN LATERAL (
    SELECT w.balance - coalesce(w.floor, 0) AS available FROM billing_wallet w
    WHERE w.account_id = coalesce(a.payer_id, a.id) AND w.kind = 'main') m
LEFT JOIN LATERAL (
    SELECT l.available FROM billing_daybalance l
    WHERE l.account_id = a.id ORDER BY l.day DESC LIMIT 1) last ON true
WHERE a.state <> 'closed' AND last.available IS DISTINCT FROM m.available
ORDER BY a.id
ON CONFLICT (account_id, day) DO UPDATE SET available = excluded.available
"""
READ: Final = """
SELECT day, available, NULL::timestamptz AS at FROM billing_daybalance
WHERE account_id = %(account)s AND day <= %(last)s AND day >= coalesce(
    (SELECT max(day) FROM billing_daybalance WHERE account_id = %(account)s AND day < %(first)s),
    %(first)s)
UNION ALL
(SELECT NULL, e.amount, t.at
FROM billing_ledgertransaction t
JOIN billing_ledgerentry e ON e.account_id = t.account_id AND e.txn_id = t.id AND e.amount > 0
WHERE t.account_id = %(account)s AND t.kind = 'credit' AND t.at BETWEEN %(since)s AND %(until)s
ORDER BY t.at DESC LIMIT %(most)s)
ORDER BY day, at
"""
MOST_CREDITS: Final = 20


class Credit(NamedTuple):
    """Money that was put in, in micro-units."""

    at: datetime
    amount: int


class Past(NamedTuple):
    """`days`: the end of each day that was noted, in their order, and of the last noted day before
    them. `credits`: the newest 20 of these days, the oldest first."""

    days: dict[date, int]
    credits: list[Credit]


def note_balances() -> None:
    """What every account may spend now is noted for its own day."""
    with system("note balances by day"):
        cursor().execute(NOTE)


def past_of(account: Account, first: datetime, last: datetime) -> Past:
    """From the day of `first` to the day of `last`, both in the account's zone. Needs the scope."""
    named = {
        "account": account.pk,
        "first": first.date(),
        "last": last.date(),
        "since": first,
        "until": last,
        "most": MOST_CREDITS,
    }
    rows = cursor().execute(READ, named).fetchall()
    return Past(
        {day: amount for day, amount, at in rows if at is None},
        [Credit(at, amount) for _day, amount, at in rows if at is not None],
    )
