"""The account's own cards: its name and its time zone."""

from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actions import RENAMED, ZONE_CHANGED, change_time_zone, rename_account
from accounts.cards import CardForm, CardKind, Fact
from accounts.conflicts import Values
from accounts.forms import NameField, ZoneField
from accounts.models import Account
from accounts.zones import city_of, zone_in_words

PAGE: Final = "account_general"
CHANGE: Final = "account.change"


class NameForm(CardForm):
    sets = ("name",)

    name = NameField(label=gettext_lazy("Name"))

    def clean(self) -> dict[str, Any]:
        """The ID stands in this card too; whoever sends one learns that it stays (trust.md 4.2)."""
        if "public_id" in self.data:
            self.add_error(None, _("The account ID is read-only: it cannot be changed."))
        return super().clean() or self.cleaned_data


class ZoneForm(CardForm):
    sets = ("time_zone",)

    time_zone = ZoneField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Before anything changes you see what it means for this account."),
    )


def _name(row: Account) -> dict[str, Any]:
    return {"name": row.name}


def _name_facts(account: Account, values: Values) -> list[Fact]:
    return [Fact(_("Name"), values["name"])]


def _zone(row: Account) -> dict[str, Any]:
    return {"time_zone": row.time_zone}


def _zone_facts(account: Account, values: Values) -> list[Fact]:
    return [Fact(_("Time zone"), zone_in_words(values["time_zone"], timezone.now()))]


def _name_saved(values: Values) -> str:
    return _("This account is now called %(name)s.") % {"name": values["name"]}


def _zone_saved(values: Values) -> str:
    return _("Times are now those of %(city)s.") % {"city": city_of(values["time_zone"])}


NAME: Final = CardKind(
    id="name",
    title=gettext_lazy("Name and ID"),
    purpose=gettext_lazy("What this account is called, here and in every email about it."),
    action=RENAMED,
    page=PAGE,
    change=CHANGE,
    template="accounts/_name.html",
    form=NameForm,
    values=_name,
    save=rename_account,
    facts=_name_facts,
    short=lambda values: values["name"],
    saved_words=_name_saved,
)
ZONE: Final = CardKind(
    id="zone",
    title=gettext_lazy("Time zone"),
    purpose=gettext_lazy("Used for reports, scheduling and sending hours."),
    action=ZONE_CHANGED,
    page=PAGE,
    change=CHANGE,
    template="accounts/_zone.html",
    form=ZoneForm,
    values=_zone,
    save=change_time_zone,
    facts=_zone_facts,
    short=lambda values: city_of(values["time_zone"]),
    saved_words=_zone_saved,
)
