"""Sending hours: weekly wall-clock ranges, and the instants at which they are open.

The test is always instant -> local wall clock, which has one answer at every clock change. When the
hours open or close next is found from stretches of constant UTC offset, inside which wall clock and
instant differ by a number, so gaps and repeated hours need no rule of their own.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final, NamedTuple, Self
from zoneinfo import ZoneInfo

import holidays as holiday_data

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY: Final = "hol"
HORIZON: Final = timedelta(days=15)
NO_HOLIDAYS: Final[frozenset[date]] = frozenset()

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_DAY_MINUTES: Final = 24 * 60
_HORIZON_DAYS: Final = HORIZON.days
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()
_PROBE: Final = 3 * _HOUR

_read_clock = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])").fullmatch

Range = tuple[int, int]
Holidays = Collection[date] | Callable[[date], bool]


class UnknownZone(ValueError):
    """The name is no IANA zone, or there is none at all: nothing may be sent on a guess."""


class Span(NamedTuple):
    """Open from `start` until just before `end`, both seconds since 1970 UTC."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Week:
    """Sending hours of each weekday and, when `holiday` is not None, of public holidays.

    Ranges are half-open minutes since the local midnight of the day they start on; an end beyond
    1,440 lies in the next day.
    """

    days: tuple[tuple[Range, ...], ...]
    holiday: tuple[Range, ...] | None = None

    @classmethod
    def parse(cls, stored: Any) -> Self:
        """From {"mon": [["08:00", "20:00"]], ..., "hol": []}; ValueError says what is wrong.

        An end at or before its start means the next day; "24:00" is midnight at the end. A weekday
        left out is closed; "hol" left out or null treats holidays as the weekday they fall on.
        """
        if not isinstance(stored, dict):
            raise ValueError("sending hours are an object with a list of ranges per day")
        strange = set(stored) - {*DAYS, HOLIDAY}
        if strange:
            raise ValueError(f"unknown day {sorted(map(str, strange))[0]!r}")
        days = tuple(_read_day(day, stored.get(day, [])) for day in DAYS)
        holiday = stored.get(HOLIDAY)
        return cls(days, None if holiday is None else _read_day(HOLIDAY, holiday))

    @classmethod
    def always(cls) -> Self:
        """Hours that never close."""
        return cls((((0, _DAY_MINUTES),),) * len(DAYS))

    def to_json(self) -> dict[str, list[list[str]] | None]:
        """What `parse` reads back as the same week."""
        stored: dict[str, list[list[str]] | None] = {
            day: _write_day(ranges) for day, ranges in zip(DAYS, self.days, strict=True)
        }
        stored[HOLIDAY] = None if self.holiday is None else _write_day(self.holiday)
        return stored

    def __str__(self) -> str:
        return json.dumps(self.to_json())

    def ranges(self, day: int, is_holiday: Callable[[date], bool]) -> tuple[Range, ...]:
        """The ranges that start on a day, given as proleptic ordinal."""
        if self.holiday is not None and is_holiday(date.fromordinal(day)):
            return self.holiday
        return self.days[(day - 1) % len(DAYS)]


def is_open(week: Week, zone: str, at: datetime, holidays: Holidays = NO_HOLIDAYS) -> bool:
    """True when the hours are open at this instant, by the wall clock of `zone`.

    UnknownZone for a name tzdata does not have; ValueError for a naive `at`.
    """
    return _open_at(week, zone_of(zone), _aware(at), _holiday_test(holidays))


def next_open(
    week: Week, zones: Sequence[str], after: datetime, holidays: Holidays = NO_HOLIDAYS
) -> datetime | None:
    """The first instant from `after` on (UTC) at which every zone is open; None within 15 days."""
    return Clock(week, after, holidays).next_open(zones)


def closes_at(
    week: Week, zones: Sequence[str], at: datetime, holidays: Holidays = NO_HOLIDAYS
) -> datetime | None:
    """When the hours common to all zones that are open at `at` end (UTC).

    None when they do not end within 15 days; `at` itself when they are closed already.
    """
    return Clock(week, at, holidays).closes_at(zones)


