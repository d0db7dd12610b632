"""Fields of one visible line: a reason, a name."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hub.lib.visible import is_hidden, name_fault


class LineField(forms.CharField):
    """Cleaned to NFC with single spaces inside; refuses what cannot be seen."""

    default_error_messages = {
        "hidden": _(
            "This contains characters that cannot be seen or that turn the text around. "
            "Type it again instead of pasting it."
        ),
    }

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFC", str(super().to_python(value)))
        line = " ".join(part for part in text.split(" ") if part)
        if line and (why := self.fault(line)):
            raise ValidationError(self.error_messages[why], code=why)
        return line

    def fault(self, line: str) -> str:
        """The key of the error message for `line`, "" when it is good."""
        return "hidden" if any(map(is_hidden, line)) else ""


class NameField(LineField):
    """What somebody calls a thing: a reader can see it and tell it from other names."""

    default_error_messages = {
        "blank": _("Enter a name with at least one letter or digit."),
        "hidden": _(
            "The name contains characters that cannot be seen or that turn the text around. "
            "Type it again instead of pasting it."
        ),
        "mixed": _(
            "A word of the name mixes letters of two alphabets that look alike. Type it again in "
            "one of them."
        ),
    }

    def fault(self, line: str) -> str:
        return name_fault(line)
