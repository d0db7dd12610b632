"""Money, numbers and times as people read them. Integers and decimals only, never a float."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import NumberPattern, format_decimal, get_currency_precision, parse_pattern

MICRO: Final = 1_000_000

WhenStyle = Literal["date", "long_date", "time", "short", "medium", "long"]

_LOCALES: Final = {"en": "en_GB", "fr": "fr_FR"}
_DEFAULT_LANGUAGE: Final = "en"
_MICRO_DIGITS: Final = 6


def show_money(micro: int, currency: str, language: str, *, digits: int | None = None) -> str:
    """`micro` millionths of `currency` (ISO 4217): "1 182,40 €" in French, "€1,182.40" in English.

    Exact by default: at least the currency's own digits, more only for fractions of them, so the
    price of a part is never shown as zero. `digits` fixes the number, rounding towards zero.
    """
    least = get_currency_precision(currency)
    if digits is None:
        places = max(least, _MICRO_DIGITS - _trailing_zeros(micro))
    else:
        places = digits
        micro = _cut(micro, 10 ** (_MICRO_DIGITS - digits))
    pattern = _money_pattern(language, places)
    amount = Decimal(micro).scaleb(-_MICRO_DIGITS)
    return str(pattern.apply(amount, locale_of(language), currency=currency, currency_digits=False))


@lru_cache(maxsize=4096)
def show_number(n: int, language: str) -> str:
    """A whole number, grouped: "80 000" (narrow no-break space) in French, "80,000" in English."""
    return format_decimal(n, locale=locale_of(language))


def show_amount(micro: int, language: str) -> str:
    """The amount without its currency, with two digits or more, as typed into a field."""
    places = max(2, _MICRO_DIGITS - _trailing_zeros(micro))
    pattern = "#,##0." + "0" * places
    return format_decimal(
        Decimal(micro).scaleb(-_MICRO_DIGITS), format=pattern, locale=locale_of(language)
    )


def show_when(dt: datetime, zone: str, language: str, style: WhenStyle = "medium") -> str:
    """An aware instant on the 24-hour wall clock of `zone`; "long" and "long_date" spell the month.

    ValueError for a naive `dt`.
    """
    if dt.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    local = dt.astimezone(_zone(zone))
    if style in ("date", "long_date"):
        return _date_words(local.date(), "medium" if style == "date" else "long", language)
    clock = _clock(local.hour, local.minute, language)
    if style == "time":
        return clock
    frame = str(locale_of(language).datetime_formats["long" if style == "long" else "short"])
    return frame.replace("{1}", _date_words(local.date(), style, language)).replace("{0}", clock)


@cache
def locale_of(language: str) -> Locale:
    """Babel's locale of a Django language code; English (GB) for languages we do not speak."""
    base = language.lower().partition("-")[0].partition("_")[0]
    return Locale.parse(_LOCALES.get(base, _LOCALES[_DEFAULT_LANGUAGE]))


@cache
def _money_pattern(language: str, places: int) -> NumberPattern:
    standard = locale_of(language).currency_formats["standard"]
    pattern = parse_pattern(standard.pattern)
    pattern.frac_prec = (places, places)
    return pattern


# A page words the same days and minutes again and again, and Babel takes its time.
@lru_cache(maxsize=4096)
def _date_words(day: date, style: str, language: str) -> str:
    locale = locale_of(language)
    shown = format_date(day, style, locale=locale)
    if locale.language == "fr" and shown.startswith("1 "):
        return "1er" + shown[1:]
    return shown


@lru_cache(maxsize=4096)
def _clock(hour: int, minute: int, language: str) -> str:
    return format_time(time(hour, minute), "short", locale=locale_of(language))


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _trailing_zeros(micro: int) -> int:
    zeros = 0
    while zeros < _MICRO_DIGITS and micro % 10 == 0:
        micro //= 10
        zeros += 1
    return zeros


def _cut(micro: int, unit: int) -> int:
    return micro // unit * unit if micro >= 0 else -(-micro // unit * unit)
