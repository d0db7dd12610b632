"""What narrows the activity log: a GET form, so that its address can be shared."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.activity import Filters
from accounts.activity_words import AREAS, WORDS
from accounts.models import Membership
from hub.lib.days_form import DaysForm
from hub.lib.forms import Text

KINDS: Final[list[tuple[str, Text]]] = [
    ("person", _("People")),
    ("key", _("API keys")),
    ("staff", _("Hub support")),
    ("clock", _("Hub itself")),
]
LONGEST: Final = 120


class FilterForm(DaysForm):
    """Bad values are said beside the field; the rest still counts."""

    field_order = ("who", "area", "event")

    who = forms.ChoiceField(label=_("Who"), required=False)
    area = forms.ChoiceField(
        label=_("Area"), required=False, choices=[("", _("Every area")), *AREAS.items()]
    )
    event = forms.ChoiceField(label=_("Event"), required=False)
    text = forms.CharField(label=_("About"), required=False, max_length=LONGEST)

    def __init__(self, data: Any, *, members: Sequence[Membership]) -> None:
        super().__init__(data)
        people = [
            (f"person:{member.user_id}", member.user.get_full_name() or member.user.email)
            for member in members
        ]
        self._offer("who", [("", _("Anyone")), *KINDS, (_("Who works here"), people)])
        self._offer("event", [("", _("Every event")), *_events()])

    def filters(self) -> Filters:
        """What is asked for, without what could not be read."""
        self.full_clean()
        given = {name: self.cleaned_data.get(name) for name in self.fields}
        return Filters(**{name: value for name, value in given.items() if value})

    def _offer(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


def _events() -> list[tuple[Text, list[tuple[str, Text]]]]:
    return [
        (label, [(key, of.name) for key, of in WORDS.items() if of.area == area])
        for area, label in AREAS.items()
    ]
