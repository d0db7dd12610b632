""" "Right now for your recipients": the saved hours at this instant, zone by zone."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from pytz import country_timezones

from accounts.models import Account
from contacts.models import Contact
from hub.lib.money import locale_of
from hub.lib.places import place_of
from hub.lib.windows import Clock, UnknownZone, Week, holiday_calendar, zone_of
from senders.hours_picture import day_words
from senders.models import SendingSettings

MOST_ZONES: Final = 5
CONTACTS_READ: Final = 500
# Parts of a country that keep another time under a country code of their own (ISO 3166).
OVERSEAS: Final = {
    "FR": ("RE", "GP", "NC"),
    "GB": ("GI", "BM", "FK"),
    "NL": ("CW", "AW"),
    "US": ("PR", "GU"),
    "DK": ("FO", "GL"),
}


class Where(NamedTuple):
    """A zone people are in, and the country whose holidays they keep ("" when not known)."""

    zone: str
    country: str


@dataclass(frozen=True, slots=True)
class ZoneNow:
    """A line of the preview: where, what the clock shows there, and what happens to a message."""

    city: str
    time: str
    is_open: bool
    words: str


def right_now(
    account: Account, settings: SendingSettings, week: Week, now: datetime
) -> list[ZoneNow]:
    """What would happen to a message to each of a few places at `now`; needs the scope."""
    places = places_of_contacts(account) or usual_places(account)
    return [_line(where, account, settings, week, now) for where in places[:MOST_ZONES]]


def places_of_contacts(account: Account) -> list[Where]:
    """The zones most contacts are in, of at most 500 contacts; numbers of many zones are left."""
    some = Contact.objects.for_account(account).values_list("number", "time_zone")[:CONTACTS_READ]
    seen: Counter[Where] = Counter()
    for number, zone in some:
        place = place_of(number)
        zones = (zone,) if zone else place.zones
        if len(zones) == 1 and _is_zone(zones[0]):
            seen[Where(zones[0], place.country or "")] += 1
    return [where for where, _count in sorted(seen.items(), key=lambda item: (-item[1], item[0]))]


def usual_places(account: Account) -> list[Where]:
    """The account's own zone, then zones of its country and of what belongs to it overseas."""
    country = account.country
    found = [Where(account.time_zone, country)]
    for code in (country, *OVERSEAS.get(country, ())):
        found += [Where(zone, code) for zone in country_timezones.get(code, [])[:3]]
    by_zone = {where.zone: where for where in reversed(found)}
    return [by_zone[zone] for zone in dict.fromkeys(where.zone for where in found)]


def _line(
    where: Where, account: Account, settings: SendingSettings, week: Week, now: datetime
) -> ZoneNow:
    by_account = settings.hours_clock == SendingSettings.Clock.ACCOUNT
    ruling = Where(account.time_zone, account.country) if by_account else where
    clock = Clock(week, now, holiday_calendar(ruling.country))
    is_open = clock.open((ruling.zone,))
    words = _("Sending") if is_open else _held(clock.next_open((ruling.zone,)), where, now)
    local = now.astimezone(ZoneInfo(where.zone))
    return ZoneNow(city(where.zone), f"{local:%H:%M}", is_open, words)


def _held(opens: datetime | None, where: Where, now: datetime) -> str:
    if opens is None:
        return _("Held: no open hour in the next 15 days")
    local = opens.astimezone(ZoneInfo(where.zone))
    when = f"{local:%H:%M}"
    if opens - now >= timedelta(days=1):
        when = f"{day_words('wide')[local.weekday()]} {when}"
    return _("Held until %(when)s, in %(wait)s") % {"when": when, "wait": show_wait(opens - now)}


def show_wait(wait: timedelta) -> str:
    """ "7 h 28 min", "2 days 3 h": rounded up to the minute, two units at most."""
    minutes = -(-int(wait.total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        told = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
        more = _("%(n)d h") % {"n": hours}
        return f"{told} {more}" if hours else told
    if not hours:
        return _("%(n)d min") % {"n": rest}
    told = _("%(n)d h") % {"n": hours}
    more = _("%(n)d min") % {"n": rest}
    return f"{told} {more}" if rest else told


def city(zone: str) -> str:
    """The zone's exemplar city in the reader's language (CLDR)."""
    name: str = get_timezone_location(
        zone, locale=locale_of(get_language() or "en"), return_city=True
    )
    return name


def _is_zone(name: str) -> bool:
    try:
        zone_of(name)
    except UnknownZone:
        return False
    return True
