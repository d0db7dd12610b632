"""The form of a message template."""

import unicodedata
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.lib.forms import ConsoleForm
from hub.lib.line_field import NameField
from messaging.writing.text_field import TextField

LONGEST_NAME: Final = 80
LONGEST_BODY: Final = 1600


class TemplateForm(ConsoleForm):
    """Name and text; the name is one visible line."""

    name = NameField(
        label=_("Name"),
        max_length=LONGEST_NAME,
        help_text=_("Only you and your colleagues see it."),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Give the template a name.")},
    )
    text = TextField(
        label=_("Text"),
        max_length=LONGEST_BODY,
        help_text=_(
            "{name} and {number} are filled in for each recipient. "
            "{name|customer} says “customer” to those whose name is not known."
        ),
        error_messages={"required": _("Write the text of the template.")},
    )

    def clean_name(self) -> str:
        """Compatibility forms are made plain, so that two names that look alike are one."""
        return " ".join(unicodedata.normalize("NFKC", self.cleaned_data["name"]).split())
