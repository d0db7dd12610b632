"""One form per card of the sending settings, but that of the hours (hours_form.py)."""

from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.cards import CardForm, Text
from accounts.models import Account
from hub.lib.money import show_number
from hub.lib.numbers import QuantityField
from senders.actions import LIMIT, SENDER
from senders.heritable_form import HeritableForm, binding_field
from senders.models import Sender, SendingSettings
from senders.settings_above import RECEIPTS

# A billion segments a day is more than any carrier takes; far inside the column's range.
MOST_PARTS: Final = 1_000_000_000
NO_SENDER: Final = ""
MOST_OFFERED: Final = 200


class LimitForm(CardForm):
    """The most that may be sent a day and a month; empty is no limit, 0 sends nothing."""

    sets = LIMIT
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
            self.cleaned_data[name] == 0 and self.saved[name] != 0
            for name in ("limit_day", "limit_month")
        )


class ReceiptsForm(HeritableForm):
    """Whether carriers are always asked to confirm the delivery."""

    card = RECEIPTS
    sets = card.sets
    switches = sets

    receipts = forms.BooleanField(
        label=_("Always request delivery receipts"),
        required=False,
        help_text=_(
            "Turning this off leaves messages at “Sent”: you will not know whether they arrived, "
            "and webhooks get no delivery events. A program can still ask for the receipt of a "
            "single message."
        ),
    )
    receipts_locked_below = binding_field()


class SenderForm(CardForm):
    """From whom a message comes that names nobody."""

    sets = SENDER

    default_sender = forms.ChoiceField(
        label=_("Sender"),
        required=False,
        help_text=_("Recipients cannot reply to an alpha tag. They can reply to a number."),
        error_messages={"invalid_choice": _("Choose one of the account’s active senders.")},
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        none = (NO_SENDER, _("None: every message must name its sender"))
        choices = [(each.address, sender_name(each)) for each in senders_of(self.account)]
        self.fields["default_sender"].choices = [none, *choices]  # type: ignore[attr-defined]

    def wanted(self) -> dict[str, Any]:
        return {"default_sender": self.cleaned_data["default_sender"] or None}


def senders_of(account: Account) -> list[Sender]:
    """The active senders, by address; at most 200 are offered."""
    active = Sender.objects.for_account(account).filter(state=Sender.State.ACTIVE)
    return list(active.order_by("address")[:MOST_OFFERED])


def sender_name(sender: Sender) -> str:
    """ "VERDIER (alpha tag)" """
    kind = str(sender.get_kind_display())
    return f"{sender.address} ({kind[:1].lower()}{kind[1:]})"
