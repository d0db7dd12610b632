"""The senders a message may be written from, or looked for by."""

from typing import NamedTuple
from uuid import UUID

from accounts.models import Account
from accounts.statements import cursor

ACTIVE = """
SELECT s.id, s.address FROM senders_sender s
LEFT JOIN senders_sendingsettings t ON t.account_id = s.account_id
WHERE s.account_id = %s AND s.state = 'active'
ORDER BY (s.id = t.default_sender_id) IS NOT TRUE, s.address COLLATE "C"
"""


class Named(NamedTuple):
    """A sender as a list offers it."""

    id: UUID
    address: str


def active_senders(account: Account) -> list[Named]:
    """The account's active senders, the default one first, then by address; needs its scope."""
    return [Named(*row) for row in cursor().execute(ACTIVE, [account.pk]).fetchall()]
