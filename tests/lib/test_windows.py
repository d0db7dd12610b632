import random
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
import pytz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.lib.windows import (
    DAYS,
    Clock,
    UnknownZone,
    Week,
    closes_at,
    holiday_calendar,
    is_holiday,
    is_open,
    next_open,
    open_hours,
)

MINUTE = timedelta(minutes=1)
ZONES = sorted(set(pytz.all_timezones) & available_timezones() - {"Factory", "localtime"})
HARD = [
    "Africa/Cairo", "Asia/Beirut", "America/Havana", "America/Santiago", "Atlantic/Azores",
    "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Casablanca", "America/St_Johns",
    "Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "America/Scoresbysund", "America/Nuuk", "America/Asuncion", "Africa/El_Aaiun",
    "Europe/Paris", "America/New_York", "Australia/Sydney", "Europe/Dublin", "Asia/Gaza",
]  # fmt: skip
OFFICE = {day: [["08:00", "20:00"]] for day in DAYS[:6]} | {"sun": [], "hol": []}
NIGHT = {day: [["22:00", "06:30"]] for day in DAYS}
SPLIT = {day: [["00:00", "01:30"], ["02:30", "12:00"], ["23:15", "00:20"]] for day in DAYS}
FRENCH_HOLIDAYS = frozenset({date(2026, 5, 1), date(2026, 5, 8), date(2026, 12, 25)})


# The oracle: pytz tells the wall clock of each minute; the stored JSON is read as text.


def wall_is_open(stored: dict[str, Any], wall: datetime, holidays: frozenset[date]) -> bool:
    today, now = wall.date(), wall.strftime("%H:%M")
    yesterday = today - timedelta(days=1)
    for start, end in oracle_day(stored, today, holidays):
        if start < end and start <= now < end:
            return True
        if end <= start <= now:
            return True
    return any(end <= start and now < end for start, end in oracle_day(stored, yesterday, holidays))


def oracle_day(stored: dict[str, Any], day: date, holidays: frozenset[date]) -> Any:
    if day in holidays and stored.get("hol") is not None:
        return stored["hol"]
    return stored.get(DAYS[day.weekday()], [])


def oracle_open(stored: Any, zone: str, at: datetime, holidays: frozenset[date]) -> bool:
    return wall_is_open(stored, at.astimezone(pytz.timezone(zone)), holidays)


class Oracle:
    """Scans minute by minute, with offsets looked up in pytz's list of changes (for speed)."""

    def __init__(self, stored: Any, zones: list[str], holidays: frozenset[date]) -> None:
        self.stored, self.holidays, self.zones = stored, holidays, zones
        self.memo: dict[datetime, bool] = {}

    def wall(self, zone: str, naive_utc: datetime) -> datetime:
        info: Any = pytz.timezone(zone)
        if not hasattr(info, "_utc_transition_times"):
            return naive_utc + (info.utcoffset(naive_utc) or timedelta())
        index = max(0, bisect_right(info._utc_transition_times, naive_utc) - 1)
        offset: timedelta = info._transition_info[index][0]
        return naive_utc + offset

    def open(self, naive_utc: datetime) -> bool:
        return all(self.wall_open(self.wall(zone, naive_utc)) for zone in self.zones)

    def wall_open(self, wall: datetime) -> bool:
        if wall not in self.memo:
            self.memo[wall] = wall_is_open(self.stored, wall, self.holidays)
        return self.memo[wall]

    def first(self, after: datetime, wanted: bool) -> datetime | None:
        """First instant >= after, `after` itself or a whole minute, with the wanted answer."""
        at = after.replace(tzinfo=None)
        if self.open(at) == wanted:
            return after
        at = at.replace(second=0, microsecond=0) + MINUTE
        end = after.replace(tzinfo=None) + timedelta(days=15)
        while at < end:
            if self.open(at) == wanted:
                return at.replace(tzinfo=UTC)
            at += MINUTE
        return None


def changes(zone: str) -> Iterator[datetime]:
    for moment in getattr(pytz.timezone(zone), "_utc_transition_times", []):
        if 2026 <= moment.year <= 2027:
            yield moment.replace(tzinfo=UTC)


minutes = st.integers(0, 24 * 60 - 1).map(lambda m: f"{m // 60:02d}:{m % 60:02d}")


@st.composite
def day_ranges(draw: st.DrawFn) -> list[list[str]]:
    kind = draw(st.sampled_from(["closed", "all", "one", "two", "night", "until midnight"]))
    points = sorted(draw(st.lists(minutes, min_size=4, max_size=4, unique=True)))
    return {
        "closed": [],
        "all": [["00:00", "24:00"]],
        "one": [points[:2]],
        "two": [points[:2], points[2:]],
        "night": [points[:2], [points[3], points[0]]],
        "until midnight": [[points[0], "24:00"]],
    }[kind]


