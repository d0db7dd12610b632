"""Figures by day, folded from the outbox: what is sent and received pays nothing for them.

Events are read by their place in the sequence. It is given under one lock (apisettings/deliver.py),
so that whoever has read up to a place has read everything before it. How far that is stands in the
transaction of the counts: an event is counted once, however often this runs.
"""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from accounts.statements import cursor, listed
from accounts.tenancy import system

MOST_AT_ONCE: Final = 5_000

READ_TO: Final = """
SELECT position FROM messaging_watermark WHERE name = 'day_counts' FOR UPDATE
"""
IF_FREE: Final = READ_TO.rstrip() + " SKIP LOCKED"
UP_TO: Final = """
SELECT max(position), count(*) FROM (
    SELECT position FROM apisettings_event WHERE position > %s ORDER BY position LIMIT %s) e
"""
READ: Final = "UPDATE messaging_watermark SET position = %s WHERE name = 'day_counts'"
# A batch is one event; a message that a carrier took and a receipt ended badly is "undelivered".
ADD: Final = """
INSERT INTO messaging_daycount AS d (id, account_id, day, kind, messages, parts)
SELECT gen_random_uuid(), account_id, day, kind, sum(messages), sum(parts) FROM (
    SELECT e.account_id, (e.at AT TIME ZONE a.time_zone)::date AS day,
        CASE WHEN e.payload->>'reason' IN ('undeliverable', 'expired_at_carrier')
             THEN 'undelivered' ELSE split_part(e.kind, '.', 2) END AS kind,
        CASE WHEN e.kind = 'message.accepted' THEN jsonb_array_length(e.payload->'messages')
             ELSE 1 END AS messages,
        coalesce((e.payload->>'parts')::int, 0) AS parts
    FROM apisettings_event e JOIN accounts_account a ON a.id = e.account_id
    WHERE {which} AND NOT e.test AND e.kind <> 'webhook.tested'
) counted
GROUP BY account_id, day, kind ORDER BY account_id, day, kind
ON CONFLICT (account_id, day, kind) DO UPDATE
SET messages = d.messages + excluded.messages, parts = d.parts + excluded.parts
"""
ADD_NEW: Final = ADD.format(which="e.position > %s AND e.position <= %s")
ADD_AGAIN: Final = ADD.format(which="e.account_id = ANY (%s::uuid[]) AND e.position <= %s")
FORGET: Final = "DELETE FROM messaging_daycount WHERE account_id = ANY (%s::uuid[])"


def fold() -> int:
    """Up to 5,000 events more are counted; 0 when there are none, or another process counts."""
    with system("count what happened by day"):
        mark = cursor().execute(IF_FREE).fetchone()
        if mark is None:
            return 0
        upto, found = cursor().execute(UP_TO, [mark[0], MOST_AT_ONCE]).fetchone() or (None, 0)
        if upto is None:
            return 0
        cursor().execute(ADD_NEW, [mark[0], upto])
        cursor().execute(READ, [upto])
    return int(found)


def count_again(accounts: Iterable[UUID]) -> None:
    """The counts of these accounts are those of their events as they stand now.

    For accounts of which every event is still kept, such as a demo's.
    """
    ids = listed(accounts)
    with system("count accounts again"):
        row = cursor().execute(READ_TO).fetchone()
        cursor().execute(FORGET, [ids])
        cursor().execute(ADD_AGAIN, [ids, row[0] if row else 0])
