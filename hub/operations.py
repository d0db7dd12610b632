"""The operators' page and the metrics. Neither shows a row of any account."""

import hmac
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from apisettings.models import Gauge
from hub import pulse
from hub.figures import MOST_ROWS
from hub.metrics import exposition
from users.models import User

View = Callable[[HttpRequest], HttpResponse]


class Figure(NamedTuple):
    """A row of the page: how many, and since when the first of them waits (None: not measured)."""

    label: str | Promise
    many: int | None
    oldest_seconds: int | None
    at_least: bool


FIGURES = (
    (_("Messages due now"), "messages_due", "messages_oldest_due_seconds"),
    (_("Messages held or scheduled"), "messages_waiting", ""),
    (_("Messages at a carrier that has not answered"), "messages_sending", ""),
    (_("Messages of unknown fate"), "messages_unknown", ""),
    (_("Receipts that match no message yet"), "receipts_parked", ""),
    (_("Events not handed to webhooks"), "outbox_waiting", "outbox_oldest_seconds"),
    (_("Webhook deliveries waiting"), "deliveries_waiting", "deliveries_oldest_due_seconds"),
)
PROCESS_NAMES = {
    "beat": _("Clock (Celery beat)"),
    "clock": _("Worker for the clock, mail and bulk work"),
    "dispatch": _("Worker that sends"),
    "webhooks": _("Worker for webhooks"),
}


def staff_only(view: View) -> View:
    """For anyone else the page does not exist."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest) -> HttpResponse:
        if not is_staff(request):
            raise Http404
        return view(request)

    return guarded


@never_cache
@staff_only
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Queues, waiting work, heartbeats, routes, versions; whole even while Redis is gone."""
    broker = pulse.read_broker()
    gauges = pulse.read_gauges()
    beats = pulse.read_beats()
    return TemplateResponse(
        request,
        "hub/operations.html",
        {
            "broker": broker,
            "queues": [(name, broker.lengths.get(name)) for name in pulse.QUEUES],
            "figures": [_figure(gauges, *row) for row in FIGURES],
            "measured_at": min((gauge.at for gauge in gauges.values()), default=None),
            "beats": [(PROCESS_NAMES.get(beat.name, beat.name), beat) for beat in beats],
            "silent": [PROCESS_NAMES.get(beat.name, beat.name) for beat in beats if beat.late],
            "routes": pulse.read_routes(),
            "versions": pulse.versions(broker),
            "pending": pulse.pending_migrations(),
        },
    )


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for staff and for whoever bears HUB_METRICS_TOKEN; 401 for all others."""
    if not (_bears_token(request) or is_staff(request)):
        refused = HttpResponse(status=HTTPStatus.UNAUTHORIZED, content_type="text/plain")
        refused["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refused
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _figure(gauges: dict[str, Gauge], label: Promise, count: str, oldest: str) -> Figure:
    counted = gauges[count].value if count in gauges else None
    waited = gauges[oldest].value if oldest in gauges and counted else None
    return Figure(label, counted, waited, counted is not None and counted >= MOST_ROWS)


def is_staff(request: HttpRequest) -> bool:
    """Somebody of ours is signed in."""
    user = request.user
    return isinstance(user, User) and user.is_active and user.is_staff


def _bears_token(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


urlpatterns: list[URLPattern | URLResolver] = [
    path("staff/operations/", operations, name="operations"),
    path("metrics", metrics, name="metrics"),
]
