"""Forms of the component page: every kind of field the console has, in its states."""

from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hub.lib.forms import ConsoleForm, Text
from hub.lib.numbers import MoneyField, QuantityField
from messaging.writing.text_field import TextField

# Its apostrophe is dear.
DEAR: Final = "Bonjour {name}, l’atelier vous attend."
CHOICES: Final = (("hold", _("Hold")), ("reject", _("Reject")))


class FieldsForm(ConsoleForm):
    """One field of each kind."""

    switches = ("switch",)
    copyable = ("value",)
    suffixes: ClassVar[dict[str, Text]] = {"quantity": _("segments")}
    choice_hints: ClassVar[dict[str, dict[str, Text]]] = {
        "radio": {"hold": _("Sent when the limit starts anew.")}
    }

    text = forms.CharField(label=_("Text"), help_text=_("Help stands under the field."))
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "off"})
    )
    quantity = QuantityField(label=_("Number with a unit"), required=False)
    money = MoneyField(label=_("Money"), currency="EUR", required=False)
    date = forms.DateField(
        label=_("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    select = forms.ChoiceField(label=_("Choice from a list"), choices=CHOICES)
    value = forms.CharField(
        label=_("Value to copy"), widget=forms.TextInput(attrs={"readonly": True})
    )
    long_text = forms.CharField(label=_("Long text"), widget=forms.Textarea, required=False)
    radio = forms.ChoiceField(label=_("One of several"), choices=CHOICES, widget=forms.RadioSelect)
    several = forms.MultipleChoiceField(
        label=_("Any of several"), choices=CHOICES, widget=forms.CheckboxSelectMultiple
    )
    checkbox = forms.BooleanField(label=_("Tick"), required=False)
    switch = forms.BooleanField(
        label=_("Switch"), required=False, help_text=_("On or off, saved with its card.")
    )


FILLED: Final[dict[str, Any]] = {
    "text": "VERDIER",
    "quantity": 80_000,
    "money": 182_400_000,
    "select": "hold",
    "value": "9f6c2c1e-2f7d",
    "long_text": "Bonjour {name}",
    "radio": "hold",
    "several": ["hold"],
    "checkbox": True,
    "switch": True,
}


def at_rest() -> FieldsForm:
    """As a page shows it first: filled, and nothing said yet."""
    return FieldsForm(initial=FILLED, prefix="rest")


def refused() -> FieldsForm:
    """As it comes back: an error at every field that can have one."""
    form = FieldsForm(
        {"wrong-quantity": "80.00", "wrong-money": "a", "wrong-date": "x"}, prefix="wrong"
    )
    form.full_clean()
    for name in ("long_text", "checkbox", "switch"):
        form.add_error(name, _("Say here what to do about it."))
    return form


def disabled() -> FieldsForm:
    """What cannot be filled in now; a page says why beside it."""
    form = FieldsForm(initial=FILLED, prefix="off")
    for field in form.fields.values():
        field.disabled = True
    return form


class TextForm(ConsoleForm):
    """A text being written, as pages of messages and templates have it."""

    text = TextField(label=_("Text"))


def text() -> TextForm:
    """With a character in it that makes it dear."""
    return TextForm(initial={"text": DEAR}, prefix="written")


class OneField(ConsoleForm):
    """The field of a card that shows a state of the card."""

    name = forms.CharField(label=_("Name"), max_length=80)


def one_field(state: str, data: dict[str, str] | None = None) -> OneField:
    form = OneField(data, initial={"name": "Maison Verdier"}, auto_id=f"{state}_%s")
    if data is not None:
        form.full_clean()
    return form
