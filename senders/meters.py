"""How much of the limits is used, from the account's own counters: two rows, never a count."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Account
from hub.lib.money import locale_of, show_number, show_when
from senders.models import SendingSettings, UsageCounter

WARN_AT: Final = 0.8
# A pace is a guess worth telling once the month is a day old.
_LEAST_ELAPSED: Final = timedelta(days=1)


class Period(NamedTuple):
    """A day or month of the account's zone: its counter's key and its bounds."""

    key: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Meter:
    """One limit beside what was used of it. `limit` None is no limit; `resets` ends the period."""

    id: str
    label: str
    used: int
    limit: int | None
    resets: datetime

    @property
    def words(self) -> str:
        language = get_language() or "en"
        used = show_number(self.used, language)
        if self.limit is None:
            return _("%(used)s used, no limit") % {"used": used}
        return _("%(used)s of %(limit)s") % {
            "used": used,
            "limit": show_number(self.limit, language),
        }

    @property
    def is_reached(self) -> bool:
        return self.limit is not None and self.used >= self.limit

    @property
    def is_high(self) -> bool:
        return self.limit is not None and self.used >= self.limit * WARN_AT

    @property
    def most(self) -> int:
        """The meter's end: 1 at least, because an empty scale says nothing."""
        return max(self.limit or 0, 1)

    @property
    def high(self) -> int:
        return int(self.most * WARN_AT)

    @property
    def shown(self) -> int:
        return min(self.used, self.most) if self.limit else self.most


@dataclass(frozen=True, slots=True)
class Meters:
    day: Meter
    month: Meter
    forecast: datetime | None

    def __iter__(self) -> Iterator[Meter]:
        return iter((self.day, self.month))


def read(account: Account, settings: SendingSettings, now: datetime) -> Meters:
    """Used and allowed parts of today and this month, and when the month's limit may be reached.

    Needs the account's scope. Counts what this account and those below it sent.
    """
    day, month = day_of(account, now), month_of(account, now)
    counters = UsageCounter.objects.for_account(account).filter(period__in=[day.key, month.key])
    used = dict(counters.values_list("period", "used"))
    this_month = Meter(
        "month", period_words(month.key), used.get(month.key, 0), settings.limit_month, month.ends
    )
    today = Meter("day", period_words(day.key), used.get(day.key, 0), settings.limit_day, day.ends)
    return Meters(today, this_month, forecast(this_month, month, now))


def period_words(key: str) -> str:
    """ "Today" for a day, "November" for a month, of a counter's key."""
    _year, month, *day = key.split("-")
    if day:
        return _("Today")
    name: str = locale_of(get_language() or "en").months["stand-alone"]["wide"][int(month)]
    return name[:1].upper() + name[1:]


def day_of(account: Account, now: datetime) -> Period:
    """The account's calendar day that holds `now`; 23 or 25 hours long at clock changes."""
    begins = now.astimezone(ZoneInfo(account.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return Period(f"{begins:%Y-%m-%d}", begins, begins + timedelta(days=1))


def month_of(account: Account, now: datetime) -> Period:
    """The account's calendar month that holds `now`."""
    begins = day_of(account, now).begins.replace(day=1)
    length = monthrange(begins.year, begins.month)[1]
    return Period(f"{begins:%Y-%m}", begins, begins + timedelta(days=length))


def forecast(meter: Meter, period: Period, now: datetime) -> datetime | None:
    """When the limit is reached at the period's pace so far; None when it is not, or is already."""
    elapsed = now - period.begins
    if not meter.limit or meter.is_reached or not meter.used or elapsed < _LEAST_ELAPSED:
        return None
    reached: datetime = period.begins + elapsed * (meter.limit / meter.used)
    return reached if reached < period.ends else None


def consequence(meter: Meter, over_limit: str, zone: str) -> str:
    """What a limit that is reached already does to messages, and until when."""
    hold = over_limit == SendingSettings.OverLimit.HOLD
    if meter.limit == 0:
        stays = _("The limit is 0: every message is held until you raise it.")
        return stays if hold else _("The limit is 0: every message is rejected until you raise it.")
    language = get_language() or "en"
    words = {
        "what": meter.label,
        "used": show_number(meter.used, language),
        "limit": show_number(meter.limit or 0, language),
        "until": show_when(meter.resets, zone, language, "medium"),
    }
    if hold:
        return (
            _(
                "%(what)s: %(used)s segments are used and the limit is %(limit)s. Messages are "
                "held from now on, until %(until)s."
            )
            % words
        )
    return (
        _(
            "%(what)s: %(used)s segments are used and the limit is %(limit)s. Messages are "
            "rejected from now on, until %(until)s."
        )
        % words
    )