weeks = st.one_of(
    st.sampled_from([OFFICE, NIGHT, SPLIT]),
    st.fixed_dictionaries(
        {day: day_ranges() for day in DAYS}, optional={"hol": st.none() | day_ranges()}
    ),
)
near_a_change = st.sampled_from(
    [
        (zone, moment)
        for zone in HARD
        for moment in [*changes(zone), datetime(2026, 5, 1, tzinfo=UTC)]
    ]
)
offsets = st.integers(-3 * 24 * 3600, 6 * 3600).map(lambda s: timedelta(seconds=s))
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def test_every_zone_agrees_with_the_oracle_around_every_clock_change() -> None:
    checked, chance = 0, random.Random(3)
    for number, zone in enumerate(ZONES):
        stored = (OFFICE, NIGHT, SPLIT)[number % 3]
        week, oracle = Week.parse(stored), Oracle(stored, [zone], FRENCH_HOLIDAYS)
        moments = [datetime(2026, 4, 30, 22, tzinfo=UTC), *changes(zone)]
        for moment in moments[:9]:
            start = moment - timedelta(minutes=chance.randint(40, 150))
            for _ in range(45):
                at = start + MINUTE * chance.randint(0, 330)
                assert is_open(week, zone, at, FRENCH_HOLIDAYS) == oracle.open(
                    at.replace(tzinfo=None)
                ), (zone, at)
                checked += 1
    assert checked > 20_000


@pytest.mark.parametrize("zone", HARD)
def test_hard_zones_agree_minute_by_minute_around_every_clock_change(zone: str) -> None:
    for stored in (SPLIT, NIGHT):
        week = Week.parse(stored)
        for moment in changes(zone):
            for minute in range(-26 * 60, 3 * 60, 3):
                at = moment + MINUTE * minute
                assert is_open(week, zone, at) == oracle_open(stored, zone, at, frozenset())


@QUICK
@given(weeks, near_a_change, offsets, st.sampled_from([frozenset(), FRENCH_HOLIDAYS]))
def test_next_open_is_the_first_open_minute(
    stored: Any, near: tuple[str, datetime], offset: timedelta, holidays: frozenset[date]
) -> None:
    zone, moment = near
    after, week = moment + offset, Week.parse(stored)
    wanted = Oracle(stored, [zone], holidays).first(after, wanted=True)
    assert next_open(week, [zone], after, holidays) == wanted


@QUICK
@given(weeks, near_a_change, offsets, st.sampled_from(HARD))
def test_closing_is_the_first_closed_minute(
    stored: Any, near: tuple[str, datetime], offset: timedelta, other: str
) -> None:
    zone, moment = near
    at, week = moment + offset, Week.parse(stored)
    wanted = Oracle(stored, [zone, other], frozenset()).first(at, wanted=False)
    assert closes_at(week, [zone, other], at) == wanted


@settings(QUICK, max_examples=25)
@given(weeks, near_a_change, offsets, st.lists(st.sampled_from(HARD), min_size=1, max_size=3))
def test_several_zones_open_together_at_the_first_common_minute(
    stored: Any, near: tuple[str, datetime], offset: timedelta, others: list[str]
) -> None:
    zone, moment = near
    zones, after = [zone, *others], moment + offset
    oracle = Oracle(stored, zones, frozenset())
    assert next_open(Week.parse(stored), zones, after) == oracle.first(after, wanted=True)


@QUICK
@given(weeks, near_a_change, offsets, st.lists(st.sampled_from(HARD), min_size=1, max_size=3))
def test_a_clock_and_single_questions_give_the_same_answers(
    stored: Any, near: tuple[str, datetime], offset: timedelta, zones: list[str]
) -> None:
    week, at = Week.parse(stored), near[1] + offset
    clock = Clock(week, at)
    for chosen in ([near[0]], zones, [near[0], *zones]):
        opened = all(is_open(week, zone, at) for zone in chosen)
        assert clock.open(chosen) == opened
        assert (clock.next_open(chosen) == at) == opened
        assert (clock.closes_at(chosen) == at) == (not opened)


def test_the_bounds_of_a_range_are_half_open() -> None:
    week = Week.parse(OFFICE)
    day = datetime(2026, 6, 1, tzinfo=UTC)
    for clock, wanted in {
        "07:59:59.999999": False, "08:00:00": True, "19:59:59.999999": True, "20:00:00": False,
    }.items():  # fmt: skip
        at = datetime.fromisoformat(f"{day.date()}T{clock}+00:00")
        assert is_open(week, "Etc/UTC", at) is wanted


def test_the_hour_that_does_not_exist_is_skipped_and_the_doubled_one_counts_twice() -> None:
    week = Week.parse({day: [["02:15", "02:45"]] for day in DAYS})
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)  # Paris: 02:00 -> 03:00 on the 29th
    assert next_open(week, ["Europe/Paris"], spring) == datetime(2026, 3, 30, 0, 15, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)  # 03:00 -> 02:00 on the 25th
    first = next_open(week, ["Europe/Paris"], autumn)
    assert first == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    again = closes_at(week, ["Europe/Paris"], first)
    assert again == datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert next_open(week, ["Europe/Paris"], again) == datetime(2026, 10, 25, 1, 15, tzinfo=UTC)


