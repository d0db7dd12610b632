"""Time zones in the reader's words: cities, regions, the present time and offset."""

from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

from hub.lib.money import locale_of
from hub.lib.zones import UTC_NAME, zone_names

Text = str | Promise
Choices = list[tuple[str, str]]

REGIONS: Final[dict[str, Text]] = {
    "Africa": pgettext_lazy("region", "Africa"),
    "America": pgettext_lazy("region", "America"),
    "Antarctica": pgettext_lazy("region", "Antarctica"),
    "Arctic": pgettext_lazy("region", "Arctic"),
    "Asia": pgettext_lazy("region", "Asia"),
    "Atlantic": pgettext_lazy("region", "Atlantic"),
    "Australia": pgettext_lazy("region", "Australia"),
    "Europe": pgettext_lazy("region", "Europe"),
    "Indian": pgettext_lazy("region", "Indian Ocean"),
    "Pacific": pgettext_lazy("region", "Pacific"),
    UTC_NAME: pgettext_lazy("region", "World"),
}


def zone_choices() -> list[tuple[Text, Choices]]:
    """Every zone in use, grouped by region, each with its city, present time and offset."""
    now = datetime.now(UTC)
    return [
        (
            REGIONS.get(region, region),
            [(name, f"{city}, {_clock(name, now)}") for name, city in some],
        )
        for region, some in _cities(get_language() or "en")
    ]


def zone_in_words(zone: str, now: datetime | None = None) -> str:
    """ "Paris, 14:32 (UTC+01:00)", in the reader's language."""
    return f"{city_of(zone)}, {_clock(zone, now or datetime.now(UTC))}"


def city_of(zone: str) -> str:
    """The zone's exemplar city in the reader's language (CLDR)."""
    return _city(zone, get_language() or "en")


def _clock(zone: str, now: datetime) -> str:
    local = now.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z").replace("-", "−")
    return f"{local:%H:%M} (UTC{offset[:3]}:{offset[3:5]})"


@cache
def _cities(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
    regions = groupby(zone_names(), lambda name: name.partition("/")[0])
    return [
        (
            region,
            sorted(
                ((name, _city(name, language)) for name in names), key=lambda two: sort_key(two[1])
            ),
        )
        for region, names in regions
    ]


@cache
def _city(zone: str, language: str) -> str:
    if zone == UTC_NAME:
        return UTC_NAME
    return str(get_timezone_location(zone, locale=locale_of(language), return_city=True))


def sort_key(name: str) -> str:
    """Letters with accents stand with their plain ones."""
    return name.translate(str.maketrans("ÅÉÎÔéÈ", "AEIOeE")).casefold()
