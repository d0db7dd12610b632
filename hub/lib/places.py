"""Country and candidate time zones of a phone number, from its leading digits alone.

The table is made from the phonenumbers package by build_places: parsing a number there costs
20 µs, which is too much per message.
"""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Final, NamedTuple

TABLE: Final = Path(__file__).with_name("data") / "places.json"

_HEAD: Final = 7


class Place(NamedTuple):
    """Where a number may be: ISO 3166 country, every zone it may stand in, the digits that told.

    `zones` is never narrower than the truth; empty when nothing is known.
    """

    country: str | None
    zones: tuple[str, ...]
    prefix: str


UNKNOWN: Final = Place(None, (), "")


def place_of(e164: str) -> Place:
    """The place of an E.164 number ("+" and digits); UNKNOWN for unassigned and global codes.

    A number that fits no plan still gets the place of its calling code. Source: phonenumbers'
    numbering plans and zone map; NANP numbers take the zones of their area code.
    """
    return _by_head(e164[:_HEAD]) or _longest(e164)


def source() -> str:
    """Name, version and date of the data."""
    return str(_table()[1])


@lru_cache(maxsize=32768)
def _by_head(head: str) -> Place | None:
    """The place of all numbers that begin so; None when later digits decide."""
    if head[1:] in _table()[2]:
        return None
    return _longest(head)


def _longest(e164: str) -> Place:
    places = _table()[0]
    if not e164.startswith("+"):
        return UNKNOWN
    for end in range(min(len(e164), _longest_prefix() + 1), 1, -1):
        found = places.get(e164[1:end])
        if found:
            return found
    return UNKNOWN


@cache
def _table() -> tuple[dict[str, Place], str, frozenset[str]]:
    """Places by prefix, the source line, and the heads that have longer prefixes below them."""
    stored = json.loads(TABLE.read_text())
    zones = [tuple(names) for names in stored["zones"]]
    places = {
        prefix: Place(country, zones[index], prefix)
        for prefix, (country, index) in stored["prefixes"].items()
    }
    split = frozenset(prefix[:end] for prefix in places for end in range(min(len(prefix), _HEAD)))
    return places, f"{stored['source']}, {stored['date']}", split


@cache
def _longest_prefix() -> int:
    return max(map(len, _table()[0]))
