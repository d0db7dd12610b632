"""The form of a new message: to one or a few numbers, each with a text of its own."""

import secrets
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.audit import Actor
from accounts.models import Account
from hub.lib.forms import ConsoleForm
from hub.lib.phones import show
from messaging.accept import Request
from messaging.draft import Draft
from messaging.merge import MergeError, fields_of, merge
from messaging.models import MessageTemplate
from messaging.sender_list import Named
from messaging.writing.recipients import NumbersField, Recipient, recipients_of
from messaging.writing.text_field import LONGEST_TEXT, TextField

TOKEN_BYTES: Final = 18


class TemplateChoice(forms.ChoiceField):
    """A template to start from. It is no part of the message, so an unknown one does no harm."""

    def validate(self, value: Any) -> None:
        """Anything goes: what is asked for is looked up when it is used."""


class SendForm(ConsoleForm):
    """A message to 1 to 20 numbers. `token` makes a second submit of a page the same message."""

    to = NumbersField(label=_("To"), help_text=_("One number a line, at most 20."))
    template = TemplateChoice(label=_("Template"), required=False)
    source = forms.ChoiceField(label=_("Sender"), required=False)
    text = TextField(
        label=_("Text"),
        help_text=_(
            "{name} and {number} are filled in for each recipient. "
            "{name|customer} says “customer” to those whose name is not known."
        ),
        error_messages={"required": _("Write the text to send.")},
    )
    token = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self,
        *args: Any,
        account: Account,
        senders: Sequence[Named],
        templates: Sequence[MessageTemplate],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.recipients: list[Recipient] = []
        self.bodies: list[str] = []
        self.fields["to"].region = account.country  # type: ignore[attr-defined]
        self.fields["source"].choices = [  # type: ignore[attr-defined]
            (sender.address, sender.address) for sender in senders
        ] or [("", _("This account has no sender yet"))]
        self.fields["template"].choices = [  # type: ignore[attr-defined]
            ("", _("No template")),
            *((str(template.pk), template.name) for template in templates),
        ]
        self.fields["token"].initial = secrets.token_urlsafe(TOKEN_BYTES)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "to" in cleaned and "text" in cleaned:
            self._merge(cleaned["to"], cleaned["text"])
        return cleaned

    def _merge(self, numbers: list[str], text: str) -> None:
        """Each recipient's own text; who has none, or too long a one, is named."""
        self.recipients = recipients_of(self.account, numbers)
        for recipient in self.recipients:
            try:
                body = merge(text, recipient.values)
            except MergeError:
                told = _(
                    "No contact with a name has %(number)s. Write {name|customer} for a word to "
                    "use instead."
                )
                self.add_error("text", str(told) % {"number": show(recipient.number)})
                continue
            if len(body) > LONGEST_TEXT:
                told = _("The text is too long once the fields are filled in for %(number)s.")
                self.add_error("text", str(told) % {"number": show(recipient.number)})
            self.bodies.append(body)

    @property
    def is_personal(self) -> bool:
        """True when recipients may read different texts."""
        return bool(fields_of(self.cleaned_data["text"]))

    def drafts(self) -> list[Draft]:
        """One a recipient, in the order of the lines; of a valid form."""
        source = self.cleaned_data["source"] or None
        return [
            Draft(to=recipient.number, body=body, source=source)
            for recipient, body in zip(self.recipients, self.bodies, strict=True)
        ]

    def request(self, actor: Actor) -> Request:
        """What `accept` takes; the page's token is its idempotency key.

        What was typed is compared, not what the contacts' names made of it: a name that changes
        between two submits of one page makes no other message.
        """
        cleaned = self.cleaned_data
        said = "\x1f".join((*cleaned["to"], cleaned["source"], cleaned["text"]))
        return Request(
            drafts=self.drafts(),
            channel="console",
            actor=actor.label[:120],
            hash=blake2b(said.encode("utf-8", "surrogatepass"), digest_size=32).digest(),
            key="console:" + cleaned["token"],
            by=actor,
        )
