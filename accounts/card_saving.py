"""Saving one card: the form that was sent, its change, and the notes after it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ConsoleRequest
from accounts.card_page import Answer, overtaken_words
from accounts.cards import CardKind, CardRefused, Query
from accounts.conflicts import Overtaken
from accounts.origins import Origin, SetAbove
from accounts.undo import undo_tag


def sent_card(request: ConsoleRequest, cards: Sequence[CardKind]) -> Answer:
    """The form of the card that was sent; BadRequest when it is none of `cards`."""
    kind = next((kind for kind in cards if kind.id == request.POST.get("card")), None)
    if kind is None:
        raise BadRequest("No such card.")
    return read_card(request, kind, request.POST)


def read_card(request: ConsoleRequest, kind: CardKind, data: Query) -> Answer:
    """The card's form over what is saved, bound to `data`."""
    form = kind.form(data, account=request.account, saved=kind.read(request.account))
    return Answer(kind, form, str(data.get("version", "")))


def save_card(request: ConsoleRequest, answer: Answer) -> Answer | None:
    """None when the valid form is saved and the notes say so; else what stands against it."""
    kind, form, wanted = answer.kind, answer.form, answer.form.wanted()
    try:
        changes = kind.save(request.account, actor=request.actor, seen=answer.seen, **wanted)
    except Overtaken as overtaken:
        return Answer(kind, form, answer.seen, overtaken)
    except SetAbove:
        note_set_above(request, kind)
        return None
    except CardRefused as refused:
        form.add_error(refused.field, str(refused.told))
        return answer
    named = {"card": kind.title}
    if not changes:
        messages.info(request, _("%(card)s: nothing to save, it stood so already.") % named)
        return None
    told = " ".join((_("%(card)s saved.") % named, str(kind.saved_words(wanted)))).strip()
    messages.success(request, told, extra_tags=undo_tag(request.account, kind.action, changes))
    for outcome in kind.outcomes(request.account, wanted):
        messages.warning(request, outcome)
    return None


def save_origin(request: ConsoleRequest, kind: CardKind, origin: Origin, seen: str) -> None:
    """The card follows the parent from now on, or keeps its values as the account's own; a note
    says so, or why not."""
    values = {**kind.read(request.account), kind.origin: origin.value}
    try:
        changes = kind.save(request.account, actor=request.actor, seen=seen, **values)
    except Overtaken as overtaken:
        told = _("%(card)s: nothing was changed.") % {"card": kind.title}
        messages.warning(request, f"{told} {overtaken_words(overtaken)}")
    except SetAbove:
        note_set_above(request, kind)
    else:
        own = _("%(card)s: the values are this account’s own now. Change them here.")
        follows = _("%(card)s: this account has the values of %(parent)s from now on.")
        told = (follows if origin == Origin.PARENT else own) % _named(request, kind)
        undo = undo_tag(request.account, kind.action, changes)
        messages.success(request, told, extra_tags=undo)


def note_set_above(request: ConsoleRequest, kind: CardKind) -> None:
    """A note says that nothing was saved, because the parent sets this card."""
    told = _("%(card)s: nothing was saved, because %(parent)s sets it for this account.")
    messages.warning(request, told % _named(request, kind))


def _named(request: ConsoleRequest, kind: CardKind) -> dict[str, Any]:
    parent = request.account.parent
    return {"card": kind.title, "parent": parent.name if parent else ""}


def at_card(request: ConsoleRequest, kind: CardKind) -> HttpResponse:
    """Back at the card, on its page."""
    page = reverse(f"console:{kind.page}", args=[request.account.public_id])
    return HttpResponseRedirect(f"{page}#{kind.id}")


def status_of(answer: Answer) -> int:
    """Of the page that shows what was not saved."""
    return 409 if answer.overtaken else 422
