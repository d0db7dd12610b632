"""What is true now for a batch of messages: settings, senders, opt-outs, zones, prices, balance.

One question to the database at the door (`at_door`), one set of them at the gate (`at_gate`).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.utils import timezone

from accounts.statements import cursor, listed, pipeline
from billing.pricing import prices_in
from hub.lib.windows import Week
from messaging.decide import Limit, Room
from messaging.decision import Facts, Rules

DOOR = """
SELECT
  (SELECT row_to_json(r)::text FROM (
      SELECT a.state, a.time_zone, a.country,
             coalesce(s.version, 0) + a.rules_version AS version, s.hours_on, s.hours_clock, s.week,
             s.unknown_zone_uses_account, s.over_limit, s.receipts, s.transactional_granted,
             s.countries,
             (SELECT d.address FROM senders_sender d
              WHERE d.id = s.default_sender_id AND d.state = 'active') AS default_sender
      FROM accounts_account a LEFT JOIN senders_sendingsettings s ON s.account_id = a.id
      WHERE a.id = %(account)s) r),
  (SELECT string_agg(number, ',') FROM contacts_optout
      WHERE number = ANY (string_to_array(%(numbers)s, ','))),
  (SELECT json_object_agg(number, time_zone)::text FROM contacts_contact
      WHERE number = ANY (string_to_array(%(numbers)s, ',')) AND time_zone <> ''),
  (SELECT json_object_agg(lower(address), json_build_array(address, id))::text
      FROM senders_sender WHERE state = 'active'),
  (SELECT json_agg(json_build_array(key, id, encode(hash, 'hex'), count))::text
      FROM messaging_batch WHERE key = ANY (string_to_array(%(keys)s, E'\\x1f'))),
  (SELECT json_build_array(available, currency)::text FROM ledger_available(%(account)s))
"""


class Prior(NamedTuple):
    """A batch that was accepted under an idempotency key before."""

    batch_id: str
    hash: str
    size: int


class Door(NamedTuple):
    rules: Rules
    facts: Facts
    prior: dict[str, Prior]
    now: datetime


def at_door(
    account: UUID, numbers: Iterable[str], *, keys: Iterable[str] = (), free: bool = False
) -> Door:
    """Facts for new messages of `account`; needs its scope. `free` is a test: no money asked."""
    now = timezone.now()
    row = (
        cursor()
        .execute(
            DOOR,
            {"account": account, "numbers": ",".join(numbers), "keys": "\x1f".join(keys)},
            prepare=True,
        )
        .fetchone()
    )
    settings, opted_out, zones, senders, prior, wallet = row or (None,) * 6
    available, currency = _json(wallet) or (None, "")
    facts = Facts(
        opted_out=frozenset(opted_out.split(",")) if opted_out else frozenset(),
        zones=_json(zones) or {},
        senders=_senders(senders or ""),
        prices=prices_in(currency) if currency else {},
        available=available,
        currency=currency,
        free=free,
    )
    known = {key: Prior(batch, hash_, size) for key, batch, hash_, size in _json(prior) or ()}
    return Door(_rules(settings), facts, known, now)


GATE_OPT_OUTS = """
SELECT account_id::text, string_agg(number, ',') FROM contacts_optout
WHERE (account_id, number) IN (SELECT * FROM unnest(%s::uuid[], %s::text[])) GROUP BY 1
"""
GATE_ZONES = """
SELECT account_id::text, json_object_agg(number, time_zone)::text FROM contacts_contact
WHERE (account_id, number) IN (SELECT * FROM unnest(%s::uuid[], %s::text[]))
  AND time_zone <> '' GROUP BY 1
"""
GATE_RULES = """
SELECT a.id::text, row_to_json(r)::text, (
    SELECT json_object_agg(lower(address), json_build_array(address, id))::text
    FROM senders_sender WHERE account_id = a.id AND state = 'active')
FROM accounts_account a CROSS JOIN LATERAL (
    SELECT a.state, a.time_zone, a.country,
           coalesce(s.version, 0) + a.rules_version AS version, s.hours_on, s.hours_clock, s.week,
           s.unknown_zone_uses_account, s.over_limit, s.receipts, s.transactional_granted,
           s.countries, NULL AS default_sender
    FROM (SELECT 1) one LEFT JOIN senders_sendingsettings s ON s.account_id = a.id) r
WHERE a.id = ANY (%s::uuid[])
"""
GATE_ROOM = "SELECT * FROM limit_room(%s::uuid[], %s)"


class Gate(NamedTuple):
    rules: Rules
    facts: Facts
    room: Room


def at_gate(pairs: list[tuple[str, str]], counted: list[str], now: datetime) -> dict[str, Gate]:
    """Facts per account for claimed messages, as (account, number) pairs; locks the counters of
    the `counted` accounts until the transaction ends. Needs `tenancy.system`."""
    owners, numbers = listed(pair[0] for pair in pairs), listed(pair[1] for pair in pairs)
    accounts = listed(dict.fromkeys(pair[0] for pair in pairs))
    with pipeline():
        opted = cursor().execute(GATE_OPT_OUTS, [owners, numbers], prepare=True)
        zoned = cursor().execute(GATE_ZONES, [owners, numbers], prepare=True)
        ruled = cursor().execute(GATE_RULES, [accounts], prepare=True)
        roomy = cursor().execute(GATE_ROOM, [listed(counted), now], prepare=True)
    opted_out = {account: frozenset(text.split(",")) for account, text in opted.fetchall()}
    zones = {account: _json(text) for account, text in zoned.fetchall()}
    rooms = _rooms(roomy.fetchall())
    return {
        account: Gate(
            _rules(settings),
            Facts(
                opted_out=opted_out.get(account, frozenset()),
                zones=zones.get(account, {}),
                senders=_senders(senders or ""),
                prices={},
                free=True,
                at_gate=True,
            ),
            rooms.get(account) or Room(),
        )
        for account, settings, senders in ruled.fetchall()
    }


def _rooms(rows: list[Any]) -> dict[str, Room]:
    """Per account; a counter that several of them count in is one object, so they share it."""
    limits: dict[tuple[UUID, str], Limit] = {}
    found: dict[str, list[Limit]] = defaultdict(list)
    for account, left, cap, used, owner, period, resets in rows:
        if cap is not None:
            limit = limits.setdefault((owner, period), Limit(left, cap, used, period, resets))
            found[str(account)].append(limit)
    return {account: Room(tuple(counted)) for account, counted in found.items()}


def _json(text: str | None) -> Any:
    return msgspec.json.decode(text) if text else None


@lru_cache(maxsize=4096)
def _senders(text: str) -> dict[str, tuple[str, str]]:
    return {key: (address, id_) for key, (address, id_) in (_json(text) or {}).items()}


@lru_cache(maxsize=4096)
def _rules(text: str) -> Rules:
    """The same settings text gives the same object, so a week is parsed once a change."""
    found = _json(text)
    return Rules(
        account_state=found["state"],
        zone=found["time_zone"],
        country=found["country"],
        version=found["version"] or 0,
        hours_on=bool(found["hours_on"]),
        hours_clock=found["hours_clock"] or "recipient",
        week=Week.parse(found["week"] or {}),
        unknown_zone_uses_account=bool(found["unknown_zone_uses_account"]),
        over_limit=found["over_limit"] or "hold",
        receipts=found["receipts"] is not False,
        default_sender=found["default_sender"],
        transactional_granted=bool(found["transactional_granted"]),
        countries=None if found["countries"] is None else frozenset(found["countries"]),
    )
