"""What is wrong with a message: the rules of its fields, and every fault with its JSON pointer.

The slow path of messaging/api_input.py, for bodies that the fast one refused.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.utils import translation

from apisettings.destinations import refusal_of
from hub.lib.phones import Doubt, is_dear, parse_e164
from hub.lib.safe_http import LONGEST_URL
from messaging.api_json import Unreadable, sole, token, twice
from messaging.draft import STANDARD, TRANSACTIONAL
from messaging.writing.recipients import DOUBTS

MOST_MESSAGES: Final = 100
LONGEST_TEXT: Final = 5000
LATE_BY: Final = timedelta(minutes=5)
UNREADABLE_TIME: Final = "expected an ISO 8601 date and time, for example 2026-12-24T09:30:00Z"
ENDS_TOO_EARLY: Final = "must be in the future and after the scheduled time"
TYPE_DIFFERS: Final = "source_number is not of this type"
LONGEST_SHORT_CODE: Final = 8
LAST_YEAR: Final = 9990
SOURCE_TYPES: Final = frozenset({"INTERNATIONAL", "ALPHANUMERIC", "SHORTCODE"})
CLASSES: Final = frozenset({STANDARD, TRANSACTIONAL})


def source_type(source: str | None) -> str | None:
    """What kind of sender `source` is by its shape: one of SOURCE_TYPES, None without a sender."""
    if source is None:
        return None
    digits = source.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        return "ALPHANUMERIC"
    if digits == source and len(digits) <= LONGEST_SHORT_CODE:
        return "SHORTCODE"
    return "INTERNATIONAL"


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


def explain(body: bytes, now: datetime) -> list[str]:
    """Every fault of a body that was refused, as `<JSON pointer>: <reason>`."""
    try:
        items, faults = sole(body, "messages")
    except Unreadable as error:
        return [f"/: {error}"]
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_MESSAGES:
        return [*faults, f"/messages: expected a list of 1 to {MOST_MESSAGES} messages"]
    for number, item in enumerate(items):
        faults += _faults_of(item, f"/messages/{number}", now)
    return faults


def _faults_of(item: Any, pointer: str, now: datetime) -> list[str]:
    if not isinstance(item, dict):
        return [f"{pointer}: expected an object"]
    faults = twice(item, pointer)
    faults += [f"{pointer}/{token(name)}: unknown field" for name in item if name not in CHECKS]
    for name, check in CHECKS.items():
        value = item.get(name)
        if value is None:
            if name in ("content", "destination_number"):
                faults.append(f"{pointer}/{name}: required")
            continue
        reason = check(value, now)
        if reason:
            faults.append(f"{pointer}/{name}: {reason}")
        elif name == "metadata":
            faults += _members(value, f"{pointer}/metadata")
    faults += _type_differs(item, pointer)
    if not faults and _ends_before_it_starts(item, now):
        faults.append(f"{pointer}/message_expiry_timestamp: {ENDS_TOO_EARLY}")
    return faults


def _type_differs(item: dict[str, Any], pointer: str) -> list[str]:
    """A type without a sender, or another than its sender has; what is no type is told above."""
    given, source = item.get("source_number_type"), item.get("source_number")
    if not isinstance(given, str) or given not in SOURCE_TYPES:
        return []
    if source is None:
        return [f"{pointer}/source_number_type: only with source_number"]
    differs = isinstance(source, str) and given != source_type(source)
    return [f"{pointer}/source_number_type: {TYPE_DIFFERS}"] if differs else []


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
    if is_dear(value):
        with translation.override(None):
            return str(DOUBTS[Doubt.PREMIUM])
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
    return None


def _members(metadata: dict[str, Any], pointer: str) -> list[str]:
    """The faults of single members, each at its own pointer."""
    told = ((name, _member(name, value)) for name, value in metadata.items())
    faults = [f"{pointer}/{token(name)}: {reason}" for name, reason in told if reason]
    return twice(metadata, pointer) + faults


def _member(name: str, value: Any) -> str | None:
    if not 1 <= len(name) <= 100:
        return "a name takes 1 to 100 characters"
    if not isinstance(value, str) or len(value) > 256:
        return "expected a string of at most 256 characters"
    return _unstorable(name) or _unstorable(value)


def _whole(value: Any, now: datetime) -> str | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 255
    return None if whole else "expected a whole number from 1 to 255"


def _url(value: Any, now: datetime) -> str | None:
    refusal = refusal_of(value) if isinstance(value, str) else "no string"
    if refusal is None:
        return None
    return f"expected a public https address of at most {LONGEST_URL} characters ({refusal})"


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
