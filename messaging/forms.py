"""What people type on the pages of messages: the filters of the list, and a message to send."""

import secrets
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.audit import Actor
from hub.lib.forms import ConsoleForm
from hub.lib.phones import AmbiguousNumber, Doubt, read_number
from messaging.accept import Request
from messaging.draft import Draft
from messaging.log import GROUPS, Filters
from senders.models import Sender

LONGEST_TEXT: Final = 5000
LONGEST_FILTER: Final = 40
TOKEN_BYTES: Final = 18

DOUBTS: Final = {
    Doubt.EMPTY: _("Enter the number to send to."),
    Doubt.CHARACTERS: _("A number has digits, spaces and a plus sign, like +33 6 12 34 56 78."),
    Doubt.INVALID: _("Nobody can have this number. Check its digits, like +33 6 12 34 56 78."),
    Doubt.CHANGED: _("Write the number with its country code, like +33 6 12 34 56 78."),
    Doubt.PREMIUM: _("This is a premium-rate number; messages cannot be sent there."),
    Doubt.EMERGENCY: _("This is an emergency number; messages cannot be sent there."),
}


class NumberField(forms.CharField):
    """A phone number as people write it, in the country of the account; cleaned to E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_FILTER, **kwargs)
        self.widget.attrs.update({"autocomplete": "off", "inputmode": "tel", "dir": "ltr"})
        self.error_messages["required"] = DOUBTS[Doubt.EMPTY]
        self.region = "FR"

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return read_number(text, self.region)
        except AmbiguousNumber as error:
            raise ValidationError(DOUBTS[error.doubt], code=error.doubt) from error


class SendForm(ConsoleForm):
    """A message to one number. `token` makes a second submit of the same page the same message."""

    to = NumberField(label=_("To"))
    source = forms.ChoiceField(label=_("Sender"), required=False)
    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4, "data-sms": "text-count"}),
        error_messages={"required": _("Write the text to send.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, region: str, senders: Sequence[Sender], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].region = region  # type: ignore[attr-defined]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (sender.address, sender.address) for sender in senders
        ] or [("", _("This account has no sender yet"))]
        self.fields["token"].initial = secrets.token_urlsafe(TOKEN_BYTES)

    def clean_text(self) -> str:
        """Browsers send every line break as two characters; a phone gets one."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")

    def draft(self) -> Draft:
        cleaned = self.cleaned_data
        return Draft(to=cleaned["to"], body=cleaned["text"], source=cleaned["source"] or None)

    def request(self, actor: Actor) -> Request:
        """What `accept` takes; the page's token is its idempotency key."""
        draft = self.draft()
        said = "\x1f".join((draft.to, draft.source or "", draft.body))
        return Request(
            drafts=[draft],
            channel="console",
            actor=actor.label[:120],
            hash=blake2b(said.encode("utf-8", "surrogatepass"), digest_size=32).digest(),
            key="console:" + self.cleaned_data["token"],
        )


class FilterForm(ConsoleForm):
    """What narrows the list. Bad values are said beside the field; the rest still counts."""

    number = forms.CharField(label=_("Number"), required=False, max_length=LONGEST_FILTER)
    sender = forms.ChoiceField(label=_("Sender"), required=False)
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def __init__(
        self, *args: Any, region: str, senders: Sequence[Sender], exact: bool, **kwargs: Any
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
            return read_number(typed, self.region), True
        except AmbiguousNumber:
            return self._beginning(typed), False

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

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first one."))
        return cleaned

    def filters(self, group: str) -> Filters:
        """What is asked for, without the fields that could not be read."""
        cleaned = self.cleaned_data if self.is_valid() or self.is_bound else {}
        number, exact = cleaned.get("number") or ("", False)
        return Filters(
            group=group if group in GROUPS else "all",
            number=number,
            exact=exact,
            sender=UUID(cleaned["sender"]) if cleaned.get("sender") else None,
            first=cleaned.get("first"),
            last=cleaned.get("last"),
        )
