"""A page of cards: each with its saved values and their origin, or with what was not saved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import ConsoleRequest
from accounts.cards import CardForm, CardKind, Fact, Text
from accounts.conflicts import Overtaken, Values, fingerprint
from accounts.models import Account, AuditEntry
from accounts.origins import Origin
from accounts.permissions import allows
from hub.lib.forms import Problem, problems
from hub.lib.money import show_when


@dataclass(frozen=True, slots=True)
class Clash:
    """Who was first, and each setting as saved and as asked for."""

    told: str
    rows: Sequence[tuple[Text, Text, Text]]


@dataclass(frozen=True, slots=True)
class Answer:
    """A form that was sent and not saved. `seen` is the version it was shown with: it is sent
    again, so that a mistake does not hide what somebody else changed meanwhile."""

    kind: CardKind
    form: CardForm
    seen: str
    overtaken: Overtaken | None = None


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as its template shows it. `facts` are found when they are asked for.

    `set_above` says that the parent sets it, so that there is nothing to fill in; `offers` is the
    origin that this person may give the card instead. "" for none.
    """

    id: str
    title: Text
    purpose: Text
    template: str
    form: CardForm
    facts: Callable[[], list[Fact]]
    short: Text
    changed: SafeString | str
    version: str
    clash: Clash | None
    warnings: list[str]
    extras: dict[str, Any]
    origin: Origin
    set_above: str
    offers: str


def card_context(
    request: ConsoleRequest, cards: Sequence[CardKind], answer: Answer | None = None
) -> dict[str, Any]:
    """What a template of cards needs. Needs the scope; each row is read once."""
    account = request.account
    entries = _newest_entries(account, cards)
    rows = {read: read(account) for read in {kind.row for kind in cards}}
    return {
        "cards": {
            kind.id: _view(
                request,
                kind,
                kind.values(rows[kind.row]),
                entries.get(kind.id),
                answer if answer and answer.kind is kind else None,
            )
            for kind in cards
        },
        "problems": _problems(answer),
        "invalid": answer is not None,
    }


def changed_words(
    request: ConsoleRequest, who: str, at: datetime, **narrowed: str
) -> SafeString | str:
    """Who changed it last; for those who may read the log, a link to it, narrowed so."""
    when = show_when(at, timezone.get_current_timezone_name(), get_language() or "en", "date")
    told = _("Changed by %(name)s on %(date)s") % {"name": who, "date": when}
    if not allows(request.role, "account.view"):
        return told
    log = reverse("console:account_activity", args=[request.account.public_id])
    return format_html('<a class="link" href="{}?{}">{}</a>', log, urlencode(narrowed), told)


def overtaken_words(overtaken: Overtaken) -> str:
    """Who was first, as far as the log tells."""
    entry = overtaken.entry
    if entry is None:
        return _("Somebody changed this after you opened the page.")
    return clash_words(entry.actor_label, entry.at, timezone.get_current_timezone_name())


def clash_words(who: str, at: datetime, zone: str) -> str:
    """Who was first, and when."""
    when = show_when(at, zone, get_language() or "en", "medium")
    told = _("%(name)s changed this on %(when)s, after you opened the page.")
    return told % {"name": who, "when": when}


def clash_problem(card: str, title: Text) -> Problem:
    """What the error summary says of a card that somebody else changed."""
    told = _("%(card)s: changed meanwhile. Nothing was saved; choose which values to keep.")
    return Problem(f"{card}-clash", told % {"card": title})


def _view(
    request: ConsoleRequest,
    kind: CardKind,
    values: dict[str, Any],
    entry: AuditEntry | None,
    answer: Answer | None,
) -> CardView:
    account, query = request.account, request.GET.dict()
    stale = answer is not None and answer.overtaken is not None
    return CardView(
        kind.id,
        kind.title,
        kind.purpose,
        kind.template,
        answer.form if answer else kind.form(account=account, saved=values, query=query),
        partial(kind.facts, account, values),
        kind.short(values),
        _origin(request, kind, values, entry),
        answer.seen if answer and not stale else fingerprint(values),
        _clash(account, answer) if answer and stale else None,
        kind.warnings(values),
        kind.extras(account, values, query),
        kind.origin_of(values),
        _above_words(account, kind.origin_of(values)),
        _offers(request, kind, values),
    )


def _offers(request: ConsoleRequest, kind: CardKind, values: Values) -> str:
    able = kind.origin and request.account.parent_id and allows(request.role, kind.change)
    other = {Origin.OWN: Origin.PARENT, Origin.PARENT: Origin.OWN}
    found = other.get(kind.origin_of(values)) if able else None
    return found.value if found else ""


def _origin(
    request: ConsoleRequest, kind: CardKind, values: Values, entry: AuditEntry | None
) -> SafeString | str:
    """Whether the values are the account's own, and who changed them last."""
    changed = (
        changed_words(request, entry.actor_label, entry.at, event=entry.action) if entry else ""
    )
    if kind.origin_of(values) != Origin.OWN:
        return changed
    is_default = kind.defaults is not None and kind.defaults() == values
    if not changed and is_default:
        return _("Default value, never changed")
    if not changed:
        return _("Own value, set when the account was opened")
    return format_html("{}. {}", _("Default value") if is_default else _("Own value"), changed)


def _above_words(account: Account, origin: Origin) -> str:
    """Who sets the values above this account; "" when they are its own."""
    if origin == Origin.OWN or account.parent is None:
        return ""
    told = {
        Origin.PARENT: _("Set by %(parent)s (parent)"),
        Origin.LOCKED: _("Locked by %(parent)s (parent)"),
    }
    return told[origin] % {"parent": account.parent.name}


def _newest_entries(account: Account, cards: Sequence[CardKind]) -> Mapping[str, AuditEntry]:
    """The newest entry about each card, by its id, in one question."""
    about = {action: kind.id for kind in cards for action in (kind.action, kind.inherited)}
    newest = (
        AuditEntry.objects.for_account(account)
        .filter(action__in=about)
        .order_by("action", "-id")
        .distinct("action")
    )
    # Of two actions about one card the later entry comes last and stays.
    return {about[entry.action]: entry for entry in sorted(newest, key=lambda entry: entry.pk)}


def _problems(answer: Answer | None) -> list[Problem]:
    """What the error summary says about a form that was not saved."""
    if answer is None:
        return []
    if answer.overtaken is None:
        return problems(answer.form)
    return [clash_problem(answer.kind.id, answer.kind.title)]


def _clash(account: Account, answer: Answer) -> Clash:
    assert answer.overtaken is not None
    saved = dict(answer.kind.facts(account, answer.overtaken.saved))
    mine = dict(answer.kind.facts(account, answer.form.wanted()))
    names = dict.fromkeys([*saved, *mine])
    told = overtaken_words(answer.overtaken)
    return Clash(told, [(name, saved.get(name, "–"), mine.get(name, "–")) for name in names])
