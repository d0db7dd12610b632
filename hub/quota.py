"""The month's limit burning down: what is left, at which pace, until when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from babel.dates import format_skeleton
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Account
from hub.charts import LineChart, Mark, Point, round_steps
from hub.lib.money import locale_of, show_number, show_when
from senders.meters import Meters, Period, month_of
from senders.models import UsageCounter

WEEK: Final = 7
WHOLE_DAY: Final = timedelta(days=1)


class WeekRow(NamedTuple):
    """Some days of the month, what they took and what was left after them ("" without a limit)."""

    days: str
    used: str
    left: str


class Quota(NamedTuple):
    """The card: a sentence that says the point, its picture, and the numbers of the picture."""

    sentence: str
    picture: SafeString
    rows: list[WeekRow]
    limited: bool


def quota_of(account: Account, meters: Meters, now: datetime) -> Quota:
    """The month that holds `now`, in parts. Needs the scope; reads a counter for each day."""
    month = month_of(account, now)
    used = _used_by_day(account, month, now)
    limit = meters.month.limit
    sentence = _sentence(account, meters, month)
    chart = _chart(meters, month, now, used, sentence)
    return Quota(sentence, chart.svg(), _rows(used, limit), limit is not None)


def _used_by_day(account: Account, month: Period, now: datetime) -> list[int]:
    """Parts of each day of the month so far; today's last."""
    today = now.astimezone(month.begins.tzinfo).day
    keys = [f"{month.key}-{day:02d}" for day in range(1, today + 1)]
    mine = UsageCounter.objects.for_account(account).filter(period__in=keys)
    found = dict(mine.values_list("period", "used"))
    return [found.get(key, 0) for key in keys]


def _sentence(account: Account, meters: Meters, month: Period) -> str:
    used, limit = meters.month.used, meters.month.limit
    zone, language = account.time_zone, get_language() or "en"
    if limit is None:
        told = ngettext(
            "%(n)s segment sent this month. No monthly limit is set.",
            "%(n)s segments sent this month. No monthly limit is set.",
            used,
        )
        return told % {"n": show_number(used, language)}
    if limit == 0:
        return _("The monthly limit is 0: nothing is sent.")
    if meters.month.is_reached:
        words = _("The limit of %(n)s segments is reached. It starts anew on %(day)s.")
        day = show_when(month.ends, zone, language, "long_date")
        return words % {"n": show_number(limit, language), "day": day}
    left = ngettext("%(n)s segment left.", "%(n)s segments left.", limit - used)
    told = left % {"n": show_number(limit - used, language)}
    if meters.forecast is None:
        return told + " " + _("At this pace they last until the month ends.")
    words = _("At this pace the limit is reached on %(day)s, %(early)s.")
    day = show_when(meters.forecast, zone, language, "long_date")
    return told + " " + words % {"day": day, "early": _early(meters.forecast, month)}


def _early(forecast: datetime, month: Period) -> str:
    local = forecast.astimezone(month.begins.tzinfo)
    days = (month.ends - WHOLE_DAY).day - local.day
    if not days:
        return _("on the last day of the month")
    told = ngettext("%(n)s day early", "%(n)s days early", days)
    return told % {"n": show_number(days, get_language() or "en")}


def _chart(
    meters: Meters, month: Period, now: datetime, used: Sequence[int], sentence: str
) -> LineChart:
    limit, language = meters.month.limit, get_language() or "en"
    days = round((month.ends - month.begins) / WHOLE_DAY)
    steps = round_steps(limit if limit is not None else meters.month.used)
    line = _line(used, limit, (now - month.begins) / WHOLE_DAY)
    ahead = meters.forecast
    return LineChart(
        id="quota",
        title=_("Segments sent this month") if limit is None else _("Segments left this month"),
        description=sentence,
        days=days,
        top=steps[-1],
        line=line,
        x_marks=[Mark(day - 0.5, str(day)) for day in (1, 8, 15, 22, days)],
        y_marks=[Mark(value, show_number(value, language)) for value in steps],
        steady=(Point(0, limit), Point(days, 0)) if limit else None,
        ahead=Point((ahead - month.begins) / WHOLE_DAY, 0) if ahead else None,
        ahead_label=_short(ahead, month) if ahead else "",
    )


def _short(at: datetime, month: Period) -> str:
    """ "26 Nov", in the month's own zone."""
    local = at.astimezone(month.begins.tzinfo)
    return str(format_skeleton("MMMd", local, locale=locale_of(get_language() or "en")))


def _line(used: Sequence[int], limit: int | None, elapsed: float) -> list[Point]:
    """Down from the limit, or up from nothing where there is none; its last point is now."""
    sums = [sum(used[:day]) for day in range(len(used) + 1)]
    at = [*range(len(used)), elapsed]
    if limit is None:
        return [Point(day, total) for day, total in zip(at, sums, strict=True)]
    return [Point(day, max(limit - total, 0)) for day, total in zip(at, sums, strict=True)]


def _rows(used: Sequence[int], limit: int | None) -> list[WeekRow]:
    language = get_language() or "en"
    rows = []
    for start in range(0, len(used), WEEK):
        end = min(start + WEEK, len(used))
        left = None if limit is None else max(limit - sum(used[:end]), 0)
        days = str(end) if end == start + 1 else f"{start + 1}–{end}"
        taken = show_number(sum(used[start:end]), language)
        rows.append(WeekRow(days, taken, "" if left is None else show_number(left, language)))
    return rows
