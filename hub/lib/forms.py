"""Forms of the console: one voice for labels, hints and errors, whatever the field is.

A form says what its fields look like with four class attributes, read by the field template:
`switches`, `suffixes`, `copyable` and `choice_hints`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Final, NamedTuple

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

Text = str | Promise
# Blank search forms a process keeps drawn; there are a few for each set of senders or members.
MOST_KEPT: Final = 512


class Option(NamedTuple):
    """One choice of a radio or checkbox group; `hint` may be empty."""

    tag: BoundWidget
    id: str
    label: Text
    hint: Text
    hint_id: str


class Problem(NamedTuple):
    """A sentence of the error summary and the id of the control that it is about ("" for none)."""

    field_id: str
    message: str


class ConsoleBoundField(BoundField):
    """A bound field that knows its shape and describes its suffix to screen readers."""

    @property
    def shape(self) -> str:
        """`switch`, `checkbox`, `group` (radio buttons, checkboxes) or `text`."""
        widget = self.field.widget
        if isinstance(widget, forms.CheckboxInput):
            return "switch" if self.name in _said(self.form, "switches", ()) else "checkbox"
        if self.use_fieldset:
            return "group" if isinstance(widget, forms.RadioSelect) else "fieldset"
        return "text"

    @property
    def suffix(self) -> Text:
        suffix: Text = _said(self.form, "suffixes", {}).get(self.name, "")
        return suffix

    @property
    def is_copyable(self) -> bool:
        return self.name in _said(self.form, "copyable", ())

    @property
    def options(self) -> Iterator[Option]:
        """The choices of a group, each with the hint the form gives it."""
        hints = _said(self.form, "choice_hints", {}).get(self.name, {})
        for tag in self.subwidgets:
            hint = hints.get(str(tag.data["value"]), "")
            hint_id = f"{tag.id_for_label}_hint" if hint else ""
            if hint:
                tag.data["attrs"]["aria-describedby"] = hint_id
            yield Option(tag, tag.id_for_label, tag.choice_label, hint, hint_id)

    @property
    def aria_describedby(self) -> str:
        described = str(super().aria_describedby)
        if self.suffix and self.auto_id:
            return f"{described} {self.auto_id}_suffix".strip()
        return described

    @property
    def focus_id(self) -> str:
        """The id of the control that takes the focus: the first of a group."""
        return self.id_for_label or f"{self.auto_id}_0"

    def build_widget_attrs(self, attrs: Any, widget: forms.Widget | None = None) -> dict[str, Any]:
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if self.shape == "switch":
            built["role"] = "switch"
        return built


class ConsoleForm(forms.Form):
    """Base of every form of the console: errors come from the server, in the page's language."""

    use_required_attribute = False
    bound_field_class = ConsoleBoundField

    switches: ClassVar[Iterable[str]] = ()
    suffixes: ClassVar[Mapping[str, Text]] = {}
    copyable: ClassVar[Iterable[str]] = ()
    choice_hints: ClassVar[Mapping[str, Mapping[str, Text]]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class SearchForm(ConsoleForm):
    """A GET form above a list.

    As long as nothing is filled in, its fields depend on language and choices alone, so a process
    draws them once.
    """

    _kept: ClassVar[dict[tuple[str, ...], SafeString]] = {}

    @property
    def drawn(self) -> SafeString:
        """The fields one after the other, as HTML."""
        if any(self.data.get(self.add_prefix(name)) for name in self.fields):
            return self._draw()
        offered = [list(getattr(field, "choices", ())) for field in self.fields.values()]
        key = (type(self).__module__, get_language() or "", repr(offered))
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = self._draw()
        return found

    def _draw(self) -> SafeString:
        return format_html_join("", "{}", ((field.as_field_group(),) for field in self))


def problems(*bound: forms.BaseForm) -> list[Problem]:
    """What the error summary lists: every error of every form, in the order of the fields."""
    return [problem for form in bound for problem in _problems_of(form)]


def _problems_of(form: forms.BaseForm) -> Iterator[Problem]:
    if not form.is_bound:
        return
    for message in form.non_field_errors():
        yield Problem("", str(message))
    for field in form.visible_fields():
        target = getattr(field, "focus_id", field.id_for_label)
        for message in field.errors:
            yield Problem(str(target), _named(field.label, str(message)))


def _named(label: Text, message: str) -> str:
    if not label:
        return message
    return gettext("%(field)s: %(message)s") % {"field": label, "message": message}


def _said(form: forms.BaseForm, name: str, default: Any) -> Any:
    return getattr(form, name, default)
