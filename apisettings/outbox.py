"""Handing events to the webhooks: each gets its place in the sequence, and its deliveries."""

from typing import Final

from accounts.statements import cursor, listed
from accounts.tenancy import system
from apisettings.events import Kind
from hub.lib.ids import BATCH_MAX, batch_ids

MOST_AT_ONCE: Final = 2_000

WAITING = "SELECT 1 FROM apisettings_event WHERE position IS NULL LIMIT 1"
# The body is frozen here: what is signed and sent is the same bytes at every try.
HAND_OVER = """
WITH waiting AS MATERIALIZED (
    SELECT id FROM apisettings_event WHERE position IS NULL
    ORDER BY id LIMIT %(most)s FOR UPDATE SKIP LOCKED
), numbered AS MATERIALIZED (
    SELECT id, nextval('apisettings_event_position') AS position FROM waiting
), placed AS (
    UPDATE apisettings_event e SET position = n.position FROM numbered n WHERE e.id = n.id
    RETURNING e.*
), chosen AS (
    SELECT p.*, w.id AS webhook_id, row_number() OVER (ORDER BY p.position) AS nth
    FROM placed p JOIN apisettings_webhook w ON w.account_id = p.account_id
    WHERE w.state = 'active'
      AND (w.events = '{}' OR p.kind = ANY (w.events) OR p.kind = %(tested)s)
), made AS (
    INSERT INTO apisettings_delivery (
        id, account_id, webhook_id, event_id, kind, body, state, tries, due, created_at)
    SELECT ids.id, c.account_id, c.webhook_id, c.id, c.kind, (
        SELECT row_to_json(body)::text FROM (
            SELECT c.id AS id, c.kind AS type,
                to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS timestamp,
                a.public_id AS account, c.test AS test, c.payload AS data) body
        ), 'waiting', 0, clock_timestamp(), clock_timestamp()
    FROM chosen c JOIN accounts_account a ON a.id = c.account_id
    JOIN unnest(%(ids)s::uuid[]) WITH ORDINALITY AS ids (id, nth) ON ids.nth = c.nth
    ON CONFLICT DO NOTHING
)
SELECT count(*) FROM placed
"""


def hand_over() -> int:
    """Up to 2,000 events of all accounts have left the outbox; returns how many.

    An event without an active webhook that wants it is only numbered: the log keeps it.
    """
    with system("hand events to the webhooks"):
        if not cursor().execute(WAITING, prepare=True).fetchone():
            return 0
        given = {
            "most": MOST_AT_ONCE,
            "tested": Kind.TESTED.value,
            "ids": listed(batch_ids(min(MOST_AT_ONCE, BATCH_MAX))),
        }
        row = cursor().execute(HAND_OVER, given, prepare=True).fetchone()
        return int(row[0]) if row else 0
