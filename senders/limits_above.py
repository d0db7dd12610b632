"""The limits of the accounts above, in which an account counts too."""

from datetime import datetime
from typing import NamedTuple

from accounts.models import Account
from accounts.statements import cursor
from senders.meters import Meter, period_words


class Above(NamedTuple):
    """One limit of an account above: whose, and what is used of it by everybody below."""

    owner: str
    meter: Meter


def read(account: Account, now: datetime) -> list[Above]:
    """The nearest parent first, its day before its month; limits that are set only.

    Needs the account's scope: Postgres tells them to no other account.
    """
    if account.parent_id is None:
        return []
    rows = cursor().execute("SELECT * FROM limits_above(%s, %s)", [account.pk, now]).fetchall()
    return [
        Above(owner, Meter(f"above-{index}", period_words(period), used, cap, resets))
        for index, (owner, period, cap, used, resets) in enumerate(rows)
    ]
