"""Accepting messages: decided and stored in ONE statement, then the bell is rung.

A well-formed message is always stored; what a rule says becomes its state. All messages of a
request, its batch row (idempotency, trails, origin), its outbox rows and its ledger hold are
written by a single statement, so nothing is ever half accepted. The hold comes last, so that the
hot wallet row is locked shortest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg

from accounts import audit
from accounts.statements import cursor, listed
from hub.lib.ids import batch_ids
from messaging.decide import Decider, cover, expiry
from messaging.decision import REFUSE, Decision, Rules
from messaging.draft import TRANSACTIONAL, Draft
from messaging.facts import Door, at_door
from messaging.outlook import look_ahead
from messaging.reasons import REASONS

MOST_AT_ONCE: Final = 100


class KeyReused(Exception):
    """The idempotency key was used for another request before."""


class _Raced(Exception):
    """Somebody was faster: the same key, or the last of the balance. Read again and decide."""


@dataclass(frozen=True, slots=True)
class Request:
    """One caller's messages: 1 to 100 drafts, their origin, and the hash of what was asked.

    `at` is when they were accepted, the clock's now unless given; only the demo gives it. `by` is
    who sends them, and stands in the activity log; None is Hub itself.
    """

    drafts: Sequence[Draft]
    channel: str
    actor: str
    hash: bytes
    key: str | None = None
    test: bool = False
    at: datetime | None = None
    by: audit.Actor | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Ids in the order of the drafts. `replayed`: the same request had been accepted before."""

    batch_id: str
    ids: list[str]
    decisions: list[Decision]
    replayed: bool = False


STORE = f"""
WITH cases AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(cases)s::json) AS u (
        number smallint, batch uuid, sender uuid, trail smallint, parts smallint, code smallint,
        price bigint, expires timestamptz, state text, reason text, class text,
        source text, test boolean)
), stored AS (
    INSERT INTO messaging_message (
        id, account_id, batch_id, sender_id, trail_no, parts, epoch, settings_version, code, price,
        updated_at, expires, state, reason, message_class, test, wants_receipt, "to", source,
        body, extra)
    SELECT m.id, %(account)s, c.batch, c.sender, c.trail, c.parts, 0, %(version)s, c.code, c.price,
           %(now)s, c.expires, c.state, c.reason, c.class, c.test, m.receipt, m.dest,
           c.source, m.body, m.extra
    FROM json_to_recordset(%(rows)s::json) AS m (
        id uuid, number smallint, receipt boolean, dest text, body text, extra jsonb)
    JOIN cases c ON c.number = m.number
    RETURNING 1
), waits AS (
    INSERT INTO messaging_waiting (message_id, account_id, due)
    SELECT id, %(account)s, due
    FROM unnest(%(waiting)s::uuid[], %(dues)s::timestamptz[]) AS u (id, due)
    RETURNING 1
), batches AS (
    INSERT INTO messaging_batch (
        id, account_id, key, hash, count, trails, channel, actor, test, at)
    SELECT id, %(account)s, key, decode(hash, 'hex'), count, trails, channel, actor, test, %(now)s
    FROM json_to_recordset(%(batches)s::json) AS u (
        id uuid, key text, hash text, count smallint, trails jsonb, channel text, actor text,
        test boolean)
    RETURNING 1
), events AS (
    INSERT INTO apisettings_event (id, account_id, kind, payload, test, at)
    SELECT id, %(account)s, kind, payload, test, %(now)s
    FROM json_to_recordset(%(events)s::json) AS u (
        id uuid, kind text, payload jsonb, test boolean)
    RETURNING 1
), notes AS (
    INSERT INTO accounts_auditentry (account_id, at, changes, {audit.FIELDS})
    SELECT %(account)s, %(now)s, '{{}}'::jsonb, {audit.FIELDS}
    FROM json_to_recordset(%(notes)s::json) AS u ({audit.ROW})
    RETURNING 1
)
SELECT CASE WHEN cardinality(%(causes)s::text[]) > 0
       THEN ledger_hold(%(account)s, %(causes)s::text[], %(amounts)s::bigint[]) END
FROM (SELECT count(*) FROM stored) s, (SELECT count(*) FROM waits) w,
     (SELECT count(*) FROM batches) b, (SELECT count(*) FROM events) e,
     (SELECT count(*) FROM notes) n
"""


