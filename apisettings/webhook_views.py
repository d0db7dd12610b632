"""Console · API settings · Webhooks: where events go, and how each delivery went."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ConsoleRequest, console
from accounts.card_page import Clash, clash_words
from accounts.conflicts import newest_entry
from accounts.models import Account
from accounts.sure_form import SureForm
from accounts.undo import undo_tag
from apisettings import actions, once
from apisettings.events import DESCRIPTIONS
from apisettings.forms import WebhookForm
from apisettings.models import Delivery, DeliveryAttempt, Webhook
from apisettings.retry import FAILING_DAYS
from hub.lib.forms import Problem, problems
from hub.lib.safe_http import Refusal

MOST_SHOWN: Final = 50
NEW_SECRET: Final = "webhook_secret"  # noqa: S105 - the name of a place, not a secret

WHY: Final[dict[str, Promise]] = {
    Refusal.PRIVATE: gettext_lazy("Refused by us: the address is private"),
    Refusal.DNS: gettext_lazy("The host name was not found"),
    Refusal.CONNECT: gettext_lazy("No connection"),
    Refusal.TLS: gettext_lazy("The certificate was not accepted"),
    Refusal.TIMEOUT: gettext_lazy("No complete answer in 15 seconds"),
    Refusal.RESET: gettext_lazy("The connection was cut"),
    Refusal.PROTOCOL: gettext_lazy("The answer was not HTTP"),
    Refusal.REDIRECT: gettext_lazy("A redirect, which we do not follow"),
    "secret_unreadable": gettext_lazy("The signing secret cannot be read: replace it"),
}
CHANGED_MEANWHILE: Final = gettext_lazy(
    "Changed meanwhile. Nothing was saved; choose which values to keep."
)
BADGES: Final = {"waiting": "pend", "delivered": "ok", "exhausted": "bad"}


@dataclass(frozen=True, slots=True)
class AttemptRow:
    attempt: DeliveryAttempt
    why: str | Promise


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery as the list shows it. `next_at`: when it is tried again, None when it is over."""

    delivery: Delivery
    title: str | Promise
    badge: str
    attempts: Sequence[AttemptRow]
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """The webhook's state as a note: its kind, a word, a sentence, and the time it speaks of."""

    kind: str
    word: str
    text: str
    at: datetime | None = None


@console("api.view", change="api.change")
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: ConsoleRequest) -> HttpResponse:
    """The account's webhook: its form, its secret, a test, its last deliveries."""
    found = Webhook.objects.for_account(request.account).first()
    if request.method != "POST":
        return _page(request, found, _form(found))
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            return _save(request, form)
        except actions.EditedMeanwhile as meanwhile:
            return _overtaken(request, form, meanwhile.saved)
    return _page(request, found, form, status=422)


@console("api.change")
@require_safe
@never_cache
def secret(request: ConsoleRequest) -> HttpResponse:
    """The signing secret, this once."""
    shown = once.take(request, NEW_SECRET, request.account.pk)
    if shown is None:
        return render(request, "apisettings/shown_before.html", {"what": "secret"})
    found = Webhook.objects.for_account(request.account).first()
    context = {"secret": shown[1], "webhook": found, "replaced": shown[0] == "replaced"}
    return render(request, "apisettings/webhook_secret.html", context)


@console("api.change")
@require_http_methods(["GET", "HEAD", "POST"])
def secret_replace(request: ConsoleRequest) -> HttpResponse:
    """The page before the secret is replaced, and the replacing."""
    found = Webhook.objects.for_account(request.account).first()
    if found is None:
        raise Http404
    form = SureForm(request, _("My receiver gets the new secret within 24 hours"))
    if form.is_valid():
        version = request.POST.get("version", "")
        made = actions.replace_secret(request.account, actor=request.actor, version=version)
        if made is None:  # pressed twice: the new secret waits to be seen
            return redirect("console:api_webhook_secret", request.account.public_id)
        return _show_once(request, "replaced", made)
    context = {
        "title": _("Replace the signing secret"),
        "consequences": [
            (_("Now"), _("You see the new secret once. Put it into your receiver.")),
            (_("For 24 hours"), _("Each event carries two signatures, of the new and the old.")),
            (_("Afterwards"), _("The old secret signs no more.")),
        ],
        "form": form,
        "confirm": _("Replace the secret"),
        "keep": _("Keep the present secret"),
        "back_url": _home(request.account).url,
        "back_label": _("Webhooks"),
        "version": request.POST.get("version") or actions.secret_version(found),
    }
    status = 422 if form.is_bound else 200
    return render(request, "parts/confirm.html", context, status=status)


@console("api.change")
@require_POST
def test(request: ConsoleRequest) -> HttpResponse:
    """A test event goes the way of every event."""
    if actions.send_test(request.account, actor=request.actor):
        messages.success(
            request, _("A test event is on its way: reload in a moment to see the answer.")
        )
    else:
        messages.error(request, _("No test was sent: the webhook is not active."))
    return _home(request.account, "#deliveries")


@console("api.change")
@require_POST
def resend(request: ConsoleRequest, delivery_id: UUID) -> HttpResponse:
    """A delivery that was given up is tried again."""
    if actions.resend(request.account, actor=request.actor, delivery_id=delivery_id):
        messages.success(request, _("The event is being sent again."))
    else:
        messages.info(request, _("There was nothing to send again."))
    return _home(request.account, "#deliveries")


