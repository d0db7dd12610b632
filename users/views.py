"""A person's own page: name, language, time zone, and where the rest of their sign-in is."""

from typing import Any, NamedTuple, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, override
from django.views.decorators.http import require_http_methods

from accounts.card_page import Clash, clash_problem
from accounts.undo import Why
from hub.lib.forms import ConsoleForm, Problem, Text, problems
from hub.lib.parts import answer
from users.middleware import language_of, remember_language
from users.models import User
from users.own_cards import CARDS, OwnCard
from users.own_changes import UNDO, Change, read_signed, told, undo_tag


class Sent(NamedTuple):
    """A form that was sent and not saved, and the version it was shown with."""

    card: OwnCard
    form: ConsoleForm
    seen: str
    overtaken: bool = False


class CardView(NamedTuple):
    """A card as its template shows it."""

    id: str
    title: Text
    purpose: Text
    form: ConsoleForm
    field: BoundField
    version: str
    clash: Clash | None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The cards; a POST saves one of them, or takes back what one of the last 10 minutes saved."""
    person = cast(User, request.user)
    if request.method != "POST":
        return _page(request, person)
    if UNDO in request.GET:
        return _undo(request, person, request.GET[UNDO])
    card = next((one for one in CARDS if one.id == request.POST.get("card")), None)
    if card is None:
        raise BadRequest("No such card.")
    form = card.form(request.POST, initial=_initial(request, person, card))
    return _save(request, person, Sent(card, form, request.POST.get("version", "")))


def _save(request: HttpRequest, person: User, sent: Sent) -> HttpResponse:
    """Saved, unless another tab was first: then the page shows both values."""
    card = sent.card
    if not sent.form.is_valid():
        return _page(request, person, sent)
    before = _initial(request, person, card)[card.field]
    value, saved = sent.form.cleaned_data[card.field], card.value(person)
    mine = User.objects.filter(pk=person.pk, **{card.field: saved})
    is_seen = sent.seen == card.seen(person)
    if saved != value and not (is_seen and mine.update(**{card.field: value})):
        person.refresh_from_db()
        return _page(request, person, sent._replace(overtaken=True))
    change = Change(person.pk, card.id, before, value)
    with override(_spoken(request, card, value)):
        messages.success(request, str(card.saved), extra_tags=undo_tag(request, change))
    return _back(request, card, value)


def _undo(request: HttpRequest, person: User, token: str) -> HttpResponse:
    change, why = read_signed(token, person.pk)
    card = next(card for card in CARDS if card.id == change.card)
    mine = User.objects.filter(pk=person.pk, **{card.field: change.after})
    if why is None and not mine.update(**{card.field: change.before}):
        why = Why.CHANGED
    if why is not None:
        messages.warning(request, told(why, card.title))
        return HttpResponseRedirect(f"{request.path}#{card.id}")
    back = Change(person.pk, card.id, change.after, change.before)
    with override(_spoken(request, card, change.before)):
        messages.success(request, told(None, card.title), extra_tags=undo_tag(request, back))
    return _back(request, card, change.before)


def _spoken(request: HttpRequest, card: OwnCard, value: str) -> str:
    """The language of the sent to a change of this card to `value`."""
    return value if card.field == "language" else language_of(request)


def _back(request: HttpRequest, card: OwnCard, value: str) -> HttpResponse:
    response = HttpResponseRedirect(f"{request.path}#{card.id}")
    if card.field == "language":
        remember_language(response, value)
    return response


def _initial(request: HttpRequest, person: User, card: OwnCard) -> dict[str, str]:
    saved = getattr(person, card.field)
    return {card.field: saved or (language_of(request) if card.field == "language" else "")}


def _page(request: HttpRequest, person: User, sent: Sent | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "cards": [
            _view(request, person, card, sent if sent and sent.card is card else None)
            for card in CARDS
        ],
        "problems": _problems(sent),
        "invalid": sent is not None,
        "two_steps": Authenticator.objects.filter(user=person.pk, type="totp").exists(),
        "sessions": UserSession.objects.filter(user=person.pk).count(),
    }
    return answer(request, "users/profile.html", context, status=_status(sent))


def _view(request: HttpRequest, person: User, card: OwnCard, sent: Sent | None) -> CardView:
    form = sent.form if sent else card.form(initial=_initial(request, person, card))
    stale = sent is not None and sent.overtaken
    return CardView(
        card.id,
        card.title,
        card.purpose,
        form,
        form[card.field],
        sent.seen if sent and not stale else card.seen(person),
        _clash(person, card, form) if stale else None,
    )


def _clash(person: User, card: OwnCard, form: ConsoleForm) -> Clash:
    told = gettext("You changed this in another tab or browser, after you opened the page.")
    saved, mine = card.words(card.value(person)), card.words(form.cleaned_data[card.field])
    return Clash(told, [(card.title, saved, mine)])


def _problems(sent: Sent | None) -> list[Problem]:
    if sent is None:
        return []
    if sent.overtaken:
        return [clash_problem(sent.card.id, sent.card.title)]
    return problems(sent.form)


def _status(sent: Sent | None) -> int:
    if sent is None:
        return 200
    return 409 if sent.overtaken else 422
