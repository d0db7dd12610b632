"""Form fields for quantities and money that never read 80.000 as 80."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hub.lib.money import MICRO, show_amount, show_money, show_number

MOST_DIGITS: Final = 15

_QUANTITY_EXAMPLE: Final = 5000
_MONEY_EXAMPLE: Final = 1_182_400_000

_ignored = re.compile(r"[\s\u180e\u200b\u2060\ufeff'’‘ʼ´`＇]+")
_whole = r"[0-9]+|[1-9][0-9]{0,2}(?P<group>[.,])[0-9]{3}(?:(?P=group)[0-9]{3})*"
_quantity = re.compile(f"(?:{_whole})").fullmatch
_money = re.compile(f"(?P<whole>{_whole})(?:(?P<mark>[.,])(?P<cents>[0-9]{{1,2}}))?").fullmatch


def parse_quantity(text: str) -> int | None:
    """The whole number in `text`, None when it is empty; ValueError for anything doubtful.

    Spaces and apostrophes of every kind are ignored; a point or comma stands only between correct
    groups of three. "80 000", "80.000", "80,000" and "80’000" are all 80,000.
    """
    compact = _ignored.sub("", text)
    if not compact:
        return None
    if not _quantity(compact):
        raise ValueError("not a whole number")
    return _integer(compact)


def parse_money(text: str) -> int | None:
    """The amount in `text` in millionths, None when it is empty; ValueError for anything doubtful.

    As `parse_quantity`, but a point or comma before one or two last digits is the decimal mark.
    """
    compact = _ignored.sub("", text)
    if not compact:
        return None
    match = _money(compact)
    if not match or (match["mark"] is not None and match["mark"] in match["whole"]):
        raise ValueError("not an amount")
    cents = int((match["cents"] or "0").ljust(2, "0"))
    return _integer(match["whole"]) * MICRO + cents * (MICRO // 100)


class _GroupedField(forms.Field):
    """A text input for a number: grouped in the reader's language, raw while it is wrong."""

    default_error_messages = {
        "max_value": _("The most is %(limit)s."),
        "min_value": _("The least is %(limit)s."),
    }
    widget = forms.TextInput
    input_mode = "numeric"

    def __init__(self, *, max_value: int | None = None, min_value: int = 0, **kwargs: Any) -> None:
        self.max_value, self.min_value = max_value, min_value
        super().__init__(**kwargs)

    def read(self, text: str) -> int | None:
        """The value of a text; ValueError when there is none."""
        raise NotImplementedError

    def write(self, value: int) -> str:
        """The text of a value in the active language."""
        raise NotImplementedError

    def example(self) -> str:
        """A good input in the active language."""
        raise NotImplementedError

    def limit(self, value: int) -> str:
        """A limit as it is named in an error."""
        return self.write(value)

    def to_python(self, value: Any) -> int | None:
        """The number typed, None when nothing was; the error gives an example."""
        if value is None or isinstance(value, int):
            return value
        try:
            return self.read(str(value))
        except ValueError:
            raise ValidationError(
                self.error_messages["invalid"],
                code="invalid",
                params={"example": self.example()},
            ) from None

    def prepare_value(self, value: Any) -> Any:
        """A good value grouped in the active language, a bad one as it was typed."""
        if isinstance(value, str):
            try:
                value = self.read(value) if value.strip() else value
            except ValueError:
                return value
        return self.write(value) if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A plain text input with a digit keyboard: type=number would swallow what it dislikes."""
        return {"inputmode": self.input_mode, "autocomplete": "off"}

    def validate(self, value: Any) -> None:
        """Refuse an empty required field, and a value beyond a limit naming the limit."""
        super().validate(value)
        if value is None:
            return
        if self.max_value is not None and value > self.max_value:
            self._refuse("max_value", self.max_value)
        if value < self.min_value:
            self._refuse("min_value", self.min_value)

    def _refuse(self, code: str, limit: int) -> None:
        params = {"limit": self.limit(limit)}
        raise ValidationError(self.error_messages[code], code=code, params=params)


class QuantityField(_GroupedField):
    """A whole number of things: messages, parts, days."""

    default_error_messages = {
        "invalid": _("Write a whole number, for example %(example)s."),
    }

    def read(self, text: str) -> int | None:
        """As `parse_quantity`."""
        return parse_quantity(text)

    def write(self, value: int) -> str:
        """As `show_number`."""
        return show_number(value, _language())

    def example(self) -> str:
        """5,000 or the most, if that is less."""
        most = self.max_value if self.max_value is not None else _QUANTITY_EXAMPLE
        return self.write(min(most, _QUANTITY_EXAMPLE))


class MoneyField(_GroupedField):
    """An amount; the cleaned value, limits and initial value are millionths of the currency."""

    default_error_messages = {
        "invalid": _("Write an amount, for example %(example)s."),
    }
    input_mode = "decimal"

    def __init__(self, *, currency: str | None = None, **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(**kwargs)

    def read(self, text: str) -> int | None:
        """As `parse_money`."""
        return parse_money(text)

    def write(self, value: int) -> str:
        """The amount without its currency, which stands beside the field."""
        return show_amount(value, _language())

    def limit(self, value: int) -> str:
        """With the currency when it is known."""
        return show_money(value, self.currency, _language()) if self.currency else self.write(value)

    def example(self) -> str:
        """1,182.40 in the reader's form."""
        return self.write(_MONEY_EXAMPLE)


def _language() -> str:
    return get_language() or "en"


def _integer(grouped: str) -> int:
    digits = grouped.replace(".", "").replace(",", "")
    if len(digits.lstrip("0")) > MOST_DIGITS:
        raise ValueError("too long a number")
    return int(digits)
