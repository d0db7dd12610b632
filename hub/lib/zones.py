"""IANA time zones as people choose them: names in use, old names, and their clock changes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import pytz

UTC_NAME: Final = "UTC"
_YEAR: Final = timedelta(days=366)


class ClockChange(NamedTuple):
    """At `at` the wall clock goes from `before` to `after`, both naive local times."""

    at: datetime
    before: datetime
    after: datetime


@cache
def zone_names() -> tuple[str, ...]:
    """The zones of tzdata's zone.tab (one or more a country), sorted, and UTC."""
    named = {name for names in pytz.country_timezones.values() for name in names}
    return (*sorted(named), UTC_NAME)


def canonical(name: str) -> str | None:
    """The name in use for a zone: itself, or what tzdata links an old name to.

    "US/Eastern" is "America/New_York". None for what is no zone: another case, an offset, a path.
    """
    if name in zone_names():
        return name
    target = _links().get(name)
    if target in ("Etc/UTC", "Etc/GMT") or name in ("Etc/UTC", "Etc/GMT"):
        return UTC_NAME
    return target if target in zone_names() else None


def clock_changes(zone: str, after: datetime) -> list[ClockChange]:
    """The changes of the clock in the year from `after` on; none where it never changes."""
    return list(_changes(ZoneInfo(zone), after.astimezone(UTC).replace(microsecond=0)))


def _changes(zone: ZoneInfo, start: datetime) -> Iterator[ClockChange]:
    end, day = start + _YEAR, timedelta(days=1)
    while start < end:
        if _offset(zone, start) != _offset(zone, start + day):
            at = _first_after(zone, start, start + day)
            wall = at.replace(tzinfo=None)
            before, now = _offset(zone, at - timedelta(seconds=1)), _offset(zone, at)
            yield ClockChange(at, wall + before, wall + now)
        start += day


def _first_after(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second with the offset of `high`, which `low` does not have."""
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low).total_seconds() // 2)
        if _offset(zone, middle) == _offset(zone, high):
            high = middle
        else:
            low = middle
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


@cache
def _links() -> dict[str, str]:
    """Old name -> name, from the compact source in the tzdata package ("L target name")."""
    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text().splitlines()
    rows = [line.split() for line in lines if line.startswith("L ")]
    return {row[2]: row[1] for row in rows}
