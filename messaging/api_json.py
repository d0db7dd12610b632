"""A JSON document as a careful program reads it: nothing guessed, every fault told."""

import json
import re
from collections import Counter
from json import JSONDecodeError
from typing import Any, Final

DEEPEST: Final = 32


class Repeated(dict[str, Any]):
    """An object that names fields twice; kept so that the fault gets its pointer."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        times = Counter(name for name, _ in pairs)
        self.twice = [name for name, count in times.items() if count > 1]


class Unreadable(Exception):
    """Why a body is no document, in words of ours."""


def parsed(body: bytes) -> Any:
    """The document. Unreadable when it is none."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("the body is not UTF-8") from error
    if _depth(text) > DEEPEST:
        raise Unreadable(f"nested deeper than {DEEPEST} levels")

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        return Repeated(found) if len({name for name, _ in found}) < len(found) else dict(found)

    def constant(name: str) -> Any:
        # All before it was read, so the first one outside of quotes is the one.
        place = _in_quotes.sub(lambda found: " " * len(found[0]), text).index(name)
        raise JSONDecodeError(f"{name} is not JSON", text, place)

    def integer(digits: str) -> int | float:
        return int(digits) if len(digits) <= 18 else float("inf")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_int=integer)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not valid JSON ({str(error)[:120]})") from error


_in_quotes = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


def sole(body: bytes, field: str) -> tuple[Any, list[str]]:
    """The value of the one field that a body's object may have, and what is wrong with the
    object's other fields. Unreadable when the body is no object."""
    found = parsed(body)
    if not isinstance(found, dict):
        raise Unreadable(f"expected an object with the field {field}")
    faults = [f"/{token(name)}: unknown field" for name in found if name != field]
    return found.get(field), faults + twice(found, "")


def _depth(text: str) -> int:
    depth = deepest = 0
    for char in _in_quotes.sub("", text):
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def twice(found: dict[str, Any], pointer: str) -> list[str]:
    """The faults of an object's fields that are named more than once."""
    names = found.twice if isinstance(found, Repeated) else []
    return [f"{pointer}/{token(name)}: named twice" for name in names]


def token(name: str) -> str:
    """A name as part of a JSON pointer (RFC 6901), short and without half characters."""
    whole = name[:100].encode("utf-8", "replace").decode()
    return whole.replace("~", "~0").replace("/", "~1")
