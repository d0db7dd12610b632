"""Messages from people (MO): stored once, attributed, and obeyed when they say stop or start."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts.statements import cursor
from accounts.tenancy import scope, system
from contacts.optout_words import meaning
from hub.lib.ids import first_uuid7, uuid7
from hub.lib.phones import is_answerable
from messaging.accept import Request, accept
from messaging.bell import ring
from messaging.draft import CONFIRMATION, Draft

logger = logging.getLogger(__name__)

# A stop may be confirmed once, within 5 minutes (FCC revocation order, in force 2025-04-11).
CONFIRMED_WITHIN: Final = timedelta(minutes=5)
# After this a confirmation that is not there was forgotten.
CONFIRMED_AT_ONCE: Final = timedelta(seconds=30)

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
WORDS = """
SELECT extra_stop, extra_start, confirm, confirmation FROM contacts_optoutsettings
WHERE account_id = %s
"""
# Answered from the number the stop was sent to, where it may still send; else by the default.
ANSWERS_FROM = """
SELECT address FROM senders_sender
WHERE account_id = %s AND address = %s AND state = 'active'
"""
EVIDENCE = """
INSERT INTO contacts_consentrecord (id, account_id, number, kind, source, text, at)
VALUES (%s, %s, %s, %s, 'reply', %s, %s)
"""
# Opt-outs by reply that were new, are to be confirmed, and were not: a process ended in between.
# They are given half a minute, and what is older than may be confirmed is left alone.
UNCONFIRMED = """
SELECT e.account_id, e.id, e.number, s.address, w.confirmation, e.at
FROM contacts_consentrecord e
JOIN contacts_optout o ON o.account_id = e.account_id AND o.number = e.number AND o.at = e.at
JOIN contacts_optoutsettings w ON w.account_id = e.account_id AND w.confirm
LEFT JOIN messaging_inboundmessage i
    ON i.account_id = e.account_id AND i.id >= %(first)s AND i.source = e.number AND i.at = e.at
LEFT JOIN senders_sender s
    ON s.account_id = e.account_id AND s.address = i.destination AND s.state = 'active'
WHERE e.id >= %(first)s AND e.at < %(last)s AND e.kind = 'stop' AND e.source = 'reply'
  AND NOT EXISTS (SELECT 1 FROM messaging_batch b
                  WHERE b.account_id = e.account_id AND b.key = 'optout:' || e.id)
LIMIT 500
"""
EVENT = """
INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
VALUES (%s, %s, %s, %s, false, %s)
"""


class Words(NamedTuple):
    """An account's own words, and what it answers to a stop."""

    stop: list[str]
    start: list[str]
    confirm: bool
    confirmation: str


NO_WORDS: Final = Words([], [], False, "")


class Confirmation(NamedTuple):
    """The text a new opt-out is answered with; `opt_out` is the id of its evidence."""

    account: UUID
    opt_out: UUID
    to: str
    source: str | None
    text: str
    at: datetime


class Received(NamedTuple):
    """What an inbound message was taken for, and for whom."""

    id: UUID
    account: UUID
    kind: str
    confirmation: Confirmation | None = None


def receive(source: str, destination: str, text: str, carrier_ref: str) -> list[Received]:
    """Stored before it is acknowledged; the same `carrier_ref` again changes nothing.

    A stop blocks the number for every message not yet submitted as soon as this returns, and is
    confirmed once where the account wants that. An address that several accounts may mean stops
    for all of them; one nobody has, for none ([]). Runs outside any scope.
    """
    now = timezone.now()
    with system("receive a message"):
        owners = cursor().execute(OWNER, [destination]).fetchall()
        found = [
            _for_account(account, source, destination, text, carrier_ref, now)
            for (account,) in owners
        ]
    received = [one for one in found if one is not None]
    for one in received:
        if one.confirmation is not None:
            _confirm(one.confirmation)
    return received


def confirm_forgotten() -> int:
    """Opt-outs whose confirmation a crash prevented are confirmed; returns how many were tried."""
    now = timezone.now()
    times = {"first": first_uuid7(now - CONFIRMED_WITHIN), "last": now - CONFIRMED_AT_ONCE}
    with system("opt-outs that were not confirmed"):
        found = cursor().execute(UNCONFIRMED, times).fetchall()
    for row in found:
        _confirm(Confirmation(*row))
    return len(found)


def _for_account(
    account: UUID, source: str, destination: str, text: str, carrier_ref: str, now: datetime
) -> Received | None:
    words = _words(account)
    kind = meaning(text, words.stop, words.start)
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
    opt_out = None
    if kind in ("stop", "start"):
        opt_out = _obey(account, kind, source, text, told, now)
    if opt_out is None or not words.confirm:
        return Received(id_, account, kind)
    sender = cursor().execute(ANSWERS_FROM, [account, destination]).fetchone()
    confirmation = Confirmation(
        account, opt_out, source, sender[0] if sender else None, words.confirmation, now
    )
    return Received(id_, account, kind, confirmation)


def _words(account: UUID) -> Words:
    row = cursor().execute(WORDS, [account]).fetchone()
    return Words(*row) if row else NO_WORDS


def _obey(
    account: UUID, kind: str, number: str, text: str, told: dict[str, Any], now: datetime
) -> UUID | None:
    """Opting out is always believed; opting in lifts only what a reply had put there. Returns the
    evidence of an opt-out that is new."""
    evidence, fresh = uuid7(), False
    if kind == "stop":
        fresh = cursor().execute(BLOCK, [uuid7(), account, number, now]).rowcount == 1
    else:
        cursor().execute(LIFT, [account, number])
    cursor().execute(EVIDENCE, [evidence, account, number, kind, text[:1600], now])
    _event(account, f"contact.opted_{'out' if kind == 'stop' else 'in'}", told, now)
    return evidence if fresh else None


def _confirm(one: Confirmation) -> None:
    """One message, billed and limited as any, that leaves although the person opted out.

    The stop stands already: what goes wrong here must not make the carrier deliver it again. Names,
    short codes and numbers that earn by being written to are not answered.
    """
    if not is_answerable(one.to):
        return
    draft = Draft(
        to=one.to,
        body=one.text,
        source=one.source,
        expires=one.at + CONFIRMED_WITHIN,
        message_class=CONFIRMATION,
    )
    key = f"optout:{one.opt_out}"
    asked = Request([draft], "system", "Hub", hashlib.sha256(key.encode()).digest(), key)
    try:
        with scope(one.account):
            accept(one.account, asked)
    except Exception:  # one account's answer must not cost another's stop
        logger.exception("an opt-out was not confirmed", extra={"opt_out": str(one.opt_out)})
        return
    ring()


def _event(account: UUID, kind: str, payload: dict[str, Any], now: datetime) -> None:
    cursor().execute(EVENT, [uuid7(), account, kind, Jsonb(payload), now])