def test_an_overnight_range_belongs_to_the_day_it_starts_on() -> None:
    week = Week.parse({"fri": [["22:00", "02:00"]], "hol": []})
    holiday = frozenset({date(2026, 5, 1)})  # a Friday
    night = datetime(2026, 5, 2, 1, tzinfo=UTC)
    assert is_open(week, "Etc/UTC", night)
    assert not is_open(week, "Etc/UTC", night, holiday)
    assert is_open(week, "Etc/UTC", night, frozenset({date(2026, 5, 2)}))


def test_without_holiday_hours_a_holiday_is_its_weekday() -> None:
    at = datetime(2026, 5, 1, 10, tzinfo=UTC)
    open_fridays = {"fri": [["08:00", "20:00"]]}
    for stored in (open_fridays, open_fridays | {"hol": None}):
        assert is_open(Week.parse(stored), "Etc/UTC", at, holiday_calendar("FR"))
    shut = Week.parse(open_fridays | {"hol": []})
    assert not is_open(shut, "Etc/UTC", at, holiday_calendar("FR"))


def test_hours_without_any_range_never_open() -> None:
    week = Week.parse({})
    at = datetime(2026, 5, 1, tzinfo=UTC)
    assert next_open(week, ["Etc/UTC"], at) is None
    assert closes_at(week, ["Etc/UTC"], at) == at
    assert open_hours(week) == 0


def test_zones_without_a_common_hour_never_open_together() -> None:
    week = Week.parse({day: [["09:00", "17:00"]] for day in DAYS})
    at = datetime(2026, 5, 1, tzinfo=UTC)
    assert next_open(week, ["Europe/Paris", "America/Los_Angeles"], at) is None


def test_hours_that_never_close_have_no_end() -> None:
    at = datetime(2026, 10, 20, 3, 4, 5, 6, tzinfo=UTC)
    for week in (Week.always(), Week.parse({day: [["08:00", "08:00"]] for day in DAYS})):
        assert closes_at(week, ["Europe/Paris", "Asia/Tokyo"], at) is None
        assert next_open(week, ["Europe/Paris", "Asia/Tokyo"], at) == at
        assert open_hours(week) == 168


def test_open_hours_count_a_minute_once() -> None:
    assert open_hours(Week.parse(OFFICE)) == 72
    assert open_hours(Week.parse(NIGHT)) == 59.5
    overlap = {"sun": [["22:00", "08:00"]], "mon": [["06:00", "10:00"]]}
    assert open_hours(Week.parse(overlap)) == 12


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Phobos", "europe/paris", "Factory", "../zones", "/etc/passwd", "UTC+1", "CE\0T"],
)
def test_an_unknown_zone_is_never_open(name: str) -> None:
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    for ask in (
        lambda: is_open(Week.always(), name, at),
        lambda: next_open(Week.always(), [name], at),
        lambda: closes_at(Week.always(), ["Etc/UTC", name], at),
        lambda: Clock(Week.parse({}), at).open(["Etc/UTC", name]),
    ):
        with pytest.raises(UnknownZone):
            ask()


def test_no_zone_at_all_is_never_open() -> None:
    clock = Clock(Week.always(), datetime(2026, 5, 4, 12, tzinfo=UTC))
    for ask in (clock.open, clock.next_open, clock.closes_at):
        with pytest.raises(UnknownZone):
            ask([])


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError):
        is_open(Week.always(), "Etc/UTC", datetime(2026, 5, 4, 12))  # noqa: DTZ001
    with pytest.raises(ValueError):
        Clock(Week.always(), datetime(2026, 5, 4, 12))  # noqa: DTZ001


@given(weeks)
def test_a_week_survives_storage(stored: Any) -> None:
    week = Week.parse(stored)
    assert Week.parse(week.to_json()) == week
    assert hash(week) == hash(Week.parse(week.to_json()))


@pytest.mark.parametrize(
    "stored",
    [
        None, [], "mon", {"monday": []}, {"mon": None}, {"mon": "08:00-20:00"},
        {"mon": [["08:00"]]},
        {"mon": [["8:00", "20:00"]]}, {"mon": [["08:00", "25:00"]]}, {"mon": [["24:00", "02:00"]]},
        {"mon": [["08:00", "20:00", "21:00"]]}, {"mon": [["08:60", "20:00"]]}, {"mon": [[8, 20]]},
        {"mon": [["08:00", "12:00"], ["11:59", "13:00"]]}, {"mon": [["٠٨:٠٠", "20:00"]]},
        {"mon": [["22:00", "02:00"], ["23:00", "24:00"]]}, {"mon": [["08:00", "24:01"]]},
        {"hol": "closed"}, {1: []},
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(stored: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Week.parse(stored)


def test_holidays_come_from_the_calendar_of_the_country() -> None:
    assert is_holiday("FR", date(2026, 7, 14))
    assert not is_holiday("US", date(2026, 7, 14))
    assert is_holiday("US", date(2026, 7, 4))
    assert not is_holiday("ZZ", date(2026, 1, 1))
    assert not is_holiday(None, date(2026, 1, 1))