def open_hours(week: Week) -> float:
    """Open hours in a week without holidays and clock changes."""
    spans = sorted(
        (day * _DAY_MINUTES + start, day * _DAY_MINUTES + end)
        for day in range(-1, len(DAYS) + 1)
        for start, end in week.days[day % len(DAYS)]
    )
    length = len(DAYS) * _DAY_MINUTES
    minutes = sum(max(0, min(end, length) - max(start, 0)) for start, end in _merged(spans))
    return minutes / 60


class Clock:
    """One instant seen from many zones: answers are kept per zone, for use over a batch."""

    def __init__(self, week: Week, at: datetime, holidays: Holidays = NO_HOLIDAYS) -> None:
        self.week = week
        self.at = _aware(at).astimezone(UTC)
        self._holiday = _holiday_test(holidays)
        self._now = int(self.at.timestamp() // 1)
        self._opens: dict[str, bool] = {}
        self._spans: dict[str, list[Span]] = {}
        self._common: dict[tuple[str, ...], list[Span]] = {}

    def open(self, zones: Sequence[str]) -> bool:
        """True when every zone is open; UnknownZone when there is none or one is not known."""
        if not zones:
            raise UnknownZone("no zone is known")
        for zone in zones:
            found = self._opens.get(zone)
            if found is None:
                found = _open_at(self.week, zone_of(zone), self.at, self._holiday)
                self._opens[zone] = found
            if not found:
                for name in zones:
                    zone_of(name)
                return False
        return True

    def next_open(self, zones: Sequence[str]) -> datetime | None:
        """As the function of this name, from the clock's instant."""
        if self.open(zones):
            return self.at
        spans = self._common_spans(tuple(zones))
        return _instant(spans[0].start) if spans else None

    def closes_at(self, zones: Sequence[str]) -> datetime | None:
        """As the function of this name, at the clock's instant."""
        if not self.open(zones):
            return self.at
        end = self._common_spans(tuple(zones))[0].end
        return _instant(end) if end < self._now + _HORIZON_DAYS * _DAY else None

    def _common_spans(self, zones: tuple[str, ...]) -> list[Span]:
        if zones not in self._common:
            common = [Span(self._now, self._now + _HORIZON_DAYS * _DAY)]
            for zone in dict.fromkeys(zones):
                common = _intersection(common, self._zone_spans(zone))
            self._common[zones] = common
        return self._common[zones]

    def _zone_spans(self, zone: str) -> list[Span]:
        if zone not in self._spans:
            pieces: list[Span] = []
            for begin, end, offset in _stretches(zone, self._now // _DAY):
                pieces += _spans_of(self.week, self._holiday, Span(begin, end), offset)
            self._spans[zone] = [Span(*span) for span in _merged(sorted(pieces))]
        return self._spans[zone]


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name, from the tzdata package; UnknownZone otherwise."""
    try:
        return _load_zone(name)
    except (KeyError, TypeError):
        raise UnknownZone(f"{name!r} is no time zone") from None


def is_zone(name: str) -> bool:
    """Whether tzdata has a zone of that name, spelled exactly so."""
    return name in _zone_names()


def is_holiday(country: str | None, day: date) -> bool:
    """True on public holidays of a whole country (ISO 3166); none for countries not known.

    Source: the holidays package.
    """
    return day in _holidays_of(country, day.year)


def holiday_calendar(country: str | None) -> Callable[[date], bool]:
    """The `holidays` argument of the functions above for one country."""
    return lambda day: is_holiday(country, day)


@cache
def _holidays_of(country: str | None, year: int) -> frozenset[date]:
    if not country or country not in holiday_data.list_supported_countries():
        return frozenset()
    return frozenset(holiday_data.country_holidays(country, years=year))


@cache
def _zone_names() -> frozenset[str]:
    names = files("tzdata").joinpath("zones").read_text().split()
    return frozenset(names) - {"Factory"}


@cache
def _load_zone(name: str) -> ZoneInfo:
    if name not in _zone_names():
        raise KeyError(name)
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=name)


def _open_at(week: Week, zone: ZoneInfo, at: datetime, holiday: Callable[[date], bool]) -> bool:
    wall = at.astimezone(zone)
    day, minute = wall.toordinal(), wall.hour * 60 + wall.minute
    for start, end in week.ranges(day, holiday):
        if start <= minute < end:
            return True
    minute += _DAY_MINUTES
    return any(start <= minute < end for start, end in week.ranges(day - 1, holiday))


@lru_cache(maxsize=8192)
def _stretches(zone: str, first_day: int) -> tuple[tuple[int, int, int], ...]:
    """(begin, end, UTC offset) in seconds, covering the horizon of any instant of a UTC day."""
    info = zone_of(zone)
    first, last = first_day * _DAY, (first_day + _HORIZON_DAYS + 1) * _DAY
    changes = [first]
    probes = range(first, last + 1, _PROBE)
    offsets = [_offset(info, probe) for probe in probes]
    for index, (before, after) in enumerate(pairwise(offsets)):
        if before != after:
            changes.append(_change_between(info, probes[index], probes[index + 1]))
    ends = [*changes[1:], last]
    return tuple(
        (begin, end, _offset(info, begin)) for begin, end in zip(changes, ends, strict=True)
    )


def _change_between(zone: ZoneInfo, low: int, high: int) -> int:
    """The first second of the offset of `high`."""
    after = _offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == after:
            high = middle
        else:
            low = middle
    return high


def _offset(zone: ZoneInfo, seconds: int) -> int:
    offset = datetime.fromtimestamp(seconds, zone).utcoffset()
    assert offset is not None
    return offset.days * _DAY + offset.seconds


def _spans_of(
    week: Week, holiday: Callable[[date], bool], stretch: Span, offset: int
) -> Iterable[Span]:
    """Open spans inside a stretch of one UTC offset."""
    first = (stretch.start + offset) // _DAY - 1
    last = (stretch.end + offset) // _DAY
    for day in range(first, last + 1):
        midnight = day * _DAY - offset
        for start, end in week.ranges(day + _EPOCH_ORDINAL, holiday):
            begin = max(midnight + start * _MINUTE, stretch.start)
            finish = min(midnight + end * _MINUTE, stretch.end)
            if begin < finish:
                yield Span(begin, finish)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans with those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _intersection(left: list[Span], right: list[Span]) -> list[Span]:
    found, ends = [], [span.end for span in right]
    for start, end in left:
        for index in range(bisect_right(ends, start), len(right)):
            other = right[index]
            if other.start >= end:
                break
            found.append(Span(max(start, other.start), min(end, other.end)))
    return found


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at


def _holiday_test(holidays: Holidays) -> Callable[[date], bool]:
    return holidays if callable(holidays) else holidays.__contains__


def _read_day(day: str, ranges: Any) -> tuple[Range, ...]:
    if not isinstance(ranges, list):
        raise ValueError(f"{day}: expected a list of ranges")
    read = sorted(_read_range(day, one) for one in ranges)
    for (_, end), (start, _) in pairwise(read):
        if start < end:
            raise ValueError(f"{day}: ranges overlap at {_write_minute(start)}")
    return tuple(read)


def _read_range(day: str, stored: Any) -> Range:
    if not isinstance(stored, list | tuple) or len(stored) != 2:
        raise ValueError(f'{day}: a range is two times, such as ["08:00", "20:00"]')
    start = _read_minute(day, stored[0])
    end = _DAY_MINUTES if stored[1] == "24:00" else _read_minute(day, stored[1])
    return start, end if end > start else end + _DAY_MINUTES


def _read_minute(day: str, text: Any) -> int:
    match = _read_clock(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f'{day}: {text!r} is no time, expected 24-hour "HH:MM"')
    return int(match[1]) * 60 + int(match[2])


def _write_day(ranges: tuple[Range, ...]) -> list[list[str]]:
    return [[_write_minute(start), _write_end(end)] for start, end in ranges]


def _write_end(end: int) -> str:
    return "24:00" if end == _DAY_MINUTES else _write_minute(end % _DAY_MINUTES)


def _write_minute(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
