"""A person's own page: name, language, time zone, and where the rest of their sign-in is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods

from accounts.undo import Why
from hub.lib.forms import ConsoleForm, problems
from hub.lib.parts import answer
from users.forms import LanguageForm, NameForm, ZoneForm
from users.middleware import language_of, remember_language
from users.models import User
from users.own_changes import UNDO, Change, read_signed, told, undo_tag

Text = str | Promise


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A card of the page; its form has one field, named as the person's column is."""

    id: str
    field: str
    title: Text
    purpose: Text
    form: Callable[..., ConsoleForm]
    saved: Text


CARDS: Final = (
    OwnCard(
        "name",
        "name",
        gettext_lazy("Your name"),
        gettext_lazy("Colleagues and the activity log see it."),
        NameForm,
        gettext_lazy("Your name is saved."),
    ),
    OwnCard(
        "language",
        "language",
        gettext_lazy("Language"),
        gettext_lazy("Of the console and of every mail you get."),
        LanguageForm,
        gettext_lazy("Your language is saved."),
    ),
    OwnCard(
        "zone",
        "time_zone",
        gettext_lazy("Time zone"),
        gettext_lazy("The clock by which you read times, whichever account you look at."),
        ZoneForm,
        gettext_lazy("Your time zone is saved."),
    ),
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """The cards; a POST saves one of them, or takes back what one of the last 10 minutes saved."""
    person = cast(User, request.user)
    forms = {card.id: card.form(initial=_initial(request, person, card)) for card in CARDS}
    if request.method != "POST":
        return _page(request, person, forms)
    if UNDO in request.GET:
        return _undo(request, person, request.GET[UNDO])
    sent = next((card for card in CARDS if card.id == request.POST.get("card")), None)
    if sent is None:
        raise BadRequest("No such card.")
    form = forms[sent.id] = sent.form(request.POST, initial=_initial(request, person, sent))
    if not form.is_valid():
        return _page(request, person, forms, status=422)
    return _save(request, person, sent, form.cleaned_data[sent.field])


def _save(request: HttpRequest, person: User, card: OwnCard, value: str) -> HttpResponse:
    before = _initial(request, person, card)[card.field]
    User.objects.filter(pk=person.pk).update(**{card.field: value})
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
    with override(_spoken(request, card, change.before)):
        messages.success(request, told(None, card.title))
    return _back(request, card, change.before)


def _spoken(request: HttpRequest, card: OwnCard, value: str) -> str:
    """The language of the answer to a change of this card to `value`."""
    return value if card.field == "language" else language_of(request)


def _back(request: HttpRequest, card: OwnCard, value: str) -> HttpResponse:
    response = HttpResponseRedirect(f"{request.path}#{card.id}")
    if card.field == "language":
        remember_language(response, value)
    return response


def _initial(request: HttpRequest, person: User, card: OwnCard) -> dict[str, str]:
    saved = getattr(person, card.field)
    return {card.field: saved or (language_of(request) if card.field == "language" else "")}


def _page(
    request: HttpRequest, person: User, forms: dict[str, ConsoleForm], status: int = 200
) -> HttpResponse:
    cards = [(card, forms[card.id], next(iter(forms[card.id]))) for card in CARDS]
    context: dict[str, Any] = {
        "cards": cards,
        "problems": problems(*forms.values()),
        "invalid": status != 200,
        "two_steps": Authenticator.objects.filter(user=person.pk, type="totp").exists(),
        "sessions": UserSession.objects.filter(user=person.pk).count(),
    }
    return answer(request, "users/profile.html", context, status=status)
