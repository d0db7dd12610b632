"""Keys and a webhook that stand in no database, in every state they can be in."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Account
from apisettings.events import DESCRIPTIONS, Kind
from apisettings.forms import WebhookForm
from apisettings.models import ApiKey, Delivery, DeliveryAttempt, Webhook
from apisettings.retry import FAILING_DAYS
from apisettings.scopes import LABELS, SHORT, Scope
from apisettings.views import KeyRow
from apisettings.webhook_views import BADGES, WHY, AttemptRow, DeliveryRow, Health
from hub.lib.ids import uuid7
from hub.lib.safe_http import Refusal

HOOK: Final = "https://hooks.maison-verdier.example/hub"
NETWORKS: Final = ["198.51.100.0/24", "203.0.113.7/32", "2001:db8::/32", "192.0.2.0/24"]
# Nothing opens with them.
SECRET: Final = "example-of-a-secret"  # noqa: S105
BODY: Final = '{"type": "message.delivered", "data": {"status": "delivered"}}'


def keys(account: Account) -> dict[str, Any]:
    """The context of `apisettings/keys.html`."""
    now = timezone.now()
    year, days = now + timedelta(days=300), 12
    soon = ngettext("Expires in %(days)d day", "Expires in %(days)d days", days) % {"days": days}
    used: dict[str, Any] = {"last_used_at": now, "last_used_from": "198.51.100.7"}
    return {
        "usable": [
            _row("boutique", "ok", pgettext("key", "Active"), expires_at=year, **used),
            _row("crm", "info", pgettext("key", "New"), expires_at=year, networks=NETWORKS),
            _row("caisse", "pend", soon, expires_at=now + timedelta(days=days), **used),
            _row("essais", "info", pgettext("key", "New"), mode=ApiKey.Mode.TEST),
        ],
        "ended": [
            _row("ancien", "off", pgettext("key", "Revoked"), usable=False, revoked_at=now),
            _row("salon", "off", pgettext("key", "Expired"), usable=False, expires_at=now),
        ],
    }


def _row(name: str, badge: str, state: str, *, usable: bool = True, **given: Any) -> KeyRow:
    rights = ", ".join(str(SHORT[one]) for one in Scope)
    return KeyRow(_key(name, **given), badge, state, rights[:1].upper() + rights[1:], usable)


def _key(name: str, **given: Any) -> ApiKey:
    return ApiKey(key_id=f"EXAMPLE-{name.upper()}", name=name, scopes=list(Scope), **given)


def key_created(account: Account) -> dict[str, Any]:
    """The context of `apisettings/key_created.html`."""
    key = _key("boutique", mode=ApiKey.Mode.TEST, expires_at=timezone.now() + timedelta(days=300))
    may = [LABELS[one] for one in Scope]
    return {"key": key, "secret": SECRET, "may": may, "base_url": settings.BASE_URL}


def secret(account: Account) -> dict[str, Any]:
    """The context of `apisettings/webhook_secret.html`, after the secret was replaced."""
    until = timezone.now() + timedelta(hours=24)
    return {"secret": SECRET, "webhook": Webhook(url=HOOK, previous_until=until), "replaced": True}


def webhook(account: Account) -> dict[str, Any]:
    """The context of `apisettings/webhook.html`: it fails, and its secret is being replaced."""
    now = timezone.now()
    since = now - timedelta(hours=30)
    saved = {"url": HOOK, "state": Webhook.State.ACTIVE, "version": 1}
    return {
        "webhook": Webhook(url=HOOK, failing_since=since),
        "form": WebhookForm(chosen=[Kind.DELIVERED, Kind.FAILED], initial=saved),
        "card": {"id": "webhook", "clash": None},
        "health": Health("warn", _("Failing since"), "", since),
        "stops_at": since + timedelta(days=FAILING_DAYS),
        "old_secret_until": now + timedelta(hours=20),
        "rows": _deliveries(now),
    }


def _deliveries(now: datetime) -> list[DeliveryRow]:
    """One that waits, one that arrived at the second try, one that was given up."""
    good = DeliveryAttempt(at=now, status=200, milliseconds=84, excerpt="ok")
    slow = DeliveryAttempt(at=now, error=Refusal.TIMEOUT, milliseconds=15_000)
    full = DeliveryAttempt(at=now, status=503, milliseconds=212, excerpt="upstream unavailable")
    return [
        _delivery(Delivery.State.WAITING, Kind.HELD, now, [full], now + timedelta(minutes=10)),
        _delivery(Delivery.State.DELIVERED, Kind.DELIVERED, now, [good, slow]),
        _delivery(Delivery.State.EXHAUSTED, Kind.FAILED, now, [slow, full]),
    ]


def _delivery(
    state: Delivery.State,
    kind: Kind,
    now: datetime,
    attempts: list[DeliveryAttempt],
    next_at: datetime | None = None,
) -> DeliveryRow:
    sent = Delivery(state=state, kind=kind, event_id=uuid7(), body=BODY, created_at=now)
    tries = [AttemptRow(one, WHY[one.error] if one.error else "") for one in attempts]
    return DeliveryRow(sent, DESCRIPTIONS[kind], BADGES[state], tries, next_at)
