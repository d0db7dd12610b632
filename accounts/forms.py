from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytz
from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hub.lib.forms import ConsoleForm
from hub.lib.money import locale_of

Choices = list[tuple[str, str]]


class OpenAccountForm(ConsoleForm):
    name = forms.CharField(
        label=_("Account name"),
        min_length=2,
        max_length=80,
        help_text=_("Your company, or the part of it that sends. You can rename it later."),
        error_messages={"required": _("Enter a name.")},
    )
    country = forms.ChoiceField(
        label=_("Country"), help_text=_("Numbers without a country code are read as numbers here.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Used for reports, scheduling and sending hours.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        self.fields["name"].widget.attrs["autocomplete"] = "organization"
        self.fields["country"].widget.attrs["autocomplete"] = "country"


def country_choices() -> Choices:
    """ISO 3166 codes with their names in the reader's language, sorted by name."""
    return _countries(get_language() or "en")


def zone_choices() -> list[tuple[str, Choices]]:
    """The IANA zones people live in, grouped by region, each with its present offset from UTC."""
    now = datetime.now(UTC)
    regions: dict[str, Choices] = {}
    for name in pytz.common_timezones:
        region, _slash, place = name.partition("/")
        offset = now.astimezone(ZoneInfo(name)).strftime("%z")
        label = f"{(place or region).replace('_', ' ')} (UTC{offset[:3]}:{offset[3:]})"
        regions.setdefault(region if place else "UTC", []).append((name, label))
    return list(regions.items())


@cache
def _countries(language: str) -> Choices:
    locale: Locale = locale_of(language)
    named = [(code, locale.territories.get(code, code)) for code in pytz.country_names]
    return sorted(named, key=lambda choice: _sort_key(choice[1]))


def _sort_key(name: str) -> str:
    return name.translate(str.maketrans("ÅÉÎÔé", "AEIOe")).casefold()
