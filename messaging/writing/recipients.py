"""Whom a message is written to: numbers as people type them, and what is known of each."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from contacts.models import Contact
from hub.lib.phones import AmbiguousNumber, Doubt, read_number, show

MOST_RECIPIENTS: Final = 20
# A number with its separators is 40 characters at the very most, and blank lines are free.
LONGEST_LIST: Final = 2000

DOUBTS: Final = {
    Doubt.EMPTY: _("Enter the number to send to."),
    Doubt.CHARACTERS: _("A number has digits, spaces and a plus sign, like +33 6 12 34 56 78."),
    Doubt.INVALID: _("Nobody can have this number. Check its digits, like +33 6 12 34 56 78."),
    Doubt.CHANGED: _("Write the number with its country code, like +33 6 12 34 56 78."),
    Doubt.PREMIUM: _("This is a premium-rate number; messages cannot be sent there."),
    Doubt.EMERGENCY: _("This is an emergency number; messages cannot be sent there."),
}


class Recipient(NamedTuple):
    """A number in E.164 and the name the account knows it by, "" when it knows none."""

    number: str
    name: str

    @property
    def values(self) -> dict[str, str | None]:
        """What merge fields become for this recipient."""
        return {"name": self.name, "number": show(self.number)}


class NumbersField(forms.CharField):
    """Phone numbers as people write them, one a line; cleaned to E.164, in their order.

    Every line at fault is named with its own fault, and so is a number that stands there twice.
    """

    region = "FR"

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(
            {"rows": 2, "autocomplete": "off", "inputmode": "tel", "dir": "ltr", "class": "short"}
        )
        super().__init__(widget=widget, max_length=LONGEST_LIST, **kwargs)
        self.error_messages["required"] = DOUBTS[Doubt.EMPTY]

    def clean(self, value: Any) -> list[str]:
        lines = [
            (number, line)
            for number, line in enumerate(str(super().clean(value)).splitlines(), 1)
            if line.strip()
        ]
        if len(lines) > MOST_RECIPIENTS:
            raise ValidationError(
                _("At most %(most)s numbers can be written to from here; these are %(count)s."),
                params={"most": MOST_RECIPIENTS, "count": len(lines)},
            )
        return self._read(lines)

    def _read(self, lines: list[tuple[int, str]]) -> list[str]:
        found: dict[str, int] = {}
        faults: list[ValidationError] = []
        for place, line in lines:
            try:
                number = read_number(line, self.region)
            except AmbiguousNumber as error:
                faults.append(_at_line(place, str(DOUBTS[error.doubt]), alone=len(lines) == 1))
                continue
            if number in found:
                told = _("%(number)s stands in line %(first)s already.")
                words = {"number": show(number), "first": found[number]}
                faults.append(_at_line(place, str(told) % words))
            found.setdefault(number, place)
        if faults:
            raise ValidationError(faults)
        return list(found)


def recipients_of(account: Account, numbers: Iterable[str]) -> list[Recipient]:
    """Each number with its contact's name, the newest that has one; needs the account's scope."""
    numbers = list(numbers)
    contacts = Contact.objects.for_account(account).filter(number__in=numbers).exclude(name="")
    names = {
        number: " ".join(name.split())
        for number, name in contacts.order_by("id").values_list("number", "name")
    }
    return [Recipient(number, names.get(number, "")) for number in numbers]


def _at_line(place: int, told: str, *, alone: bool = False) -> ValidationError:
    if alone:
        return ValidationError(told)
    return ValidationError(_("Line %(line)s: %(told)s"), params={"line": place, "told": told})
