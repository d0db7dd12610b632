"""The week as a picture: 7 rows of 24 hours, with the same in words for who does not see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hub.lib.money import locale_of, show_number
from hub.lib.windows import Range, Week, open_hours

DAY_MINUTES: Final = 24 * 60
WEEK_HOURS: Final = 7 * 24
LEFT: Final = 38
WIDTH: Final = 456
TOP: Final = 18
ROW: Final = 15
BAR: Final = 12


class Bar(NamedTuple):
    """An open stretch of a day; positions in the units of the picture's viewBox."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    y: int
    text_y: int
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Mark:
    """An hour written above the picture."""

    x: int
    anchor: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What `senders/_hours_picture.html` draws: classes only, no colour, no style."""

    title: str
    description: str
    rows: list[Row]
    marks: list[Mark]
    now_x: str | None
    left: int = LEFT
    width: int = WIDTH
    bar: int = BAR
    view_width: int = LEFT + WIDTH
    view_height: int = TOP + 7 * ROW + 2


def draw(week: Week, now: datetime | None = None) -> Picture:
    """The picture of `week`; `now`, an instant on its own wall clock, is marked when given."""
    hours = open_hours(week)
    title = _("Sending hours: %(open)s of %(all)s hours a week") % {
        "open": show_hours(hours),
        "all": WEEK_HOURS,
    }
    stretches = _by_day(week)
    rows = [
        Row(
            name,
            TOP + index * ROW,
            TOP + index * ROW + 10,
            [Bar(_x(start), _length(end - start)) for start, end in stretches[index]],
        )
        for index, name in enumerate(day_names("abbreviated"))
    ]
    now_x = None if now is None else _x(now.hour * 60 + now.minute)
    return Picture(title, sentence(week), rows, _marks(), now_x)


def sentence(week: Week) -> str:
    """ "Monday to Friday 08:00–20:00; Saturday and Sunday closed; public holidays closed" """
    names = day_words("wide")
    told = [
        f"{_days(names, [index for index, _ranges in group])} {_ranges_in_words(ranges)}"
        for ranges, group in groupby(enumerate(week.days), key=lambda pair: pair[1])
    ]
    if week.holiday is not None:
        holidays = _("public holidays")
        told.append(f"{holidays} {_ranges_in_words(week.holiday)}")
    text = pgettext("between the parts of an enumeration", "; ").join(told)
    return f"{text[:1].upper()}{text[1:]}."


def day_words(width: str) -> list[str]:
    """Monday first, as they stand inside a sentence of the reader's language."""
    days = locale_of(get_language() or "en").days["stand-alone"][width]
    return [days[index].rstrip(".") for index in range(7)]


def day_names(width: str) -> list[str]:
    """Monday first, capitalised as labels; `width` is wide or abbreviated."""
    return [f"{name[:1].upper()}{name[1:]}" for name in day_words(width)]


def show_hours(hours: float) -> str:
    """68, or 67 h 30 as "67.5" in the reader's notation."""
    whole = int(hours)
    language = get_language() or "en"
    if hours == whole:
        return show_number(whole, language)
    mark = locale_of(language).number_symbols["latn"]["decimal"]
    return f"{show_number(whole, language)}{mark}{round((hours - whole) * 100):02d}".rstrip("0")


def show_range(start: int, end: int) -> str:
    """ "22:00–06:00 (next day)" of minutes since the day's midnight."""
    told = f"{_clock(start)}–{_clock(end)}"
    return _("%(hours)s (next day)") % {"hours": told} if end > DAY_MINUTES else told


def _ranges_in_words(ranges: Sequence[Range]) -> str:
    if not ranges:
        return _("closed")
    return ", ".join(show_range(start, end) for start, end in ranges)


def _days(names: list[str], run: list[int]) -> str:
    if len(run) == 1:
        return names[run[0]]
    words = {"first": names[run[0]], "last": names[run[-1]]}
    if len(run) == 2:
        return _("%(first)s and %(last)s") % words
    return _("%(first)s to %(last)s") % words


def _by_day(week: Week) -> list[list[Range]]:
    """Open stretches inside each day: what runs past midnight stands in both days."""
    days: list[list[Range]] = [[] for _day in range(7)]
    for index, ranges in enumerate(week.days):
        for start, end in ranges:
            days[index].append((start, min(end, DAY_MINUTES)))
            if end > DAY_MINUTES:
                days[(index + 1) % 7].append((0, end - DAY_MINUTES))
    return [sorted(stretches) for stretches in days]


def _marks() -> list[Mark]:
    places = ((0, "start"), (6, "middle"), (12, "middle"), (18, "middle"), (24, "end"))
    return [Mark(LEFT + WIDTH * hour // 24, anchor, f"{hour:02d}:00") for hour, anchor in places]


def _x(minute: int) -> str:
    return f"{LEFT + minute * WIDTH / DAY_MINUTES:.1f}"


def _length(minutes: int) -> str:
    return f"{minutes * WIDTH / DAY_MINUTES:.1f}"


def _clock(minute: int) -> str:
    if minute == DAY_MINUTES:
        return "24:00"
    minute %= DAY_MINUTES
    return f"{minute // 60:02d}:{minute % 60:02d}"
