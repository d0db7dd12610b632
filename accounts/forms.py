from functools import cache
from typing import Any
from uuid import UUID

import pytz
from babel import Locale
from django import forms
from django.core.signing import BadSignature, Signer
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.names import LONGEST, NotAName, clean_name
from accounts.zones import sort_key, zone_choices
from hub.lib import line_field
from hub.lib.forms import ConsoleForm
from hub.lib.ids import uuid7
from hub.lib.money import locale_of
from hub.lib.zones import canonical

Choices = list[tuple[str, str]]


class NameField(line_field.NameField):
    """An account's name as accounts.names has it: an error says what is wrong with it."""

    default_error_messages = {
        "required": _("Enter a name."),
        "short": _("Enter at least 2 characters."),
        "long": _("Enter at most 80 characters."),
    }

    def fault(self, line: str) -> str:
        try:
            clean_name(line)
        except NotAName as refused:
            return refused.why
        return ""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "organization", "maxlength": LONGEST}


class GroupedSelect(forms.Select):
    """A select written in one go: four hundred options through templates took 25 ms."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        built = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        flat = format_html_join("", ' {}="{}"', ((key, text) for key, text in built.items()))
        groups = format_html_join(
            "",
            '<optgroup label="{}">{}</optgroup>',
            ((group, self._options(choices, str(value))) for group, choices in self.choices),
        )
        return format_html("<select{}>{}</select>", flat, groups)

    @staticmethod
    def _options(choices: Any, chosen: str) -> SafeString:
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (value, SafeString(" selected") if value == chosen else "", label)
                for value, label in choices
            ),
        )


class ZoneField(forms.ChoiceField):
    """A time zone by its IANA name. An old name is read as the one in use."""

    widget = GroupedSelect
    default_error_messages = {
        "required": _("Choose a time zone from the list."),
        "invalid_choice": _("Choose a time zone from the list."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zone_choices, **kwargs)
        self.widget.attrs["data-filter"] = _("Search a city or region")

    def to_python(self, value: Any) -> str:
        name = super().to_python(value)
        return canonical(name) or name

    def prepare_value(self, value: Any) -> Any:
        return canonical(str(value)) or value


class WhyForm(ConsoleForm):
    """The reason for a request to staff."""

    why = line_field.LineField(
        label=_("Why you need the change"),
        help_text=_("One line, for the support person who decides. Not required."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OpenAccountForm(ConsoleForm):
    """What a new account needs. `token` holds the id it will have, so that a second submit of a
    page names the same account; one that was not made for `owner` counts as none."""

    name = NameField(
        label=_("Account name"),
        help_text=_("Your company, or the part of it that sends. You can rename it later."),
    )
    country = forms.ChoiceField(
        label=_("Country"), help_text=_("Numbers without a country code are read as numbers here.")
    )
    time_zone = ZoneField(
        label=_("Time zone"), help_text=_("Used for reports, scheduling and sending hours.")
    )

    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, owner: UUID) -> None:
        self.signer = Signer(salt=f"accounts.open:{owner}")
        token = self.signer.sign(str(uuid7()))
        super().__init__(
            data, initial={"country": "FR", "time_zone": "Europe/Paris", "token": token}
        )
        self.fields["country"].choices = country_choices()  # type: ignore[attr-defined]
        self.fields["country"].widget.attrs["autocomplete"] = "country"

    def clean_token(self) -> UUID:
        try:
            return UUID(self.signer.unsign(self.cleaned_data["token"]))
        except BadSignature:
            return uuid7()


def country_choices() -> Choices:
    """ISO 3166 codes with their names in the reader's language, sorted by name."""
    return _countries(get_language() or "en")


@cache
def _countries(language: str) -> Choices:
    locale: Locale = locale_of(language)
    named = [(code, locale.territories.get(code, code)) for code in pytz.country_names]
    return sorted(named, key=lambda choice: sort_key(choice[1]))
