"""Is it well formed? The door of `POST /v1/messages`: all or nothing.

The fast path decodes straight into structs. When that refuses, the slow path below reads the body
again to name every fault with its JSON pointer at once.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from json import JSONDecodeError
from typing import Annotated, Any, Final, Literal

import msgspec

from apisettings.http import ApiError
from hub.lib.phones import parse_e164
from messaging.draft import STANDARD, TRANSACTIONAL, Draft

MOST_MESSAGES: Final = 100
LONGEST_TEXT: Final = 5000
LATE_BY: Final = timedelta(minutes=5)
UNPARSEABLE: Final = (
    "Request failed to parse correctly. Please ensure input is valid and try again."
)
UNREADABLE_TIME: Final = "expected an ISO 8601 date and time, for example 2026-12-24T09:30:00Z"
ENDS_TOO_EARLY: Final = "must be in the future and after the scheduled time"
CANCEL_ONLY: Final = '/status: expected "cancelled"'
DEEPEST: Final = 32
MOST_FAULTS: Final = 500
LAST_YEAR: Final = 9990

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
    callback_url: Annotated[str, msgspec.Meta(max_length=2048)] | None = None
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
SOURCE_TYPES: Final = frozenset({"INTERNATIONAL", "ALPHANUMERIC", "SHORTCODE"})
CLASSES: Final = frozenset({STANDARD, TRANSACTIONAL})


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
    if item.callback_url is not None and not item.callback_url.startswith(("http://", "https://")):
        faults.append(f"{pointer}/callback_url")
    blank = item.source_number is not None and not item.source_number.strip()
    if item.media or item.subject or blank or not item.content.strip():
        faults.append(pointer)
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


def parse_time(text: str, now: datetime) -> datetime:
    """ISO 8601; without an offset it is UTC. ValueError when unreadable, over 5 min past, or so
    far ahead that no validity can be added to it."""
    _day, t, clock = text.upper().partition("T")
    if len(text) > 40 or not t or clock.startswith("24"):
        raise ValueError(UNREADABLE_TIME)
    try:
        found = datetime.fromisoformat(text)
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(UNREADABLE_TIME) from error
    if found < now - LATE_BY:
        raise ValueError("must not be in the past")
    if found.year > LAST_YEAR:
        raise ValueError(f"must not be after the year {LAST_YEAR}")
    return found


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


# -- the slow path -----------------------------------------------------------------------


class _Repeated(dict[str, Any]):
    """An object that names a field twice; kept so that the fault gets its pointer."""


def explain(body: bytes, now: datetime) -> list[str]:
    """Every fault of a body that was refused, as `<JSON pointer>: <reason>`."""
    try:
        found = _parsed(body)
    except _Unreadable as error:
        return [f"/: {error}"]
    if not isinstance(found, dict):
        return ["/: expected an object with the field messages"]
    faults = [f"/{_token(name)}: unknown field" for name in found if name != "messages"]
    faults += ["/: a field is named twice"] if isinstance(found, _Repeated) else []
    items = found.get("messages")
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_MESSAGES:
        return [*faults, f"/messages: expected a list of 1 to {MOST_MESSAGES} messages"]
    for number, item in enumerate(items):
        faults += _faults_of(item, f"/messages/{number}", now)
    return faults


def read_cancellation(body: bytes) -> None:
    """Returns when the body asks for a cancellation; else ApiError 400 names every fault."""
    faults = _no_cancellation(body)
    if faults:
        raise ApiError(400, "Only a cancellation can be asked for.", faults[:MOST_FAULTS])


def _no_cancellation(body: bytes) -> list[str]:
    try:
        found = _parsed(body)
    except _Unreadable as error:
        return [f"/: {error}"]
    if not isinstance(found, dict):
        return ["/: expected an object with the field status"]
    faults = [f"/{_token(name)}: unknown field" for name in found if name != "status"]
    faults += ["/: a field is named twice"] if isinstance(found, _Repeated) else []
    return faults if found.get("status") == "cancelled" else [*faults, CANCEL_ONLY]


def _token(name: str) -> str:
    """A name as part of a JSON pointer (RFC 6901), short and without half characters."""
    whole = name[:100].encode("utf-8", "replace").decode()
    return whole.replace("~", "~0").replace("/", "~1")


class _Unreadable(Exception):
    """Why a body is no document, in words of ours."""


def _parsed(body: bytes) -> Any:
    """The document. _Unreadable when it is none."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Unreadable("the body is not UTF-8") from error
    if _depth(text) > DEEPEST:
        raise _Unreadable(f"nested deeper than {DEEPEST} levels")

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        return _Repeated(found) if len({name for name, _ in found}) < len(found) else dict(found)

    def constant(name: str) -> Any:
        raise JSONDecodeError(f"{name} is not JSON", text, 0)

    def integer(digits: str) -> int | float:
        return int(digits) if len(digits) <= 18 else float("inf")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"not valid JSON ({str(error)[:120]})") from error


