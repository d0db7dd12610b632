"""A page's form, filled with what somebody had sent: as if they had typed it there again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urljoin, urlsplit

from django.forms.boundfield import BoundField
from django.http import HttpRequest

Attrs = list[tuple[str, str | None]]
Edit = tuple[int, int, str]
Fields = Mapping[str, Sequence[str]]

# Never filled: buttons say what to do, the rest must be given anew.
LEFT_ALONE: Final = frozenset({"submit", "button", "reset", "image", "file", "password"})
TICKED: Final = frozenset({"checkbox", "radio"})
# Tells the script and the styles that the form holds what is not saved.
DIRTY: Final = "data-dirty"
# Of a request whose page will be filled: with what.
FIELDS: Final = "filled_with"


@dataclass(slots=True)
class _Control:
    """A tag of a form and where it stands; a text area's text stands from `end` to `text_end`."""

    tag: str
    name: str
    attrs: dict[str, str | None]
    start: int
    end: int
    text_end: int = 0


@dataclass(slots=True)
class _Form:
    attrs: dict[str, str | None]
    start: int
    end: int
    controls: list[_Control] = field(default_factory=list)


def fill(html: str, *, page: str, action: str, fields: Fields) -> str:
    """`html`, its POST form that goes to `action` holding `fields`; unchanged without one.

    `page` is the path of the page itself. Of several such forms it is the one whose hidden `card`
    was sent. A box that was not sent is not ticked.
    """
    form = _chosen(_forms(html), page, action, fields)
    if form is None:
        return html
    edits = [(form.start, form.end, _tag("form", {**form.attrs, DIRTY: ""}))]
    for control in form.controls:
        edits += _edits(control, fields)
    for start, end, text in sorted(edits, reverse=True):
        html = html[:start] + text + html[end:]
    return html


def announce(request: HttpRequest, fields: Fields) -> None:
    """Who makes the page knows what its form will be filled with: see `text_in`."""
    setattr(request, FIELDS, fields)


def text_in(request: HttpRequest, shown: BoundField, *, card: str = "") -> str:
    """The text of a field as its reader will have it, were it filled in afterwards.

    `card` is the hidden one of its form. A line break is one character, as in browsers.
    """
    fields: Fields = getattr(request, FIELDS, {})
    text = shown.value() or ""
    if shown.html_name in fields and list(fields.get("card", [])) == [card] * bool(card):
        text = fields[shown.html_name][-1]
    return str(text).replace("\r\n", "\n")


def _forms(html: str) -> list[_Form]:
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return reader.forms


def _chosen(forms: Sequence[_Form], page: str, action: str, fields: Fields) -> _Form | None:
    for form in forms:
        target = urlsplit(urljoin(page, form.attrs.get("action") or "")).path
        posts = (form.attrs.get("method") or "").lower() == "post"
        if not posts or target != action:
            continue
        cards = [one.attrs.get("value") for one in form.controls if one.name == "card"]
        if cards == list(fields.get("card", [])) and {one.name for one in form.controls} & set(
            fields
        ):
            return form
    return None


def _edits(control: _Control, fields: Fields) -> Iterator[Edit]:
    sent = fields.get(control.name)
    kind = (control.attrs.get("type") or "text").lower()
    if control.tag == "input" and kind in TICKED:
        value = control.attrs.get("value") or "on"
        yield _retagged(control, "checked", on=value in (sent or ()))
    elif sent is None or (control.tag == "input" and kind in LEFT_ALONE):
        return
    elif control.tag == "input":
        tag = _tag("input", {**control.attrs, "value": sent[-1] if sent else ""})
        yield control.start, control.end, tag
    elif control.tag == "option":
        yield _retagged(control, "selected", on=control.attrs.get("value") in sent)
    elif control.tag == "textarea":
        # The first line break of a text area is dropped by browsers.
        yield control.end, control.text_end, "\n" + escape(sent[-1] if sent else "")


def _retagged(control: _Control, mark: str, *, on: bool) -> Edit:
    attrs = {name: value for name, value in control.attrs.items() if name != mark}
    return control.start, control.end, _tag(control.tag, attrs | ({mark: None} if on else {}))


def _tag(name: str, attrs: Mapping[str, str | None]) -> str:
    told = (key if value is None else f'{key}="{escape(value)}"' for key, value in attrs.items())
    return f"<{' '.join([name, *told])}>"


class _Reader(HTMLParser):
    """The forms of a page with their controls, each with its place in the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=False)
        self.forms: list[_Form] = []
        self._open: _Form | None = None
        self._select = ""
        self._area: _Control | None = None
        lengths = [len(line) + 1 for line in html.split("\n")]
        self._lines = [0]
        for length in lengths:
            self._lines.append(self._lines[-1] + length)

    def handle_starttag(self, tag: str, attrs: Attrs) -> None:
        if tag not in ("form", "input", "select", "option", "textarea"):
            return
        given, start = dict(attrs), self._at()
        end = start + len(self.get_starttag_text() or "")
        if tag == "form":
            self._open = _Form(given, start, end)
            self.forms.append(self._open)
        elif self._open is not None:
            self._control(tag, given, start, end)

    def handle_startendtag(self, tag: str, attrs: Attrs) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._area is not None:
            self._area.text_end = self._at()
            self._area = None

    def _control(self, tag: str, given: dict[str, str | None], start: int, end: int) -> None:
        assert self._open is not None
        if tag == "select":
            self._select = given.get("name") or ""
            return
        name = self._select if tag == "option" else given.get("name") or ""
        control = _Control(tag, name, given, start, end)
        self._open.controls.append(control)
        if tag == "textarea":
            self._area = control

    def _at(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column
