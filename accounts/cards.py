"""A card of a settings page: one form, one Save, one change in the log. What all of them share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.conflicts import Overtaken, Values, fingerprint
from accounts.models import Account, AuditEntry
from hub.lib.forms import ConsoleForm, Problem, problems
from hub.lib.money import show_when

Text = str | Promise


class Fact(NamedTuple):
    """One setting of a card, in words."""

    name: Text
    value: Text


class CardForm(ConsoleForm):
    """A card's form: shows the saved values until it is bound. `sets` names what it changes."""

    sets: ClassVar[tuple[str, ...]] = ()

    def __init__(self, data: Any = None, *, account: Account, saved: Values) -> None:
        self.account, self.saved = account, saved
        super().__init__(data, initial=self.shown())

    def shown(self) -> dict[str, Any]:
        """The fields as they are saved."""
        return dict(self.saved)

    def wanted(self) -> dict[str, Any]:
        """The settings as this form asks for them; needs a valid form."""
        return {name: self.cleaned_data[name] for name in self.sets}


def no_extras(account: Account, values: Values, query: QueryDict) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class CardKind:
    """How a card is read, shown, saved and told. `action` names its changes in the log.

    `save(account, actor=, seen=, **wanted)` returns what changed, or raises Overtaken.
    """

    id: str
    title: Text
    purpose: Text
    action: str
    template: str
    form: type[CardForm]
    read: Callable[[Account], dict[str, Any]]
    save: Callable[..., dict[str, list[Any]]]
    facts: Callable[[Account, Values], list[Fact]]
    short: Callable[[Values], Text]
    saved_words: Callable[[Values], Text] = lambda values: ""
    warnings: Callable[[Values], list[str]] = lambda values: []
    extras: Callable[[Account, Values, QueryDict], dict[str, Any]] = no_extras


@dataclass(frozen=True, slots=True)
class Clash:
    """Who was first, and each setting as saved and as asked for."""

    told: str
    rows: list[tuple[Text, Text, Text]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A form that was sent and not saved. `seen` is the version it was shown with: it is sent
    again, so that a mistake does not hide what somebody else changed meanwhile."""

    card: str
    form: CardForm
    seen: str
    overtaken: Overtaken | None = None


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as its template shows it."""

    id: str
    title: Text
    purpose: Text
    template: str
    form: CardForm
    facts: list[Fact]
    short: Text
    changed: SafeString | str
    version: str
    clash: Clash | None
    warnings: list[str]
    extras: dict[str, Any]


def card_view(
    kind: CardKind,
    account: Account,
    *,
    entry: AuditEntry | None,
    answer: Answer | None,
    query: QueryDict,
) -> CardView:
    """The card with its saved values, or with what came back in `answer`. Needs the scope."""
    mine = answer if answer and answer.card == kind.id else None
    values = kind.read(account)
    stale = mine.overtaken if mine else None
    return CardView(
        kind.id,
        kind.title,
        kind.purpose,
        kind.template,
        mine.form if mine else kind.form(account=account, saved=values),
        kind.facts(account, values),
        kind.short(values),
        changed_words(account, kind.action, entry),
        mine.seen if mine and not stale else fingerprint(values),
        _clash(kind, account, mine) if mine and stale else None,
        kind.warnings(values),
        kind.extras(account, values, query),
    )


def changed_words(account: Account, action: str, entry: AuditEntry | None) -> SafeString | str:
    """The card's foot: who changed it last, as a link to every change of it in the log."""
    if entry is None:
        return _("Default value, never changed")
    when = show_when(entry.at, account.time_zone, get_language() or "en", "date")
    told = _("Changed by %(name)s on %(date)s") % {"name": entry.actor_label, "date": when}
    log = reverse("console:account_activity", args=[account.public_id])
    return format_html('<a class="link" href="{}?event={}">{}</a>', log, action, told)


def newest_entries(account: Account, actions: list[str]) -> Mapping[str, AuditEntry]:
    """The newest entry of each action, in one question."""
    newest = (
        AuditEntry.objects.for_account(account)
        .filter(action__in=actions)
        .order_by("action", "-id")
        .distinct("action")
    )
    return {entry.action: entry for entry in newest}


def answer_problems(answer: Answer | None, kinds: Mapping[str, CardKind]) -> list[Problem]:
    """What the error summary says about a form that was not saved."""
    if answer is None:
        return []
    if answer.overtaken is None:
        return problems(answer.form)
    told = _("%(card)s: changed meanwhile. Nothing was saved; choose which values to keep.")
    return [Problem(f"{answer.card}-clash", told % {"card": kinds[answer.card].title})]


def _clash(kind: CardKind, account: Account, answer: Answer) -> Clash:
    assert answer.overtaken is not None
    entry = answer.overtaken.entry
    told = _("Somebody changed this after you opened the page.")
    if entry is not None:
        when = show_when(entry.at, account.time_zone, get_language() or "en", "medium")
        told = _("%(name)s changed this on %(when)s, after you opened the page.") % {
            "name": entry.actor_label,
            "when": when,
        }
    saved = dict(kind.facts(account, answer.overtaken.saved))
    mine = dict(kind.facts(account, answer.form.wanted()))
    return Clash(told, [(name, saved[name], mine.get(name, "–")) for name in saved])