_in_quotes = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def _depth(text: str) -> int:
    depth = deepest = 0
    for char in _in_quotes.sub("", text):
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _faults_of(item: Any, pointer: str, now: datetime) -> list[str]:
    if not isinstance(item, dict):
        return [f"{pointer}: expected an object"]
    faults = [f"{pointer}: a field is named twice"] if isinstance(item, _Repeated) else []
    faults += [f"{pointer}/{_token(name)}: unknown field" for name in item if name not in CHECKS]
    for name, check in CHECKS.items():
        value = item.get(name)
        if value is None:
            if name in ("content", "destination_number"):
                faults.append(f"{pointer}/{name}: required")
            continue
        reason = check(value, now)
        if reason:
            faults.append(f"{pointer}/{name}: {reason}")
    if not faults and _ends_before_it_starts(item, now):
        faults.append(f"{pointer}/message_expiry_timestamp: {ENDS_TOO_EARLY}")
    return faults


def _ends_before_it_starts(item: dict[str, Any], now: datetime) -> bool:
    scheduled, expires = item.get("scheduled"), item.get("message_expiry_timestamp")
    if scheduled is None or expires is None:
        return False
    return parse_time(expires, now) <= parse_time(scheduled, now)


Check = Callable[[Any, datetime], str | None]


def _text(longest: int) -> Check:
    def check(value: Any, now: datetime) -> str | None:
        if not isinstance(value, str):
            return "expected a string"
        if not 1 <= len(value) <= longest:
            return f"expected 1 to {longest} characters"
        if not value.strip():
            return "must not be blank"
        return _unstorable(value)

    return check


def _unstorable(value: str) -> str | None:
    if "\x00" in value:
        return "the character U+0000 cannot be stored"
    if any("\ud800" <= char <= "\udfff" for char in value):
        return "half of a surrogate pair is no character"
    return None


def _number(value: Any, now: datetime) -> str | None:
    try:
        parse_e164(value)
    except (TypeError, ValueError):
        return "International address must be between 8 and 15 characters excluding the first '+'"
    return None


def _one_of(allowed: frozenset[str], else_: str = "") -> Check:
    def check(value: Any, now: datetime) -> str | None:
        if isinstance(value, str) and value in allowed:
            return None
        return else_ or f"expected one of {', '.join(sorted(allowed))}"

    return check


def _when(value: Any, now: datetime) -> str | None:
    try:
        parse_time(value if isinstance(value, str) else "", now)
    except ValueError as error:
        return str(error)
    return None


def _metadata(value: Any, now: datetime) -> str | None:
    if not isinstance(value, dict) or len(value) > 10:
        return "expected an object with at most 10 members"
    if isinstance(value, _Repeated):
        return "a member is named twice"
    for name, text in value.items():
        if not 1 <= len(name) <= 100 or not isinstance(text, str) or len(text) > 256:
            return "names take 1 to 100 characters, values are strings of at most 256"
        if _unstorable(name) or _unstorable(text):
            return "holds a character that cannot be stored"
    return None


def _whole(value: Any, now: datetime) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 255
    return None if whole else "expected a whole number from 1 to 255"


def _url(value: Any, now: datetime) -> str | None:
    good = isinstance(value, str) and len(value) <= 2048
    if not good or not value.startswith(("http://", "https://")):
        return "expected an http or https address of at most 2048 characters"
    return _unstorable(value)


def _expiry(value: Any, now: datetime) -> str | None:
    reason = _when(value, now)
    if reason is None and parse_time(value, now) <= now:
        return ENDS_TOO_EARLY
    return reason


CHECKS: Final[dict[str, Check]] = {
    "content": _text(LONGEST_TEXT),
    "destination_number": _number,
    "source_number": _text(16),
    "source_number_type": _one_of(SOURCE_TYPES),
    "delivery_report": lambda value, now: None if isinstance(value, bool) else "expected a boolean",
    "format": _one_of(frozenset({"SMS"}), "only SMS is enabled for this account"),
    "scheduled": _when,
    "message_expiry_timestamp": _expiry,
    "callback_url": _url,
    "metadata": _metadata,
    "message_class": _one_of(CLASSES),
    "max_segments": _whole,
    "media": lambda value, now: "only with format MMS, which is not enabled" if value else None,
    "subject": lambda value, now: "only with format MMS, which is not enabled" if value else None,
}
