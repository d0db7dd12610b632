"""Console · Account · General: five cards, and the pages before its larger changes."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ConsoleRequest, console
from accounts.card_page import Answer, card_context
from accounts.card_saving import at_card, read_card, save_card, sent_card, status_of
from accounts.cards import CardKind, Text
from accounts.closing import open_below
from accounts.forms import WhyForm
from accounts.general_cards import ZONE
from accounts.models import Account, AccountRequest
from accounts.requests import (
    AskedAlready,
    latest_request,
    request_duplicates,
    withdraw_request,
)
from accounts.suspension import WrongState
from accounts.zones import city_of, zone_in_words
from hub.lib.forms import problems

Cards = Sequence[CardKind]
# What a change means, as (when or where, what happens); told by a floor that knows.
ZoneConsequences = Callable[[Account, str], list[tuple[Text, Text]]]


@console("account.view", change="account.change")
@require_http_methods(["GET", "HEAD", "POST"])
def general(request: ConsoleRequest, *, cards: Cards) -> HttpResponse:
    """The cards; a POST saves one of them, or leads to the page before a change of zone."""
    if request.method != "POST":
        return render(request, "accounts/general.html", _page(request, cards))
    sent = sent_card(request, cards)
    if not sent.form.is_valid():
        return _not_saved(request, cards, sent)
    if sent.kind is ZONE and sent.form.wanted() != sent.form.saved:
        query = urlencode({**sent.form.wanted(), "version": sent.seen})
        return HttpResponseRedirect(f"{_address(request, 'account_zone')}?{query}")
    return _apply(request, cards, sent)


@console("account.change")
@require_http_methods(["GET", "HEAD", "POST"])
def zone(request: ConsoleRequest, *, cards: Cards, consequences: ZoneConsequences) -> HttpResponse:
    """The page before a change of zone. The zone waits in its address and is read again."""
    sent = read_card(request, ZONE, request.GET)
    if not sent.form.is_valid() or sent.form.wanted() == sent.form.saved:
        return at_card(request, ZONE)
    if request.method == "POST":
        return _apply(request, cards, sent)
    form = sent.form
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
def ask_duplicates(request: ConsoleRequest, *, cards: Cards) -> HttpResponse:
    """Asks staff to allow duplicate contacts, or no longer to; back at the card."""
    form = WhyForm(request.POST)
    if not form.is_valid():
        context = {**_page(request, cards), "why_form": form}
        context |= {"problems": problems(form), "invalid": True}
        return render(request, "accounts/general.html", context, status=422)
    allow, why = not request.account.duplicate_contacts, form.cleaned_data["why"]
    try:
        request_duplicates(request.account, actor=request.actor, allow=allow, why=why)
        messages.success(request, _("Asked. Support answers here and in the activity log."))
    except AskedAlready:
        messages.info(request, _("This was asked already and waits for support."))
    except WrongState:
        messages.info(request, _("It is set so already."))
    return _at_duplicates(request)


@console("account.change")
@require_POST
def withdraw_duplicates(request: ConsoleRequest) -> HttpResponse:
    """The request that waits is taken back; back at the card."""
    try:
        withdraw_request(request.account, actor=request.actor)
        messages.success(request, _("The request is withdrawn. Nothing has changed."))
    except WrongState:
        messages.info(request, _("No request waits: it was answered or withdrawn before."))
    return _at_duplicates(request)


def _apply(request: ConsoleRequest, cards: Cards, sent: Answer) -> HttpResponse:
    """Saved and back at the card, or the page again with both values."""
    refused = save_card(request, sent)
    return _not_saved(request, cards, refused) if refused else at_card(request, sent.kind)


def _not_saved(request: ConsoleRequest, cards: Cards, answer: Answer) -> HttpResponse:
    context = _page(request, cards, answer)
    return render(request, "accounts/general.html", context, status=status_of(answer))


def _page(request: ConsoleRequest, cards: Cards, answer: Answer | None = None) -> dict[str, Any]:
    asked = latest_request(request.account)
    return {
        **card_context(request, cards, answer),
        "asked": asked,
        "waiting": asked is not None and asked.state == AccountRequest.State.REQUESTED,
        "below": open_below(request.account),
        "why_form": WhyForm(),
    }


def _at_duplicates(request: ConsoleRequest) -> HttpResponse:
    return HttpResponseRedirect(_address(request, "account_general") + "#duplicates")


def _address(request: ConsoleRequest, page: str) -> str:
    return reverse(f"console:{page}", args=[request.account.public_id])
