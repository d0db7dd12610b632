"""What people type above the list of messages: its filters."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hub.lib.days_form import DaysForm
from hub.lib.phones import AmbiguousNumber, read_number
from messaging.log import GROUPS, Filters
from messaging.sender_list import Named

LONGEST_FILTER: Final = 40


class FilterForm(DaysForm):
    """What narrows the list. Bad values are said beside the field; the rest still counts."""

    field_order = ("number", "sender")

    number = forms.CharField(label=_("Number"), required=False, max_length=LONGEST_FILTER)
    sender = forms.ChoiceField(label=_("Sender"), required=False)

    def __init__(
        self, *args: Any, region: str, senders: Sequence[Named], exact: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.region, self.exact = region, exact
        self.fields["number"].widget.attrs.update({"inputmode": "tel", "autocomplete": "off"})
        self.fields["sender"].choices = [  # type: ignore[attr-defined]
            ("", _("All senders")),
            *((str(sender.id), sender.address) for sender in senders),
        ]

    def clean_number(self) -> tuple[str, bool]:
        """(E.164 or its beginning, whether it is whole); ("", False) when nothing was typed.

        Who sees masked numbers may look for whole ones only, or could find out the rest.
        """
        typed = str(self.cleaned_data["number"]).strip()
        if not typed:
            return "", False
        try:
            number = read_number(typed, self.region)
        except AmbiguousNumber:
            return self._beginning(typed), False
        # Where lengths vary, the beginning of a number is a number too.
        return number, self.exact or not typed.startswith("+")

    def _beginning(self, typed: str) -> str:
        digits = "".join(char for char in typed if char in "0123456789")
        plain = typed.lstrip("+").replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
        if self.exact:
            raise ValidationError(_("Enter the whole number, like +33 6 12 34 56 78."))
        if not typed.startswith("+") or not digits or digits != plain:
            raise ValidationError(
                _("Enter a whole number, or the beginning of one with its country code: +33 6 12.")
            )
        return f"+{digits}"

    def filters(self, group: str, batch: str = "") -> Filters:
        """What is asked for, without what could not be read."""
        cleaned = self.cleaned_data if self.is_valid() or self.is_bound else {}
        number, exact = cleaned.get("number") or ("", False)
        return Filters(
            group=group if group in GROUPS else "all",
            number=number,
            exact=exact,
            sender=UUID(cleaned["sender"]) if cleaned.get("sender") else None,
            first=cleaned.get("first"),
            last=cleaned.get("last"),
            batch=_uuid(batch),
        )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