class _Case(msgspec.Struct, gc=False):
    """What the messages of one request that share a decision have in common."""

    number: int
    batch: str
    sender: str | None
    trail: int
    parts: int
    code: int | None
    price: int
    expires: datetime
    state: str
    reason: str | None
    # `class` in the statement.
    message_class: str = msgspec.field(name="class")
    source: str
    test: bool


class _Row(msgspec.Struct, gc=False):
    """What a message has of its own; `number` is its case's."""

    id: str
    number: int
    receipt: bool
    dest: str
    body: str
    extra: dict[str, Any] | None


def accept(account: UUID, request: Request) -> Accepted:
    """One request, stored. Needs the account's scope. KeyReused on another body under its key."""
    return accept_together(account, [request])[0]


def accept_together(account: UUID, requests: Sequence[Request]) -> list[Accepted]:
    """Several requests of one account in one statement, or none of them (the exception tells)."""
    for _try in range(4):
        door = _ask(account, requests)
        plan = _Plan(account, door)
        for request in requests:
            plan.add(request)
        try:
            plan.store()
        except _Raced:
            continue
        return plan.answers
    raise RuntimeError("The account's wallet or key is contended; try again.")


def decide_only(account: UUID, drafts: Sequence[Draft], *, test: bool = False) -> list[Decision]:
    """The dry run: what would be decided now at the door and at the gate, by the same functions,
    storing and counting nothing."""
    door = at_door(account, [draft.to for draft in drafts], free=test)
    decider = Decider(door.rules, door.facts, door.now)
    decisions = cover([decider.decide(draft) for draft in drafts], door.facts)
    if test:
        return decisions
    return look_ahead(account, drafts, decisions, door.rules.over_limit, door.now)


def _ask(account: UUID, requests: Sequence[Request]) -> Door:
    numbers = [draft.to for request in requests for draft in request.drafts]
    keys = [request.key for request in requests if request.key]
    door = at_door(account, numbers, keys=keys, free=all(request.test for request in requests))
    return door if requests[0].at is None else door._replace(now=requests[0].at)