def _save(request: ConsoleRequest, form: WebhookForm) -> HttpResponse:
    given = form.cleaned_data
    saved = actions.save_webhook(
        request.account,
        actor=request.actor,
        url=given["url"],
        events=given["events"],
        state=given["state"],
        version=given["version"],
    )
    if saved.secret:
        return _show_once(request, "created", saved.secret)
    if given["version"] is None:  # pressed twice: the secret waits to be seen
        return redirect("console:api_webhook_secret", request.account.public_id)
    if saved.changes:
        undo = undo_tag(request.account, actions.WEBHOOK_CHANGED, saved.changes)
        messages.success(request, _("The webhook is saved."), extra_tags=undo)
    else:
        messages.info(request, _("Nothing to save, it stood so already."))
    return _home(request.account)


def _overtaken(request: ConsoleRequest, form: WebhookForm, found: Webhook | None) -> HttpResponse:
    """The page again, with what is saved beside what was asked for."""
    form.data = _with_version(form.data, found)
    entry = newest_entry(request.account, actions.WEBHOOK_CHANGED)
    told = _("Somebody changed this after you opened the page.")
    if entry is not None:
        told = clash_words(entry.actor_label, entry.at, timezone.get_current_timezone_name())
    theirs = _facts(actions.webhook_values(found)) if found else {}
    rows = [(name, theirs.get(name, "–"), mine) for name, mine in _facts(form.cleaned_data).items()]
    return _page(request, found, form, status=HTTPStatus.CONFLICT, clash=Clash(told, rows))


def _facts(values: Mapping[str, Any]) -> dict[str, str]:
    """The webhook's settings in words."""
    kinds = [str(DESCRIPTIONS.get(kind, kind)) for kind in values["events"]]
    return {
        _("Address"): values["url"],
        _("Events"): ", ".join(kinds) or _("All"),
        _("Delivery"): str(Webhook.State(values["state"]).label),
    }


def _show_once(request: ConsoleRequest, why: str, made: str) -> HttpResponseRedirect:
    once.keep(request, NEW_SECRET, request.account.pk, why, made)
    return redirect("console:api_webhook_secret", request.account.public_id)


def _home(account: Account, anchor: str = "") -> HttpResponseRedirect:
    back = redirect("console:api_webhooks", account.public_id)
    back["Location"] += anchor
    return back


def _with_version(data: Any, found: Webhook | None) -> Any:
    """What was sent, ready to be sent again over the present version."""
    changed = data.copy()
    changed["version"] = found.version if found else ""
    return changed


def _form(found: Webhook | None) -> WebhookForm:
    if found is None:
        return WebhookForm()
    state = Webhook.State.ACTIVE if found.state == Webhook.State.ACTIVE else Webhook.State.PAUSED
    initial = {"url": found.url, "state": state, "version": found.version}
    return WebhookForm(chosen=found.events, initial=initial)


def _page(
    request: ConsoleRequest,
    found: Webhook | None,
    form: WebhookForm,
    status: int = 200,
    clash: Clash | None = None,
) -> HttpResponse:
    rows = _deliveries(request.account)
    context = {
        "webhook": found,
        "form": form,
        "card": {"id": "webhook", "clash": clash},
        "problems": [Problem("webhook-clash", str(CHANGED_MEANWHILE))] if clash else problems(form),
        "invalid": form.is_bound,
        "health": _health(found) if found else None,
        "stops_at": _stops_at(found),
        "old_secret_until": _old_secret_until(found),
        "rows": rows,
        "chosen_names": [DESCRIPTIONS.get(kind, kind) for kind in found.events] if found else [],
    }
    return render(request, "apisettings/webhook.html", context, status=status)


def _health(found: Webhook) -> Health:
    if found.state == Webhook.State.PAUSED:
        return Health("warn", _("Paused by you."), _("Events that happen now are not sent."))
    if found.state == Webhook.State.STOPPED:
        days_are_over = found.failing_since and timezone.now() >= found.failing_since + timedelta(
            days=FAILING_DAYS
        )
        why = (
            _("Nothing could be delivered for 7 days.")
            if days_are_over
            else _("Your server answered 410, which means: never again.")
        )
        again = _("Choose Active and save to start again.")
        return Health("bad", _("Paused by us."), f"{why} {again}")
    if found.failing_since:
        return Health("warn", _("Failing since"), "", found.failing_since)
    if found.last_success_at:
        return Health("good", _("Healthy."), _("Last delivered"), found.last_success_at)
    return Health("info", _("Active."), _("Nothing has been sent yet."))


def _stops_at(found: Webhook | None) -> datetime | None:
    since = found.failing_since if found and found.state == Webhook.State.ACTIVE else None
    return since + timedelta(days=FAILING_DAYS) if since else None


def _old_secret_until(found: Webhook | None) -> datetime | None:
    until = found.previous_until if found else None
    return until if until and until > timezone.now() else None


def _deliveries(account: Account) -> list[DeliveryRow]:
    newest = list(Delivery.objects.for_account(account).order_by("-id")[:MOST_SHOWN])
    attempts: dict[Any, list[AttemptRow]] = defaultdict(list)
    ids = [one.pk for one in newest]
    for attempt in (
        DeliveryAttempt.objects.for_account(account).filter(delivery__in=ids).order_by("-id")
    ):
        attempts[attempt.delivery_id].append(AttemptRow(attempt, _why(attempt)))
    return [
        DeliveryRow(
            one,
            DESCRIPTIONS.get(one.kind, one.kind),
            BADGES[one.state],
            attempts[one.pk],
            one.due if one.lease_until is None else None,
        )
        for one in newest
    ]


def _why(attempt: DeliveryAttempt) -> str | Promise:
    """The answer in words, where the status does not say it all."""
    return WHY.get(attempt.error, attempt.error) if attempt.error else ""
