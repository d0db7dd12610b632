"""Messages from people (MO): stored once, attributed, and obeyed when they say stop or start."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.statements import cursor
from accounts.tenancy import system
from hub.lib.ids import uuid7
from messaging.optout_words import meaning

# Sent to an address of the account's own; else the last of our messages to this person from it.
OWNER = "SELECT account_id FROM senders_inboundhandle WHERE address = %s"
LAST_MT = """
SELECT id FROM messaging_message WHERE account_id = %s AND "to" = %s ORDER BY id DESC LIMIT 1
"""
STORE = """
INSERT INTO messaging_inboundmessage (
    id, account_id, source, destination, text, kind, reply_to, carrier_ref, at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id
"""
BLOCK = """
INSERT INTO contacts_optout (id, account_id, number, source, at)
VALUES (%s, %s, %s, 'reply', %s) ON CONFLICT (account_id, number) DO NOTHING
"""
LIFT = "DELETE FROM contacts_optout WHERE account_id = %s AND number = %s AND source = 'reply'"
EVIDENCE = """
INSERT INTO contacts_consentrecord (id, account_id, number, kind, source, text, at)
VALUES (%s, %s, %s, %s, 'reply', %s, %s)
"""
EVENT = """
INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
VALUES (%s, %s, %s, %s, false, %s)
"""


class Received(NamedTuple):
    """What an inbound message was taken for, and for whom."""

    id: UUID
    account: UUID
    kind: str


def receive(source: str, destination: str, text: str, carrier_ref: str) -> list[Received]:
    """Stored before it is acknowledged; the same `carrier_ref` again changes nothing.

    A stop blocks the number for every message not yet submitted as soon as this returns. An
    address that several accounts may mean stops for all of them; one nobody has, for none ([]).
    """
    now = timezone.now()
    with system("receive a message"):
        owners = cursor().execute(OWNER, [destination]).fetchall()
        received = [
            _for_account(account, source, destination, text, carrier_ref, now)
            for (account,) in owners
        ]
    return [one for one in received if one is not None]


def _for_account(
    account: UUID, source: str, destination: str, text: str, carrier_ref: str, now: datetime
) -> Received | None:
    kind = meaning(text)
    last = cursor().execute(LAST_MT, [account, source]).fetchone()
    id_ = uuid7()
    row = [id_, account, source, destination, text, kind, last[0] if last else None]
    stored = cursor().execute(STORE, [*row, carrier_ref, now]).fetchone()
    if stored is None:
        return None
    told = {
        "reply_id": str(id_),
        "message_id": str(last[0]) if last else None,
        "source_number": source,
        "destination_number": destination,
        "content": text,
    }
    _event(account, "message.received", told, now)
    if kind in ("stop", "start"):
        _obey(account, kind, source, text, told, now)
    return Received(id_, account, kind)


def _obey(
    account: UUID, kind: str, number: str, text: str, told: dict[str, Any], now: datetime
) -> None:
    """Opting out is always believed; opting in lifts only what a reply had put there."""
    if kind == "stop":
        cursor().execute(BLOCK, [uuid7(), account, number, now])
    else:
        cursor().execute(LIFT, [account, number])
    cursor().execute(EVIDENCE, [uuid7(), account, number, kind, text[:1600], now])
    _event(account, f"contact.opted_{'out' if kind == 'stop' else 'in'}", told, now)


def _event(account: UUID, kind: str, payload: dict[str, Any], now: datetime) -> None:
    cursor().execute(EVENT, [uuid7(), account, kind, Jsonb(payload), now])
