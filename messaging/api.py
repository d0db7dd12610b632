"""The REST API of messages: JSON in, JSON out. Shapes and codes are spec/api-contract.md's."""

import hashlib
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.http import HttpResponse
from django.utils import timezone

from accounts.statements import cursor
from accounts.tenancy import scope
from apisettings.http import NOT_ENABLED, NOT_FOUND, ApiError, ApiRequest, answer, api, by_method
from hub.lib.ids import stamp_of
from messaging.accept import Accepted, KeyReused, Request, accept, decide_only
from messaging.api_faults import source_type
from messaging.api_input import read, read_cancellation
from messaging.api_shapes import (
    MessageChecked,
    MessagesChecked,
    MessageShown,
    TrailStep,
)
from messaging.bell import ring
from messaging.cancel import cancel as cancel_message
from messaging.decision import Decision
from messaging.draft import TRANSACTIONAL, Draft
from messaging.group import accept_grouped
from messaging.states import shown

# Longer idempotency keys are kept as their hash: the column takes 255 with what stands before.
LONGEST_KEPT_KEY: Final = 240
# What the incumbent's clients know a state by.
STATUS: Final = {"sending": "processing", "unknown": "enroute"}


@api("messages:send", methods=["POST"], scoped=False)
def messages(request: ApiRequest) -> HttpResponse:
    """POST /v1/messages: 1 to 100 messages, all stored or none; 202 whatever a rule says."""
    body = request.body
    drafts = read(body, timezone.now())
    _class_is_granted(request, drafts)
    asked = Request(
        drafts=drafts,
        channel="api",
        actor=request.caller.label,
        by=request.actor,
        hash=hashlib.sha256(body).digest(),
        key=_idempotency_key(request),
        test=request.caller.mode == "test",
    )
    accepted = _accept(request.caller.account_id, asked)
    ring()
    return answer(202, _answer(body, accepted))


def _accept(account: UUID, asked: Request) -> Accepted:
    try:
        if len(asked.drafts) == 1:
            return accept_grouped(account, asked)
        with scope(account):
            return accept(account, asked)
    except KeyReused as error:
        raise ApiError(
            422,
            "This Idempotency-Key was used for another request.",
            ["Idempotency-Key: used with another body"],
        ) from error


def _class_is_granted(request: ApiRequest, drafts: list[Draft]) -> None:
    asks = any(draft.message_class == TRANSACTIONAL for draft in drafts)
    if asks and "messages:transactional" not in request.caller.scopes:
        raise ApiError(403, NOT_ENABLED)


def _idempotency_key(request: ApiRequest) -> str | None:
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not 1 <= len(key) <= 255 or not key.isascii() or not key.isprintable() or "," in key:
        raise ApiError(
            400,
            "The Idempotency-Key header takes 1 to 255 printable ASCII characters.",
            ["Idempotency-Key: expected 1 to 255 printable ASCII characters without a comma"],
        )
    kept = key if len(key) <= LONGEST_KEPT_KEY else hashlib.sha256(key.encode()).hexdigest()
    # What a test key tried was not sent: it is no answer to the same request in earnest.
    return f"{'test' if request.caller.mode == 'test' else 'api'}:{kept}"


class _Asked(msgspec.Struct):
    messages: list[msgspec.Raw]


_items = msgspec.json.Decoder(_Asked)
# Left out of the answer: a published client trips over them here (api-contract 6.1); GET has them.
_TIMES: Final = ("scheduled", "message_expiry_timestamp")


def _answer(body: bytes, accepted: Accepted) -> dict[str, Any]:
    """The request's items as they were written, with their ids and without their times."""
    items = _items.decode(body).messages
    return {
        "messages": [
            _told_back(bytes(item), id_) for item, id_ in zip(items, accepted.ids, strict=True)
        ]
    }


def _told_back(item: bytes, id_: str) -> msgspec.Raw | dict[str, Any]:
    if b"scheduled" not in item and b"expiry" not in item and b"\\u00" not in item:
        head = f'{{"message_id":"{id_}","status":"queued",'
        return msgspec.Raw(head.encode() + item[1:])
    told: dict[str, Any] = msgspec.json.decode(item)
    return {
        **{name: value for name, value in told.items() if name not in _TIMES},
        "message_id": id_,
        "status": "queued",
    }


@api("messages:send", methods=["POST"])
def check(request: ApiRequest) -> HttpResponse:
    """POST /v1/messages/check: what would be decided now; stores and charges nothing."""
    drafts = read(request.body, timezone.now())
    _class_is_granted(request, drafts)
    decisions = decide_only(request.caller.account_id, drafts, test=request.caller.mode == "test")
    checked = zip(drafts, decisions, strict=True)
    return answer(200, MessagesChecked([_told(*one, timezone.now()) for one in checked]))


def _told(draft: Draft, decision: Decision, now: datetime) -> MessageChecked:
    code = decision.code
    return MessageChecked(
        destination_number=draft.to,
        source_number=decision.source or None,
        verdict=decision.verdict,
        status=decision.state,
        error_code=str(code) if code else None,
        reason=decision.reason,
        until=decision.until.isoformat() if decision.until else None,
        parts=decision.parts,
        encoding=decision.encoding,
        price_micro=decision.price,
        trail=[TrailStep(*step) for step in decision.trail],
    )


def _identified(message_id: str) -> UUID:
    """Unknown, foreign and malformed ids are all 404."""
    try:
        return UUID(message_id)
    except ValueError as error:
        raise ApiError(404, NOT_FOUND) from error


SHOW = """
SELECT m.id, m."to", m.source, m.body, m.state, m.reason, m.code, m.wants_receipt, m.expires,
       m.extra::text, m.test, w.due
FROM messaging_message m LEFT JOIN messaging_waiting w ON w.message_id = m.id WHERE m.id = %s
"""


@api("messages:read", methods=["GET", "HEAD"])
def show(request: ApiRequest, message_id: str) -> HttpResponse:
    """GET /v1/messages/{id}: the message as asked, its state, and why."""
    id_ = _identified(message_id)
    row = cursor().execute(SHOW, [id_]).fetchone()
    if row is None:
        raise ApiError(404, NOT_FOUND)
    _id, to, source, body, state, reason, code, receipt, expires, extra, test, due = row
    more = msgspec.json.decode(extra) if extra else {}
    state = shown(state, due is not None)
    found = MessageShown(
        message_id=str(id_),
        content=body,
        destination_number=to,
        source_number=source or None,
        source_number_type=source_type(source or None),
        format="SMS",
        delivery_report=receipt,
        callback_url=more.get("callback_url"),
        scheduled=more.get("scheduled"),
        message_expiry_timestamp=expires,
        metadata=more.get("metadata") or {},
        status=STATUS.get(state, state),
        error_code=str(code) if code is not None else None,
        reason=reason,
        next_review=due,
        accepted=stamp_of(id_),
        test=test,
    )
    return answer(200, found)


@api("messages:send", methods=["PUT"])
def cancel(request: ApiRequest, message_id: str) -> HttpResponse:
    """PUT /v1/messages/{id} {"status": "cancelled"}: 200 without a body while it has not left."""
    id_ = _identified(message_id)
    read_cancellation(request.body)
    if not cancel_message(request.caller.account_id, id_, actor=request.actor):
        raise ApiError(404, "The message is unknown or can no longer be cancelled.")
    return HttpResponse(status=200)


message = by_method(GET=show, HEAD=show, PUT=cancel)
