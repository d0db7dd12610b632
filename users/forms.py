from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.forms import NameField, ZoneField
from accounts.zones import zone_choices
from hub.lib.forms import ConsoleForm, Text


class OwnNameField(NameField):
    """A person's name, held to what an account's is: it stands in subjects, logs and lists."""

    default_error_messages = {"required": _("Enter your name.")}

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "name"}


class NameForm(ConsoleForm):
    name = OwnNameField(label=_("Name"))


class LanguageForm(ConsoleForm):
    """Each language by its own name, for those who read no other."""

    language = forms.ChoiceField(
        label=_("Language"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a language from the list."),
            "invalid_choice": _("Choose a language from the list."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ]


def own_zone_choices() -> list[tuple[Text, list[tuple[str, str]]]]:
    none = ("", str(_("That of the account I look at")))
    return [(_("No zone of my own"), [none]), *zone_choices()]


class OwnZoneField(ZoneField):
    """A zone of one's own, or none: then times are those of the account one looks at."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.choices = own_zone_choices


class ZoneForm(ConsoleForm):
    time_zone = OwnZoneField(
        label=_("Time zone"),
        help_text=_(
            "What an account does by its own clock stays so: sending hours, days and months of "
            "limits."
        ),
    )
