"""Taking due messages: fair between accounts, no two workers the same one.

Accounts with something due are found by hopping through the queue's index, one step an account, and
each gets an equal share of the batch; whoever posted a million does not stand before the others.
"""

import random
from datetime import datetime
from typing import Final, NamedTuple

from accounts.statements import binary_cursor, cursor, listed

MOST_AT_ONCE: Final = 500

READY = """
WITH RECURSIVE hop AS (
    (SELECT account_id FROM messaging_waiting ORDER BY account_id LIMIT 1)
    UNION ALL
    SELECT (SELECT w.account_id FROM messaging_waiting w WHERE w.account_id > hop.account_id
            ORDER BY w.account_id LIMIT 1)
    FROM hop WHERE hop.account_id IS NOT NULL
)
SELECT account_id::text FROM hop WHERE account_id IS NOT NULL AND EXISTS (
    SELECT 1 FROM messaging_waiting w
    WHERE w.account_id = hop.account_id AND w.due <= clock_timestamp())
"""
CLAIM = """
SELECT id::text, account_id::text, "to", source, body, parts, price, epoch, expires, state, reason,
       message_class, test, wants_receipt, extra->>'max_parts', batch_id::text, trail_no
FROM messaging_message WHERE id = ANY (ARRAY(
    SELECT c.message_id FROM unnest(%s::uuid[]) AS ready (account_id) CROSS JOIN LATERAL (
        SELECT w.message_id FROM messaging_waiting w
        WHERE w.account_id = ready.account_id AND w.due <= clock_timestamp()
        ORDER BY w.due, w.message_id LIMIT %s FOR UPDATE SKIP LOCKED) c
    LIMIT %s))
"""
# A changed setting is felt by held messages at once: they come due and are decided again. The
# rules an account sends by are its sending settings and, below them, its own row (zone, state).
REVIEW = """
WITH changed AS (
    SELECT a.id AS account_id, s.version AS settings, a.rules_version AS rules,
           coalesce(s.version, 0) + a.rules_version AS version
    FROM (SELECT account_id FROM senders_sendingsettings WHERE version <> reviewed_version
          UNION SELECT id FROM accounts_account WHERE rules_version <> rules_reviewed) c
    JOIN accounts_account a ON a.id = c.account_id
    LEFT JOIN senders_sendingsettings s ON s.account_id = a.id
), early AS (
    UPDATE messaging_waiting w SET due = clock_timestamp() WHERE w.message_id = ANY (ARRAY(
        SELECT h.message_id FROM changed c CROSS JOIN LATERAL (
            SELECT w.message_id FROM messaging_waiting w
            JOIN messaging_message m ON m.id = w.message_id
            WHERE w.account_id = c.account_id AND w.due > clock_timestamp()
              AND m.state = 'held' AND m.settings_version < c.version
            LIMIT %s FOR UPDATE OF w SKIP LOCKED) h))
    RETURNING w.account_id
), felt AS (
    SELECT c.* FROM changed c LEFT JOIN (SELECT account_id, count(*) AS n FROM early GROUP BY 1) e
        USING (account_id)
    WHERE coalesce(e.n, 0) < %s
), settings AS (
    UPDATE senders_sendingsettings s SET reviewed_version = f.settings FROM felt f
    WHERE s.account_id = f.account_id AND s.reviewed_version <> f.settings
)
UPDATE accounts_account a SET rules_reviewed = f.rules FROM felt f
WHERE a.id = f.account_id AND a.rules_reviewed <> f.rules
"""


class Claimed(NamedTuple):
    """A due message; its place in the queue is locked by this transaction."""

    id: str
    account: str
    to: str
    source: str
    body: str
    parts: int
    price: int
    epoch: int
    expires: datetime
    state: str
    reason: str | None
    message_class: str
    test: bool
    wants_receipt: bool
    max_parts: str | None
    batch_id: str
    trail_no: int


def claim() -> list[Claimed]:
    """Up to 500 due messages, locked; needs `tenancy.system`. Empty when nothing is due."""
    ready = [row[0] for row in cursor().execute(READY, prepare=True).fetchall()]
    if not ready:
        return []
    random.shuffle(ready)
    chosen = ready[:MOST_AT_ONCE]
    share = -(-MOST_AT_ONCE // len(chosen))
    rows = binary_cursor().execute(CLAIM, [listed(chosen), share, MOST_AT_ONCE], prepare=True)
    return list(map(Claimed._make, rows.fetchall()))


def wake_changed() -> None:
    """Held messages of accounts whose rules changed come due now, some thousands a call."""
    cursor().execute(REVIEW, [5000, 5000])
