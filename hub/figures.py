"""Figures of the whole Hub, measured across all accounts by the clock's worker.

The web's login may not look across accounts, so the worker writes what operators' pages show.
Every count is bounded: at the bound it reads "at least".
"""

from typing import Final

from accounts.statements import cursor
from accounts.tenancy import system
from apisettings.heartbeats import write_gauges

# Accounts looked at and rows counted in each; more than this is "at least".
MOST_ACCOUNTS: Final = 1_000
MOST_ROWS: Final = 10_000

# Hops through the queue's index, one step an account, as messaging.claim does.
MESSAGES = """
WITH RECURSIVE hop AS (
    (SELECT account_id, 1 AS n FROM messaging_waiting ORDER BY account_id LIMIT 1)
    UNION ALL
    SELECT (SELECT w.account_id FROM messaging_waiting w WHERE w.account_id > hop.account_id
            ORDER BY w.account_id LIMIT 1), n + 1
    FROM hop WHERE hop.account_id IS NOT NULL AND n < %(accounts)s
)
SELECT coalesce(sum(now_due.n), 0), coalesce(sum(later.n), 0),
       coalesce(extract(epoch FROM clock_timestamp() - min(first.due)), 0)
FROM hop
CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
    SELECT 1 FROM messaging_waiting w WHERE w.account_id = hop.account_id
        AND w.due <= clock_timestamp() LIMIT %(rows)s) d) now_due
CROSS JOIN LATERAL (SELECT count(*) AS n FROM (
    SELECT 1 FROM messaging_waiting w WHERE w.account_id = hop.account_id
        AND w.due > clock_timestamp() LIMIT %(rows)s) l) later
CROSS JOIN LATERAL (SELECT min(w.due) AS due FROM messaging_waiting w
    WHERE w.account_id = hop.account_id) first
WHERE hop.account_id IS NOT NULL
"""
SENDING = """
SELECT coalesce(sum(cardinality(messages)), 0)
FROM (SELECT messages FROM messaging_flight WHERE stage = 'sending' LIMIT %(rows)s) f
"""
# A flight of unknown fate keeps its messages until it is closed; many were resolved by a receipt.
# The inner LIMIT makes each a look into the index, however many messages there are.
UNKNOWN = """
SELECT count(*) FROM (
    SELECT unnest(messages) AS id FROM messaging_flight WHERE stage = 'unknown' LIMIT %(rows)s) f
CROSS JOIN LATERAL (
    SELECT 1 FROM messaging_message m WHERE m.id = f.id AND m.state = 'unknown' LIMIT 1) m
"""
OUTBOX = """
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)
FROM (SELECT at FROM apisettings_event WHERE position IS NULL ORDER BY id LIMIT %(rows)s) e
"""
DELIVERIES = """
SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(due)), 0)
FROM (SELECT due FROM apisettings_delivery WHERE due IS NOT NULL ORDER BY due LIMIT %(rows)s) d
"""
PARKED = """
SELECT count(*) FROM (SELECT 1 FROM messaging_receipt WHERE message_id IS NULL LIMIT %(rows)s) r
"""
QUESTIONS: Final[dict[str, tuple[str, ...]]] = {
    MESSAGES: ("messages_due", "messages_waiting", "messages_oldest_due_seconds"),
    SENDING: ("messages_sending",),
    UNKNOWN: ("messages_unknown",),
    OUTBOX: ("outbox_waiting", "outbox_oldest_seconds"),
    DELIVERIES: ("deliveries_waiting", "deliveries_oldest_due_seconds"),
    PARKED: ("receipts_parked",),
}
NAMES: Final = tuple(name for names in QUESTIONS.values() for name in names)


def measure() -> dict[str, int]:
    """Every figure as it is now. Ages are in whole seconds; 0 when nothing waits or is late."""
    figures: dict[str, int] = {}
    bounds = {"accounts": MOST_ACCOUNTS, "rows": MOST_ROWS}
    with system("measure for the operators"):
        for question, names in QUESTIONS.items():
            row = cursor().execute(question, bounds).fetchone() or ()
            figures |= {name: max(0, int(value)) for name, value in zip(names, row, strict=True)}
    return figures


def write_figures() -> None:
    """The gauges say what is true now."""
    write_gauges(measure())
