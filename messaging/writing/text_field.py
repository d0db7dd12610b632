"""The field a message is written in, and what it says of merge fields it cannot read."""

import unicodedata
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from messaging.merge import Fault, MergeError, parse

LONGEST_TEXT: Final = 5000

# Everything else of Unicode's "Cc" is shown by no phone.
_CONTROLS_ALLOWED: Final = frozenset("\n\r\f\t")
_LONGEST_QUOTE: Final = 30

FAULTS: Final = {
    Fault.UNKNOWN: _(
        "“%(written)s”, character %(at)s: there is no such field. "
        "The fields are {name} and {number}."
    ),
    Fault.UNCLOSED: _(
        "“%(written)s”, character %(at)s: this brace is never closed. For a brace itself, write {{."
    ),
    Fault.MALFORMED: _(
        "“%(written)s”, character %(at)s: a field looks like {name} or {name|customer}. "
        "For a brace itself, write {{."
    ),
    Fault.DOUBLED: _(
        "“%(written)s”, character %(at)s: one pair of braces is enough, as in {name}."
    ),
}


class TextField(forms.CharField):
    """A text with merge fields. A line break counts once, though browsers send two characters."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"rows": 4, "data-sms": "text-count"}
        kwargs.setdefault("max_length", LONGEST_TEXT)
        super().__init__(widget=forms.Textarea(attributes), **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        found = [char for char in value if is_control(char) and char not in _CONTROLS_ALLOWED]
        if found:
            raise ValidationError(
                _("The text has a control character (U+%(code)s) that no phone can show."),
                params={"code": f"{ord(found[0]):04X}"},
            )
        try:
            parse(value)
        except MergeError as error:
            raise ValidationError(FAULTS[error.fault], params=words_of(error)) from error


def is_control(char: str) -> bool:
    return unicodedata.category(char) == "Cc"


def words_of(error: MergeError) -> dict[str, Any]:
    """What stands at the fault, shortened, and its place counted from 1."""
    written = error.written
    if len(written) > _LONGEST_QUOTE:
        written = written[: _LONGEST_QUOTE - 1] + "…"
    return {"written": written, "at": error.at + 1}
