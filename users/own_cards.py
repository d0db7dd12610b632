"""The cards of a person's own page, one setting each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language_info, gettext, gettext_lazy

from accounts.conflicts import fingerprint
from accounts.zones import zone_in_words
from hub.lib.forms import ConsoleForm, Text
from users.forms import LanguageForm, NameForm, ZoneForm
from users.models import User


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A card of the page; its form has one field, named as the person's column is."""

    id: str
    field: str
    title: Text
    purpose: Text
    form: Callable[..., ConsoleForm]
    saved: Text
    words: Callable[[str], Text]

    def value(self, person: User) -> str:
        """As it is saved."""
        return str(getattr(person, self.field))

    def seen(self, person: User) -> str:
        """What a form shown now sends as its version."""
        return fingerprint({self.field: self.value(person)})


def _language_words(value: str) -> str:
    return str(get_language_info(value)["name_local"]).capitalize() if value else "–"


def _zone_words(value: str) -> Text:
    return zone_in_words(value) if value else gettext("No zone of my own")


CARDS: Final = (
    OwnCard(
        "name",
        "name",
        gettext_lazy("Your name"),
        gettext_lazy("Colleagues and the activity log see it."),
        NameForm,
        gettext_lazy("Your name is saved."),
        str,
    ),
    OwnCard(
        "language",
        "language",
        gettext_lazy("Language"),
        gettext_lazy("Of the console and of every mail you get."),
        LanguageForm,
        gettext_lazy("Your language is saved."),
        _language_words,
    ),
    OwnCard(
        "zone",
        "time_zone",
        gettext_lazy("Time zone"),
        gettext_lazy("The clock by which you read times, whichever account you look at."),
        ZoneForm,
        gettext_lazy("Your time zone is saved."),
        _zone_words,
    ),
)
