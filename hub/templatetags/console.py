"""Template tags of the console: {% load console %}."""

from datetime import datetime
from functools import cache
from typing import Any

from django import forms, template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.forms.boundfield import BoundField
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.permissions import allows
from hub.lib import forms as console_forms
from hub.lib import phones
from hub.lib.fill import text_in
from hub.lib.money import WhenStyle, show_money, show_number, show_when
from hub.lib.segments import Segments, count

register = template.Library()

NOTE_KINDS = {
    constants.DEBUG: "info",
    constants.INFO: "info",
    constants.SUCCESS: "good",
    constants.WARNING: "warn",
    constants.ERROR: "bad",
}
KIND_ICONS = {"good": "circle-check", "info": "info", "warn": "triangle-alert", "bad": "circle-x"}
BADGE_ICONS = {
    "ok": "circle-check",
    "pend": "clock",
    "bad": "circle-x",
    "info": "info",
    "off": "circle-pause",
}
PROFILE_TABS = (
    ("profile", _("Profile")),
    ("account_email", _("Email addresses")),
    ("account_change_password", _("Password")),
    ("mfa_index", _("Two-step sign-in")),
    ("sessions", _("Sessions")),
)
CARD_OPTIONS = (
    "purpose",
    "id",
    "has_errors",
    "action",
    "readonly",
    "save_label",
    "version",
    "changed",
    "offers",
    "danger",
)


@register.simple_tag
@cache
def icon(name: str, size: int = 16) -> SafeString:
    """{% icon "phone" 18 %}: decoration only, words must say the same beside it."""
    return format_html(
        '<svg class="i" width="{0}" height="{0}" aria-hidden="true"><use href="{1}#{2}"/></svg>',
        size,
        static("img/icons.svg"),
        name,
    )


class FixedNode(Node):
    """Made once a language by each process, from nothing but its own text."""

    def __init__(self, inside: NodeList) -> None:
        self.inside = inside
        self.kept: dict[str, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = _language()
        if language not in self.kept:
            assert context.template is not None
            plain = Context()
            plain.template = context.template
            with plain.render_context.push_state(context.template):
                self.kept[language] = self.inside.render(plain)
        return self.kept[language]


@register.tag
def fixed(parser: Parser, token: Token) -> FixedNode:
    """{% fixed %}…{% endfixed %}: what is the same for everybody who reads a language.

    It sees no variable, so nothing of one reader can be kept for another.
    """
    inside = parser.parse(["endfixed"])
    parser.delete_first_token()
    return FixedNode(inside)


@register.simple_tag(takes_context=True)
def account_url(context: Context, name: str, **kwargs: Any) -> str:
    """{% account_url "messages" %}: the address of `console:<name>` in the present account."""
    return reverse(f"console:{name}", kwargs={"account_id": context["account"].public_id, **kwargs})


@register.simple_tag(takes_context=True)
def segments_in(context: Context, field: BoundField, card: str = "") -> Segments:
    """{% segments_in form.text card.id as segments %}: what the text in the field costs."""
    return count(text_in(context["request"], field, card=card))


@register.simple_tag(takes_context=True)
def profile_tabs(context: Context) -> list[dict[str, Any]]:
    """{% profile_tabs as tabs %}: the tab bar of a person's own pages."""
    path = context["request"].path
    return [
        {"url": url, "label": label, "current": _place(path, url)}
        for url, label in ((reverse(name), label) for name, label in PROFILE_TABS)
    ]


@register.filter
def may(role: str, permission: str) -> bool:
    """{% if role|may:"sending.change" %}"""
    return bool(role) and allows(role, permission)


@register.filter
def when(value: datetime | None, style: WhenStyle = "medium") -> SafeString | str:
    """{{ message.created_at|when }}: <time> in the account's zone; the zone is in its title.

    Styles: "medium", "long", "date", "long_date", "time".
    """
    if value is None:
        return ""
    zone = timezone.get_current_timezone_name()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        f"{show_when(value, zone, _language(), 'long')} ({zone})",
        show_when(value, zone, _language(), style),
    )


@register.filter
def phone(e164: str) -> str:
    """{{ number|phone }}: "+33 6 12 34 56 78"."""
    return phones.show(e164)


@register.filter
def masked_phone(e164: str) -> str:
    """{{ number|masked_phone }}: "+33 6 12 34 ··"."""
    return phones.mask(e164)


@register.filter
def money(micro: int | None, currency: str) -> str:
    """{{ price|money:currency }}: exact, in the reader's notation."""
    return "" if micro is None else show_money(micro, currency, _language())


@register.filter
def money_cents(micro: int | None, currency: str) -> str:
    """{{ balance|money_cents:currency }}: two digits, rounded towards zero."""
    return "" if micro is None else show_money(micro, currency, _language(), digits=2)


@register.filter
def number(value: int | None) -> str:
    """{{ count|number }}: grouped in the reader's notation."""
    return "" if value is None else show_number(value, _language())


@register.filter
def initials(name: str | Promise) -> str:
    """{{ account.name|initials }}: two letters for the square beside a name."""
    words = [word for word in str(name).replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "·"
    return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1:2])).upper()


@register.simple_tag(takes_context=True)
def problems(context: Context) -> list[console_forms.Problem]:
    """{% problems as listed %}: the view's own `problems`, else those of its `form`."""
    ready = context.get("problems")
    if ready:
        return list(ready)
    form = context.get("form")
    return console_forms.problems(form) if isinstance(form, forms.BaseForm) else []


@register.filter
def note_kind(message: Message) -> str:
    """A Django message as a kind of note: good, info, warn, bad."""
    return NOTE_KINDS.get(message.level, "info")


@register.filter
def note_icon(message: Message) -> str:
    return KIND_ICONS[note_kind(message)]


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a note's kind; information unless it is known."""
    return KIND_ICONS.get(kind, "info")


@register.filter
def badge_icon(kind: str) -> str:
    """The icon of a badge's kind; information unless it is known."""
    return BADGE_ICONS.get(kind, "info")


@register.filter
def undo_url(message: Message) -> str:
    """The address in extra_tags "undo:/a/…/", or nothing."""
    marked = [tag for tag in (message.extra_tags or "").split() if tag.startswith("undo:/")]
    return marked[0].removeprefix("undo:") if marked else ""


@register.filter
def without_placeholder(field: BoundField) -> BoundField:
    """The field without the grey text inside it: labels say it better."""
    field.field.widget.attrs.pop("placeholder", None)
    return field


@register.simple_block_tag(takes_context=True)
def card(context: Context, content: str, title: str | Promise, **options: Any) -> str:
    """{% card title=… purpose=… id=… action=… %} fields {% endcard %}: see parts/_card.html."""
    unsaid = dict.fromkeys(CARD_OPTIONS, "")
    unknown = options.keys() - unsaid.keys()
    if unknown:
        raise template.TemplateSyntaxError(f"card knows no {', '.join(sorted(unknown))}.")
    assert context.template is not None
    frame = context.template.engine.get_template("parts/_card.html")
    with context.push(**{**unsaid, **options, "title": title, "body": content}):
        return frame.render(context)


def _place(path: str, url: str) -> str:
    if path == url:
        return "page"
    return "true" if path.startswith(url) and url.endswith("2fa/") else ""


def _language() -> str:
    return get_language() or "en"
