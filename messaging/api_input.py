"""Is it well formed? The door of `POST /v1/messages`: all or nothing.

The fast path decodes straight into structs. When that refuses, messaging/api_faults.py reads the
body again to name every fault with its JSON pointer at once.
"""

import re
from collections import Counter
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from apisettings.destinations import refusal_of
from apisettings.http import ApiError
from hub.lib.phones import is_dear
from hub.lib.safe_http import LONGEST_URL
from messaging.api_faults import LONGEST_TEXT, MOST_MESSAGES, explain, parse_time, source_type
from messaging.api_json import Unreadable, sole
from messaging.draft import STANDARD, Draft

UNPARSEABLE: Final = (
    "Request failed to parse correctly. Please ensure input is valid and try again."
)
CANCEL_ONLY: Final = '/status: expected "cancelled"'
MOST_FAULTS: Final = 500

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
# Python's `$` would let a line break pass.
E164 = Annotated[str, msgspec.Meta(pattern=r"^\+[1-9][0-9]{7,14}$(?!\n)")]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=16)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Value = Annotated[str, msgspec.Meta(max_length=256)]


class Message(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One item of the request, as spec/api-contract.md 6.1 has it, with our four fields."""

    content: Text
    destination_number: E164
    source_number: Address | None = None
    source_number_type: Literal["INTERNATIONAL", "ALPHANUMERIC", "SHORTCODE"] | None = None
    delivery_report: bool | None = None
    format: Literal["SMS"] | None = None
    scheduled: str | None = None
    message_expiry_timestamp: str | None = None
    callback_url: Annotated[str, msgspec.Meta(max_length=LONGEST_URL)] | None = None
    metadata: Annotated[dict[Name, Value], msgspec.Meta(max_length=10)] | None = None
    message_class: Literal["standard", "transactional"] | None = None
    max_segments: Annotated[int, msgspec.Meta(ge=1, le=255)] | None = None
    media: list[str] | None = None
    subject: str | None = None


class Messages(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    messages: Annotated[list[Message], msgspec.Meta(min_length=1, max_length=MOST_MESSAGES)]


_decoder = msgspec.json.Decoder(Messages)
OPTIONAL: Final = tuple(
    (name, f'"{name}"'.encode())
    for name in Message.__struct_fields__
    if name not in ("content", "destination_number")
)
# A name with an escape in it may be any other name.
_spelt_in_code = re.compile(rb'\\u[0-9a-fA-F]{4}[^"\\]*"\s*:').search


def read(body: bytes, now: datetime) -> list[Draft]:
    """The drafts of a request. ApiError 400 names every fault as `<pointer>: <reason>`."""
    try:
        items = _decoder.decode(body).messages
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise bad(explain(body, now) or ["/: the request could not be read"]) from error
    faults: list[str] = []
    drafts = [_draft(item, f"/messages/{n}", faults, now) for n, item in enumerate(items)]
    if faults or b"\\u0000" in body or _may_repeat_a_name(body, items):
        faults = explain(body, now) or [f"{pointer}: not accepted" for pointer in faults]
        if faults:
            raise bad(faults)
    return drafts


def bad(details: list[str]) -> ApiError:
    return ApiError(400, UNPARSEABLE, details[:MOST_FAULTS])


def _draft(item: Message, pointer: str, faults: list[str], now: datetime) -> Draft:
    """What types cannot say is looked at here; a fault only needs to be noticed."""
    if item.callback_url is not None and refusal_of(item.callback_url) is not None:
        faults.append(f"{pointer}/callback_url")
    blank = item.source_number is not None and not item.source_number.strip()
    if item.media or item.subject or blank or not item.content.strip():
        faults.append(pointer)
    if is_dear(item.destination_number):
        faults.append(f"{pointer}/destination_number")
    kind = item.source_number_type
    if kind is not None and kind != source_type(item.source_number):
        faults.append(f"{pointer}/source_number_type")
    scheduled = _time(item.scheduled, f"{pointer}/scheduled", faults, now)
    expires = _time(item.message_expiry_timestamp, f"{pointer}/expiry", faults, now)
    if expires is not None and expires <= max(scheduled or now, now):
        faults.append(f"{pointer}/message_expiry_timestamp")
    return Draft(
        item.destination_number,
        item.content,
        item.source_number,
        scheduled,
        expires,
        item.message_class or STANDARD,
        item.max_segments,
        bool(item.delivery_report),
        item.callback_url,
        item.metadata,
    )


def _time(text: str | None, pointer: str, faults: list[str], now: datetime) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_time(text, now)
    except ValueError:
        faults.append(pointer)
        return None


def _may_repeat_a_name(body: bytes, items: list[Message]) -> bool:
    """A cheap sign that some object names a field twice; the slow path then makes sure."""
    if b"\\u" in body and _spelt_in_code(body):
        return True
    count = len(items)
    if body.count(b'"content"') > count or body.count(b'"destination_number"') > count:
        return True
    if body.count(b'"messages"') > 1:
        return True
    for name, quoted in OPTIONAL:
        if quoted in body:
            given = sum(getattr(item, name) is not None for item in items)
            if body.count(quoted) > given:
                return True
    names = Counter(name for item in items if item.metadata for name in item.metadata)
    return any(body.count(msgspec.json.encode(name)) > given for name, given in names.items())


def read_cancellation(body: bytes) -> None:
    """Returns when the body asks for a cancellation; else ApiError 400 names every fault."""
    faults = _no_cancellation(body)
    if faults:
        raise ApiError(400, "Only a cancellation can be asked for.", faults[:MOST_FAULTS])


def _no_cancellation(body: bytes) -> list[str]:
    try:
        status, faults = sole(body, "status")
    except Unreadable as error:
        return [f"/: {error}"]
    return faults if status == "cancelled" else [*faults, CANCEL_ONLY]