class _Plan:
    """What one statement will store, gathered from the requests that share it."""

    def __init__(self, account: UUID, door: Door) -> None:
        self.account, self.door = account, door
        self.rules: Rules = door.rules
        self.decider = Decider(door.rules, door.facts, door.now)
        self.cases: list[_Case] = []
        self.rows: list[_Row] = []
        self.waiting: list[tuple[str, str]] = []
        self.batches: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.holds: list[tuple[str, int]] = []
        self.notes: list[dict[str, Any]] = []
        self.answers: list[Accepted] = []

    def add(self, request: Request) -> None:
        """Decides the request's messages, or finds that it had been accepted before."""
        prior = self.door.prior.get(request.key) if request.key else None
        if prior is not None:
            self.answers.append(_replayed(prior.batch_id, prior.hash, prior.size, request))
            return
        if any(batch["key"] == request.key for batch in self.batches if request.key):
            raise _Raced  # the same key twice in one group: one first, the other is its replay
        decisions = cover([self.decider.decide(draft) for draft in request.drafts], self.door.facts)
        ids = batch_ids(len(decisions), request.at)
        trails = self._rows(request, decisions, ids)
        self._note(request)
        self._batch(request, ids[0], len(decisions), trails)
        self._events(request, decisions, ids)
        total = sum(found.price for found in decisions if found.verdict != REFUSE)
        if total and not request.test:
            self.holds.append((f"batch:{ids[0]}", total))
        self.answers.append(Accepted(ids[0], ids[1:], decisions))

    def _rows(self, request: Request, decisions: list[Decision], ids: list[str]) -> list[Any]:
        numbers: dict[int, int] = {}
        trails: list[Any] = []
        dues: dict[int, str] = {}
        rows, waiting, receipts = self.rows, self.waiting, self.rules.receipts
        for draft, found, id_ in zip(request.drafts, decisions, ids[1:], strict=True):
            number = numbers.get(id(found))
            if number is None:
                number = numbers[id(found)] = len(self.cases)
                self.cases.append(self._case(request, draft, found, ids[0], len(trails)))
                trails.append(told(found, self.door.now))
                due = due_of(found, self.door.now, self.cases[number].expires)
                if due is not None:
                    dues[number] = due.isoformat()
            if number in dues:
                waiting.append((id_, dues[number]))
            rows.append(
                _Row(
                    id_, number, receipts or draft.wants_receipt, draft.to, draft.body, draft.extra
                )
            )
        return trails

    def _case(
        self, request: Request, draft: Draft, found: Decision, batch: str, trail: int
    ) -> _Case:
        """Of the draft only what is part of the decider's key may go in here."""
        return _Case(
            number=len(self.cases),
            batch=batch,
            sender=found.sender_id,
            trail=trail,
            parts=found.parts,
            code=found.code,
            price=found.price,
            expires=expiry(draft, self.door.now),
            state=found.state,
            reason=found.reason,
            message_class=draft.message_class,
            source=found.source,
            test=request.test,
        )

    def _note(self, request: Request) -> None:
        if request.by is None:
            return
        exempt = any(draft.message_class == TRANSACTIONAL for draft in request.drafts)
        action = "transactional.used" if exempt else "messages.sent"
        self.notes.append(audit.as_row(request.by, action, str(len(request.drafts))))

    def _batch(self, request: Request, id_: str, count: int, trails: list[Any]) -> None:
        self.batches.append(
            {
                "id": id_,
                "key": request.key,
                "hash": request.hash.hex(),
                "count": count,
                "trails": trails,
                "channel": request.channel,
                "actor": request.actor,
                "test": request.test,
            }
        )

    def _events(self, request: Request, decisions: list[Decision], ids: list[str]) -> None:
        """One for the batch, and one for each message that is not on its way."""
        payload = {"batch_id": ids[0], "messages": ids[1:]}
        self._event("message.accepted", payload, request)
        for draft, found, id_ in zip(request.drafts, decisions, ids[1:], strict=True):
            if found.reason is not None and found.state != "scheduled":
                self._event(f"message.{found.state}", refusal(draft, found, id_), request)

    def _event(self, kind: str, payload: dict[str, Any], request: Request) -> None:
        id_ = batch_ids(0)[0]
        self.events.append({"id": id_, "kind": kind, "payload": payload, "test": request.test})

    def store(self) -> None:
        """Everything by one statement that commits itself, or _Raced and nothing."""
        if not self.batches:
            return
        encode = msgspec.json.encode
        try:
            cursor().execute(
                STORE,
                {
                    "account": self.account,
                    "now": self.door.now,
                    "version": self.rules.version,
                    "cases": encode(self.cases).decode(),
                    "rows": encode(self.rows).decode(),
                    "batches": encode(self.batches).decode(),
                    "waiting": listed(id_ for id_, _due in self.waiting),
                    "dues": listed(due for _id, due in self.waiting),
                    "events": encode(self.events).decode(),
                    "notes": encode(self.notes).decode(),
                    "causes": listed(cause for cause, _amount in self.holds),
                    "amounts": listed(amount for _cause, amount in self.holds),
                },
                prepare=True,
            )
        except psycopg.errors.IntegrityError as error:
            if error.diag.constraint_name in ("balance_not_below_floor", "one_batch_a_key"):
                raise _Raced from error
            raise


def told(decision: Decision, now: datetime) -> dict[str, Any]:
    """A decision as it is stored: what was said, when, with which values, after which steps."""
    return {
        "at": now.isoformat(),
        "verdict": decision.verdict,
        "reason": decision.reason,
        "until": decision.until.isoformat() if decision.until else None,
        "values": decision.values,
        "steps": [
            {"step": step.step, "verdict": step.verdict, "rule": step.rule, "values": step.values}
            for step in decision.trail
        ],
    }


def due_of(decision: Decision, now: datetime, expires: datetime) -> datetime | None:
    """When the gate looks at the message next: now, at the end of its hold, or never."""
    if decision.verdict == REFUSE:
        return None
    return min(decision.until or now, expires)


def refusal(draft: Draft, decision: Decision, id_: str) -> dict[str, Any]:
    """The payload of a message's own event at the door."""
    reason = REASONS[decision.reason or ""]
    return {
        "message_id": id_,
        "status": decision.state,
        "error_code": str(reason.code),
        "reason": reason.key,
        "destination_number": draft.to,
        "source_number": decision.source,
        "parts": decision.parts,
        "until": decision.until.isoformat() if decision.until else None,
        "metadata": draft.metadata or {},
    }


def _replayed(batch_id: str, hash_: str, count: int, request: Request) -> Accepted:
    if hash_ != request.hash.hex():
        raise KeyReused(request.key)
    # A message's id is its batch's with the counter set, so no answer had to be stored.
    head, tail = batch_id[:15], batch_id[18:]
    ids = [f"{head}{number:03x}{tail}" for number in range(1, count + 1)]
    return Accepted(batch_id, ids, [], replayed=True)
