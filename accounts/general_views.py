"""Console · Account · General: five cards, and the pages before its larger changes."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsoleRequest, console
from accounts.cards import Answer, CardKind, Text, answer_problems, card_view, newest_entries
from accounts.closing import open_below
from accounts.conflicts import Overtaken
from accounts.general_cards import ZONE
from accounts.models import Account, AccountRequest
from accounts.requests import AskedAlready, latest_request, request_duplicates
from accounts.suspension import WrongState
from accounts.undo import undo_tag
from accounts.zones import city_of, zone_in_words

Cards = Sequence[CardKind]
# What a change means, as (when or where, what happens); told by a floor that knows.
ZoneConsequences = Callable[[Account, str], list[tuple[Text, Text]]]

LONGEST_WHY = 200


@console("account.view", change="account.change")
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: ConsoleRequest, *, cards: Cards) -> HttpResponse:
    """The cards; a POST saves one of them, or leads to the page before a change of zone."""
    if request.method != "POST":
        return render(request, "accounts/general.html", _page(request, cards))
    kind = next((kind for kind in cards if kind.id == request.POST.get("card")), None)
    if kind is None:
        raise BadRequest("No such card.")
    saved = kind.read(request.account)
    form = kind.form(request.POST, account=request.account, saved=saved)
    seen = request.POST.get("version", "")
    if not form.is_valid():
        return _not_saved(request, cards, Answer(kind.id, form, seen))
    if kind.id == ZONE.id and form.wanted() != saved:
        query = urlencode({**form.wanted(), "version": seen})
        return HttpResponseRedirect(f"{_address(request, 'account_zone')}?{query}")
    return _apply(request, cards, Answer(kind.id, form, seen))


@console("account.change")
@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: ConsoleRequest, *, cards: Cards, consequences: ZoneConsequences) -> HttpResponse:
    """The page before a change of zone. The zone waits in its address and is read again."""
    saved = ZONE.read(request.account)
    form = ZONE.form(request.GET, account=request.account, saved=saved)
    if not form.is_valid() or form.wanted() == saved:
        return HttpResponseRedirect(_address(request, "account_general") + "#zone")
    if request.method == "POST":
        return _apply(request, cards, Answer(ZONE.id, form, request.GET.get("version", "")))
    wanted = form.wanted()["time_zone"]
    context = {
        "title": _("Change the time zone to %(city)s") % {"city": city_of(wanted)},
        "purpose": _("Now: %(now)s. Then: %(then)s.")
        % {"now": zone_in_words(request.account.time_zone), "then": zone_in_words(wanted)},
        "consequences": consequences(request.account, wanted),
        "confirm": _("Change the time zone"),
        "keep": _("Keep %(city)s") % {"city": city_of(request.account.time_zone)},
        "back_url": _address(request, "account_general") + "#zone",
    }
    return render(request, "accounts/zone.html", context)


@console("account.change")
@require_POST
def ask_duplicates(request: ConsoleRequest) -> HttpResponse:
    """Asks staff to allow duplicate contacts, or no longer to; back at the card."""
    why = " ".join(request.POST.get("why", "").split())
    if len(why) > LONGEST_WHY or not why.isprintable():
        raise BadRequest("A reason is one line of at most 200 characters.")
    allow = not request.account.duplicate_contacts
    try:
        request_duplicates(request.account, actor=request.actor, allow=allow, why=why)
        messages.success(request, _("Asked. Support answers here and in the activity log."))
    except AskedAlready:
        messages.info(request, _("This was asked already and waits for support."))
    except WrongState:
        messages.info(request, _("It is set so already."))
    return HttpResponseRedirect(_address(request, "account_general") + "#duplicates")


def _apply(request: ConsoleRequest, cards: Cards, answer: Answer) -> HttpResponse:
    """Saved and back at the card, or the page again with both values."""
    kind = next(kind for kind in cards if kind.id == answer.card)
    wanted = answer.form.wanted()
    try:
        changes = kind.save(request.account, actor=request.actor, seen=answer.seen, **wanted)
    except Overtaken as overtaken:
        return _not_saved(request, cards, Answer(kind.id, answer.form, answer.seen, overtaken))
    if changes:
        told = _("%(card)s saved.") % {"card": kind.title}
        undo = undo_tag(request.account, kind.action, changes)
        messages.success(request, f"{told} {kind.saved_words(wanted)}".strip(), extra_tags=undo)
    else:
        told = _("%(card)s: nothing to save, it stood so already.") % {"card": kind.title}
        messages.info(request, told)
    return HttpResponseRedirect(f"{_address(request, 'account_general')}#{kind.id}")


def _not_saved(request: ConsoleRequest, cards: Cards, answer: Answer) -> HttpResponse:
    status = 409 if answer.overtaken else 422
    context = _page(request, cards, answer)
    return render(request, "accounts/general.html", context, status=status)


def _page(request: ConsoleRequest, cards: Cards, answer: Answer | None = None) -> dict[str, Any]:
    account = request.account
    entries = newest_entries(account, [kind.action for kind in cards])
    views = {
        kind.id: card_view(
            kind, account, entry=entries.get(kind.action), answer=answer, query=request.GET
        )
        for kind in cards
    }
    asked = latest_request(account)
    return {
        "cards": views,
        "problems": answer_problems(answer, {kind.id: kind for kind in cards}),
        "invalid": answer is not None,
        "asked": asked,
        "waiting": asked is not None and asked.state == AccountRequest.State.REQUESTED,
        "below": open_below(account),
    }


def _address(request: ConsoleRequest, page: str) -> str:
    return reverse(f"console:{page}", args=[request.account.public_id])
