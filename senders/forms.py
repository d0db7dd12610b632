"""One form per card of the sending settings; `sets` names the settings a form changes.

`wanted()` of a valid form is what the card's action takes.
"""

from typing import Any, ClassVar, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from hub.lib.forms import ConsoleForm, Text
from hub.lib.money import show_number
from hub.lib.numbers import QuantityField
from senders.models import Sender, SendingSettings

# A billion segments a day is more than any carrier takes; far inside the column's range.
MOST_PARTS: Final = 1_000_000_000
NO_SENDER: Final = ""


class SettingsForm(ConsoleForm):
    """A card's form: shows the saved values until it is bound."""

    sets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any = None, *, settings: SendingSettings, account: Account) -> None:
        self.settings, self.account = settings, account
        super().__init__(data, initial=self.saved())

    def saved(self) -> dict[str, Any]:
        """The form's fields as they are saved now."""
        return {name: getattr(self.settings, name) for name in self.sets}

    def wanted(self) -> dict[str, Any]:
        """The settings as this form asks for them, by name; needs a valid form."""
        return {name: self.cleaned_data[name] for name in self.sets}


class LimitForm(SettingsForm):
    """The most that may be sent a day and a month; empty is no limit, 0 sends nothing."""

    sets = ("limit_day", "limit_month", "over_limit")
    suffixes: ClassVar[dict[str, Text]] = {
        "limit_day": _("segments"),
        "limit_month": _("segments"),
    }

    limit_day = QuantityField(
        label=_("Per day"),
        help_text=_("Leave empty for no limit."),
        required=False,
        max_value=MOST_PARTS,
    )
    limit_month = QuantityField(
        label=_("Per month"),
        help_text=_("Leave empty for no limit."),
        required=False,
        max_value=MOST_PARTS,
    )
    over_limit = forms.ChoiceField(
        label=_("When a limit is reached"),
        choices=SendingSettings.OverLimit.choices,
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        day, month = given.get("limit_day"), given.get("limit_month")
        if day is not None and month is not None and month < day:
            self.add_error(
                "limit_month",
                ValidationError(
                    _(
                        "The monthly limit is lower than the daily one. Raise it, or lower the "
                        "daily limit to %(month)s."
                    ),
                    params={"month": show_number(month, get_language() or "en")},
                ),
            )
        return given

    @property
    def stops_everything(self) -> bool:
        """True when a valid form newly asks for a limit of 0, which is worth a second look."""
        return any(
            self.cleaned_data[name] == 0 and getattr(self.settings, name) != 0
            for name in ("limit_day", "limit_month")
        )


class ReceiptsForm(SettingsForm):
    """Whether carriers are always asked to confirm the delivery."""

    sets = ("receipts",)
    switches = ("receipts",)

    receipts = forms.BooleanField(
        label=_("Always request delivery receipts"),
        required=False,
        help_text=_(
            "Turning this off leaves messages at “Sent”: you will not know whether they arrived, "
            "and webhooks get no delivery events. A program can still ask for the receipt of a "
            "single message."
        ),
    )


class SenderForm(SettingsForm):
    """From whom a message comes that names nobody."""

    sets = ("default_sender",)

    default_sender = forms.ChoiceField(
        label=_("Sender"),
        required=False,
        help_text=_("Recipients cannot reply to an alpha tag. They can reply to a number."),
        error_messages={"invalid_choice": _("Choose one of the account’s active senders.")},
    )

    def __init__(self, data: Any = None, *, senders: list[Sender], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        none = (NO_SENDER, _("None: every message must name its sender"))
        choices = [(str(each.pk), sender_name(each)) for each in senders]
        self.fields["default_sender"].choices = [none, *choices]  # type: ignore[attr-defined]

    def saved(self) -> dict[str, Any]:
        chosen = self.settings.default_sender_id
        return {"default_sender": str(chosen) if chosen else NO_SENDER}

    def wanted(self) -> dict[str, Any]:
        chosen = self.cleaned_data["default_sender"]
        return {"default_sender": UUID(chosen) if chosen else None}


def sender_name(sender: Sender) -> str:
    """ "VERDIER (alpha tag)" """
    kind = str(sender.get_kind_display())
    return f"{sender.address} ({kind[:1].lower()}{kind[1:]})"
