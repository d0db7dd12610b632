"""The console's pages of messages: the list, one message, cancelling."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages as flash
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ConsoleRequest, console
from accounts.permissions import allows
from hub.lib.forms import problems
from hub.lib.parts import answer, wants_part
from messaging import listing
from messaging.cancel import cancel
from messaging.forms import FilterForm
from messaging.list_rows import excerpt
from messaging.log import count_waiting, read_page
from messaging.sender_list import active_senders
from messaging.standing import standing
from messaging.states import FINAL, WAITING
from messaging.story import Story, find_story
from messaging.telling import BADGES, Teller
from messaging.timeline import Told


@console("messages.view")
@require_safe
def message_list(request: ConsoleRequest) -> HttpResponse:
    """A page of messages, newest first (what waits: next to leave first)."""
    teller = Teller.for_request(request)
    senders = active_senders(request.account)
    form = FilterForm(
        request.GET, region=request.account.country, senders=senders, exact=teller.masks
    )
    form.is_valid()
    filters = form.filters(request.GET.get("state", "all"), request.GET.get("batch", ""))
    came, cursor = listing.asked(request.GET)
    found = read_page(
        request.account.pk, filters, timezone.get_current_timezone_name(), cursor=cursor, came=came
    )
    may_cancel = allows(request.role, "messages.cancel")
    page = listing.PageOfRows(request.GET, filters, found, teller)
    context = {
        "filter_form": form,
        "problems": problems(form),
        "invalid": bool(form.errors),
        "page": page,
        "rows": page.rows(may_cancel=may_cancel),
        "tabs": page.tabs(count_waiting(request.account.pk)),
        "chips": page.chips({str(sender.id): sender.address for sender in senders}),
    }
    return answer(
        request, "messaging/list.html", context,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK,
    )  # fmt: skip


@console("messages.view")
@never_cache
@require_safe
def message_detail(request: ConsoleRequest, message_id: UUID) -> HttpResponse:
    """One message and its story; while it lives, the page asks for its part again.

    `seen` names the version the asker shows: 204 when nothing has changed since.
    """
    story = _story(request, message_id)
    seen = _version(story)
    if wants_part(request) and request.GET.get("seen") == seen:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    teller = Teller.for_request(request)
    context = {**_told(story, teller), "seen": seen, "may_cancel": _may_cancel(request, story)}
    return answer(request, "messaging/detail.html", context, part="messaging/_story.html")


@console("messages.view", change="messages.cancel")
@require_http_methods(["GET", "HEAD", "POST"])
def message_cancel(request: ConsoleRequest, message_id: UUID) -> HttpResponse:
    """GET says what cancelling does; POST takes the message back, if it has not left."""
    story = _story(request, message_id)
    back = _url(request, "message", message_id=message_id)
    if request.method != "POST":
        return _cancel_page(request, story, back)
    if cancel(request.account.pk, message_id, actor=request.actor):
        flash.success(request, _("Cancelled. It will not be sent, and costs nothing."))
    else:
        flash.warning(request, _("Too late to cancel: nothing was waiting any more."))
    return HttpResponseRedirect(back)


def _told(story: Story, teller: Teller) -> dict[str, Any]:
    message, words = story.message, Told(story, teller)
    row = story.as_row()
    return {
        "message": message,
        "badge": BADGES[story.state],
        "sentence": standing(row, teller),
        "action": teller.action(message.reason),
        "number": teller.number(message.to),
        "encoding": words.encoding(),
        "price": "" if teller.masks else words.price(),
        "timeline": words.timeline(),
        "checked": words.checked(),
        "receipts": words.receipts(),
        "accepted_at": story.accepted_at,
        "poll": _poll(story, teller),
    }


def _poll(story: Story, teller: Teller) -> str:
    """After how many seconds an open page asks again; "" when nothing more will happen."""
    message = story.message
    if message.state in FINAL or (message.state == "submitted" and message.reason):
        return ""
    fresh = (teller.now - message.updated_at).total_seconds() < 60
    moving = fresh and story.state in ("queued", "sending", "submitted", "unknown")
    return "1" if moving else "15"


def _version(story: Story) -> str:
    return f"{story.state}.{story.message.updated_at.timestamp():.6f}.{len(story.receipts)}"


def _cancel_page(request: ConsoleRequest, story: Story, back: str) -> HttpResponse:
    teller = Teller.for_request(request)
    if story.state not in WAITING:
        flash.warning(request, _("Too late to cancel: nothing was waiting any more."))
        return HttpResponseRedirect(back)
    context = {
        "title": _("Cancel this message"),
        "purpose": _("To %(number)s: “%(text)s”")
        % {"number": teller.number(story.message.to), "text": excerpt(story.message.body)},
        "consequences": [
            (_("Now"), _("It is taken out of the line and will never be sent.")),
            (_("Money"), _("What was held for it can be spent again.")),
            (_("Afterwards"), _("It stays in this list as cancelled. To send it, write it anew.")),
        ],
        "confirm": _("Cancel this message"),
        "keep": _("Keep it waiting"),
        "back_url": back,
        "back_label": _("Message"),
    }
    return TemplateResponse(request, "parts/confirm.html", context)


def _may_cancel(request: ConsoleRequest, story: Story) -> bool:
    return allows(request.role, "messages.cancel") and story.state in WAITING


def _story(request: ConsoleRequest, message_id: UUID) -> Story:
    story = find_story(request.account.pk, message_id)
    if story is None:
        raise Http404
    return story


def _url(request: ConsoleRequest, name: str, **kwargs: object) -> str:
    return reverse(f"console:{name}", kwargs={"account_id": request.account.public_id, **kwargs})
