"""The money on the dashboard: what there is, how it went this month, how long it lasts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from babel.dates import format_skeleton
from babel.numbers import format_compact_currency
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.balance import Balance
from billing.day_balances import Credit, Past, past_of
from hub.attention import days_left, part_price
from hub.charts import LineChart, Mark, Named, Point, round_steps
from hub.lib.money import MICRO, locale_of, show_money, show_number, show_when
from messaging.overview import Week
from senders.meters import Period, month_of

# Beyond this a forecast from a week is a guess.
FARTHEST: Final = 90
WHOLE_DAY: Final = timedelta(days=1)
MOST_LISTED: Final = 3
SHORT_FROM: Final = 10_000
# A line that never falls below this share of its top is drawn from near its own lowest point:
# from nought it would be flat.
FLAT: Final = 0.9


class DayRow(NamedTuple):
    """A day of the month: what came in ("" for nothing) and what could be spent at its end."""

    day: str
    credit: str
    left: str


class CreditRow(NamedTuple):
    """Money that was put in."""

    day: str
    amount: str


class BalanceCard(NamedTuple):
    """The card: a sentence that says the point, its picture ("" before two days are known), where
    its scale begins ("" for nought) and its numbers; what is held, how long it lasts."""

    sentence: str
    picture: SafeString | str
    begins: str
    rows: list[DayRow]
    credits: list[CreditRow]
    available: str
    held: str
    lasts: str


def balance_card(account: Account, balance: Balance, week: Week, now: datetime) -> BalanceCard:
    """The balance, in segments to the account's own country, over the month that holds `now`.

    Needs the scope. Reads the notes of the days, never the lines of the ledger.
    """
    month = month_of(account, now)
    past = past_of(account, month.begins, now.astimezone(month.begins.tzinfo))
    told, lasts = sentence(account, balance), _lasts(account, balance, week, now)
    line = _line(past, month, balance.available, now)
    chart = _chart(past, line, month, balance, f"{told} {lasts}") if len(line) > 1 else None
    return BalanceCard(
        told,
        chart.svg() if chart else "",
        _money(int(chart.base), balance) if chart and chart.base else "",
        _rows(past, month, balance, now),
        [_credit_row(one, balance, month) for one in reversed(past.credits[-MOST_LISTED:])],
        _money(balance.available, balance),
        _money(balance.held, balance),
        lasts,
    )


def sentence(account: Account, balance: Balance) -> str:
    """ "€182.40, about 3,040 segments to France." """
    money, part = _money(balance.available, balance), part_price(balance, account.country)
    if not part:
        return f"{money}."
    count = max(balance.available, 0) // part
    told = ngettext(
        "%(money)s, about %(n)s segment to %(country)s.",
        "%(money)s, about %(n)s segments to %(country)s.",
        count,
    )
    country = locale_of(_language()).territories.get(account.country, account.country)
    return told % {"money": money, "n": show_number(count, _language()), "country": country}


def _lasts(account: Account, balance: Balance, week: Week, now: datetime) -> str:
    days = days_left(balance, week, account.country)
    if days is None:
        return _("Nothing was sent in the last 7 days, so there is no forecast.")
    if days > FARTHEST:
        return _("At the pace of the last 7 days it lasts more than three months.")
    zone = timezone.get_current_timezone_name()
    until = show_when(now + timedelta(days=days), zone, _language(), "long_date")
    return _("At the pace of the last 7 days it lasts until %(day)s.") % {"day": until}


def _line(past: Past, month: Period, available: int, now: datetime) -> list[Point]:
    """From the end of the month before, or the first known day, to now."""
    begins, today = month.begins.date(), now.astimezone(month.begins.tzinfo).date()
    points = [
        Point(max((day - begins).days + 1, 0), amount)
        for day, amount in past.days.items()
        if day < today
    ]
    filled = list[Point]()
    for point in points:
        if filled and point.x > filled[-1].x + 1:  # a day without a note ended as it began
            filled.append(Point(point.x - 1, filled[-1].y))
        filled.append(point)
    elapsed = (now - month.begins) / WHOLE_DAY
    if filled and elapsed > filled[-1].x + 1:
        filled.append(Point(int(elapsed), filled[-1].y))
    return [*filled, Point(elapsed, available)]


def _chart(
    past: Past, line: Sequence[Point], month: Period, balance: Balance, told: str
) -> LineChart:
    least, most = (end(point.y for point in line) / MICRO for end in (min, max))
    steps = round_steps(most, base=least if most > least > most * FLAT else 0)
    days = round((month.ends - month.begins) / WHOLE_DAY)
    return LineChart(
        id="balance",
        title=_("Balance this month"),
        description=told,
        days=days,
        top=steps[-1] * MICRO,
        base=steps[0] * MICRO,
        line=line,
        x_marks=[Mark(day - 0.5, str(day)) for day in (1, 8, 15, 22, days)],
        y_marks=[Mark(value * MICRO, _axis_money(value, steps, balance)) for value in steps],
        named=[_named(one, line, month, balance) for one in past.credits],
    )


def _named(credit: Credit, line: Sequence[Point], month: Period, balance: Balance) -> Named:
    """Stands where the day of the credit ended, which is now for today's."""
    day = (credit.at.astimezone(month.begins.tzinfo).date() - month.begins.date()).days + 1
    ended = next((point for point in line if point.x >= day), line[-1])
    return Named(ended, f"+{_short_money(credit.amount // MICRO, balance.currency)}")


def _rows(past: Past, month: Period, balance: Balance, now: datetime) -> list[DayRow]:
    zone, today = month.begins.tzinfo, now.astimezone(month.begins.tzinfo).date()
    came = dict[date, int]()
    for one in past.credits:
        day = one.at.astimezone(zone).date()
        came[day] = came.get(day, 0) + one.amount
    ends = {**past.days, today: balance.available}
    days = sorted(day for day in {*ends, *came} if day >= month.begins.date())
    known = next((ends[day] for day in sorted(ends) if day < month.begins.date()), None)
    rows = []
    for day in days:
        known = ends.get(day, known)
        credit = f"+{_money(came[day], balance)}" if day in came else ""
        left = "" if known is None else _money(known, balance)
        rows.append(DayRow(_short(day), credit, left))
    return rows


def _credit_row(credit: Credit, balance: Balance, month: Period) -> CreditRow:
    day = credit.at.astimezone(month.begins.tzinfo).date()
    return CreditRow(_short(day), f"+{_money(credit.amount, balance)}")


def _short(day: date) -> str:
    """ "26 Nov" """
    return str(format_skeleton("MMMd", day, locale=locale_of(_language())))


def _short_money(whole: int, currency: str) -> str:
    """ "€200", "€100K": beside an axis there is little room."""
    if whole < SHORT_FROM:
        return show_money(whole * MICRO, currency, _language(), digits=0)
    locale = locale_of(_language())
    return str(format_compact_currency(whole, currency, fraction_digits=1, locale=locale))


def _axis_money(whole: int, steps: Sequence[int], balance: Balance) -> str:
    """Short where the scale begins at nought; else in full, since only the last digits differ."""
    if not steps[0]:
        return _short_money(whole, balance.currency)
    return show_money(whole * MICRO, balance.currency, _language(), digits=0)


def _money(micro: int, balance: Balance) -> str:
    return show_money(micro, balance.currency, _language(), digits=2)


def _language() -> str:
    return get_language() or "en"
