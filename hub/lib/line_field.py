"""A field of one visible line, such as a name or a reason."""

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from hub.lib.visible import is_hidden


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
        if any(map(is_hidden, line)):
            raise ValidationError(self.error_messages["hidden"], code="hidden")
        return line
