"""Console · Numbers & channels: what the account sends from, and the rules it sends by."""

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ConsoleRequest, console
from accounts.undo import undo_tag
from senders import actions, meters
from senders.actions import Change, SenderNotActive, StaleVersion
from senders.forms import LimitForm, SettingsForm
from senders.models import Sender, SendingSettings
from senders.presets import BY_KEY
from senders.settings_page import KINDS, Answer, form_of, page, settings_of
from senders.wording import limits_in_words

ACTIONS: Final[dict[str, Callable[..., Change]]] = {
    "hours": actions.change_sending_hours,
    "limit": actions.change_sms_limit,
    "sender": actions.change_default_sender,
    "receipts": actions.change_receipts,
}
MOST_SENDERS: Final = 200


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
    if request.method == "POST":
        return _save(request)
    preset = BY_KEY.get(request.GET.get("preset", ""))
    return render(request, "senders/settings.html", page(request.account, preset=preset))


@console("sending.change")
@require_http_methods(["GET", "HEAD", "POST"])
def limit_zero(request: ConsoleRequest) -> HttpResponse:
    """The page before a limit of 0. The values wait in its address and are read again."""
    form = form_of("limit", request.account, settings_of(request.account), data=request.GET)
    if not form.is_valid():
        return HttpResponseRedirect(f"{_address(request)}#limit")
    if request.method == "POST":
        return _apply(request, "limit", form, _version(request.GET.get("version")))
    return render(request, "parts/confirm.html", _zero_context(request, form))


def _save(request: ConsoleRequest) -> HttpResponse:
    card = request.POST.get("card", "")
    if card not in KINDS:
        raise BadRequest("No such card.")
    form = form_of(card, request.account, settings_of(request.account), data=request.POST)
    version = _version(request.POST.get("version"))
    if not form.is_valid():
        return _not_saved(request, Answer(card, form, version))
    if isinstance(form, LimitForm) and form.stops_everything:
        return HttpResponseRedirect(_zero_address(request, form, version))
    return _apply(request, card, form, version)


def _apply(request: ConsoleRequest, card: str, form: SettingsForm, version: int) -> HttpResponse:
    """Saved and back at the card, or the page again with what stands against it."""
    try:
        change = ACTIONS[card](
            request.account, actor=request.actor, expected_version=version, **form.wanted()
        )
    except StaleVersion as stale:
        return _not_saved(request, Answer(card, form, version, stale))
    except SenderNotActive:
        form.add_error("default_sender", _("This sender is no longer active. Choose another."))
        return _not_saved(request, Answer(card, form, version))
    _tell(request, card, change)
    return HttpResponseRedirect(f"{_address(request)}#{card}")


def _not_saved(request: ConsoleRequest, answer: Answer) -> HttpResponse:
    status = 409 if answer.stale else 422
    context = page(request.account, answer=answer)
    return render(request, "senders/settings.html", context, status=status)


def _tell(request: ConsoleRequest, card: str, change: Change) -> None:
    title = KINDS[card].title
    if not change.changes:
        told = _("%(card)s: nothing to save, it stood so already.") % {"card": title}
        messages.info(request, told)
        return
    told = _("%(card)s saved.") % {"card": title}
    if card == "limit":
        settings = change.settings
        told += " " + limits_in_words(settings.limit_day, settings.limit_month) + "."
    else:
        told += " " + _("It applies to every message not sent yet.")
    undo = undo_tag(request.account, KINDS[card].action, change.changes)
    messages.success(request, told, extra_tags=undo)
    if card == "limit":
        _warn_of_reached_limits(request, change.settings)


def _warn_of_reached_limits(request: ConsoleRequest, settings: SendingSettings) -> None:
    for meter in meters.read(request.account, settings, timezone.now()):
        if meter.is_reached:
            told = meters.consequence(meter, settings.over_limit, request.account.time_zone)
            messages.warning(request, told)


def _zero_address(request: ConsoleRequest, form: LimitForm, version: int) -> str:
    given: dict[str, Any] = {**form.wanted(), "version": version}
    query = urlencode({name: "" if value is None else value for name, value in given.items()})
    path = reverse("console:numbers_limit_zero", args=[request.account.public_id])
    return f"{path}?{query}"


def _zero_context(request: ConsoleRequest, form: SettingsForm) -> dict[str, Any]:
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


def _version(text: str | None) -> int:
    """The version a form was shown with; a missing or mangled one is older than all."""
    try:
        return max(int(text or ""), -1)
    except ValueError:
        return -1
