"""Console · Numbers & channels: what the account sends from, and the rules it sends by."""

from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ConsoleRequest, console
from accounts.card_page import Answer, card_context
from accounts.card_saving import (
    at_card,
    note_set_above,
    read_card,
    save_card,
    save_origin,
    sent_card,
    status_of,
)
from accounts.cards import CardForm
from accounts.origins import Origin
from senders.actions import settings_of
from senders.cards import CARDS, LIMIT
from senders.forms import LimitForm
from senders.models import Sender, SendingSettings
from senders.wording import limits_in_words

MOST_SENDERS: Final = 200
# A lock is set at the parent alone.
OFFERED: Final = (Origin.OWN, Origin.PARENT)


@console("sending.view")
@require_safe
def active(request: ConsoleRequest) -> HttpResponse:
    """What this account may send from."""
    mine = Sender.objects.for_account(request.account).filter(state=Sender.State.ACTIVE)
    context = {
        "senders": list(mine.order_by("kind", "address")[:MOST_SENDERS]),
        "default_id": settings_of(request.account).default_sender_id,
    }
    return render(request, "senders/active.html", context)


@console("sending.view", change="sending.change")
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: ConsoleRequest) -> HttpResponse:
    """The cards; `?preset=fr` fills the hours without saving; a POST saves one card."""
    if request.method != "POST":
        return _page(request)
    sent = sent_card(request, CARDS)
    if sent.kind.origin_of(sent.form.saved) == Origin.LOCKED:
        note_set_above(request, sent.kind)
        return at_card(request, sent.kind)
    if not sent.form.is_valid():
        return _page(request, sent)
    if isinstance(sent.form, LimitForm) and sent.form.stops_everything:
        return HttpResponseRedirect(_zero_address(request, sent))
    return _apply(request, sent)


@console("sending.change")
@require_POST
def origin(request: ConsoleRequest) -> HttpResponse:
    """A card follows the parent account from now on, or its values are the account's own; back at
    the card."""
    kind = next((kind for kind in CARDS if kind.id == request.POST.get("card")), None)
    wanted = request.POST.get("origin")
    if not (kind and kind.origin and wanted in OFFERED and request.account.parent_id):
        raise BadRequest("Nothing to follow here.")
    save_origin(request, kind, Origin(wanted), request.POST.get("version", ""))
    return at_card(request, kind)


@console("sending.change")
@require_http_methods(["GET", "HEAD", "POST"])
def limit_zero(request: ConsoleRequest) -> HttpResponse:
    """The page before a limit of 0. The values wait in its address and are read again."""
    sent = read_card(request, LIMIT, request.GET)
    if not sent.form.is_valid():
        return at_card(request, LIMIT)
    if request.method == "POST":
        return _apply(request, sent)
    return render(request, "parts/confirm.html", _zero_context(request, sent.form))


def _apply(request: ConsoleRequest, sent: Answer) -> HttpResponse:
    """Saved and back at the card, or the page again with what stands against it."""
    refused = save_card(request, sent)
    return _page(request, refused) if refused else at_card(request, sent.kind)


def _page(request: ConsoleRequest, answer: Answer | None = None) -> HttpResponse:
    context = card_context(request, CARDS, answer)
    status = status_of(answer) if answer else HTTPStatus.OK
    return render(request, "senders/settings.html", context, status=status)


def _zero_address(request: ConsoleRequest, sent: Answer) -> str:
    given: dict[str, Any] = {**sent.form.wanted(), "version": sent.seen}
    query = urlencode({name: "" if value is None else value for name, value in given.items()})
    path = reverse("console:numbers_limit_zero", args=[request.account.public_id])
    return f"{path}?{query}"


def _zero_context(request: ConsoleRequest, form: CardForm) -> dict[str, Any]:
    given = form.wanted()
    hold = given["over_limit"] == SendingSettings.OverLimit.HOLD
    waiting = _(
        "Every message, from the Hub, the API or email, is held. Held messages whose validity "
        "ends before you raise the limit expire and are not billed."
    )
    rejected = _("Every message, from the Hub, the API or email, is rejected with code 301.")
    return {
        "title": _("Send nothing"),
        "purpose": _("A limit of 0 stops this account’s sending: %(limits)s.")
        % {"limits": limits_in_words(given["limit_day"], given["limit_month"])},
        "consequences": [
            (_("Now"), waiting if hold else rejected),
            (_("Meanwhile"), _("Messages already handed to carriers keep going.")),
            (_("Afterwards"), _("Raise or empty the limit on this page to send again.")),
        ],
        "confirm": _("Send nothing from now on"),
        "keep": _("Keep the present limit"),
        "back_url": f"{_address(request)}#limit",
    }


def _address(request: ConsoleRequest) -> str:
    return reverse("console:numbers_settings", args=[request.account.public_id])
