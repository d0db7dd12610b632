"""Changes to keys and webhooks: each one transaction, with its entry in the activity log."""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.audit import Actor, record
from accounts.conflicts import differences
from accounts.models import Account
from apisettings.events import Kind, publish
from apisettings.keys import forget
from apisettings.models import ApiKey, Delivery, KeyHandle, Webhook
from apisettings.sealing import sealed
from hub.lib.ids import uuid7
from hub.lib.signing import new_secret
from hub.lib.tokens import NewKey, digest, new_key

OLD_SECRET_VALID: Final = timedelta(hours=24)
# What a receipt looks like; sent with a test so that a receiver can be built before the first SMS.
SAMPLE: Final = {
    "type": "message.delivered",
    "data": {
        "message_id": "019ab1f2-0000-7000-8000-000000000000",
        "status": "delivered",
        "error_code": "220",
        "reason": None,
        "destination_number": "+33612345678",
        "source_number": "VERDIER",
        "parts": 1,
        "batch_id": "019ab1f2-0000-7000-8000-000000000001",
        "metadata": {"order": "1042"},
    },
}


WEBHOOK_CHANGED: Final = "webhook.changed"


class EditedMeanwhile(Exception):
    """Somebody saved the webhook, `saved`, after this form was shown; nothing is changed."""

    def __init__(self, saved: Webhook | None) -> None:
        super().__init__("changed by somebody else")
        self.saved = saved


class Saved(NamedTuple):
    """A saved webhook, what changed, and the secret when it was made just now."""

    webhook: Webhook
    changes: dict[str, list[Any]]
    secret: str | None = None


class KeyNameTaken(ValueError):
    """A key of this name works already; one could not be told from the other."""


def create_key(
    account: Account,
    *,
    actor: Actor,
    name: str,
    mode: Literal["live", "test"],
    scopes: list[str],
    networks: list[str],
    expires_at: datetime,
) -> NewKey:
    """A key exists; its secret is in the answer and nowhere else. KeyNameTaken as said there."""
    made = new_key(mode)
    with transaction.atomic(durable=True):
        # Two presses at once: the second waits here for the first.
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        named = ApiKey.objects.for_account(account).filter(name=name, revoked_at=None)
        if named.filter(expires_at__gt=timezone.now()).exists():
            raise KeyNameTaken(name)
        KeyHandle.objects.create(key_id=made.key_id, account=account)
        ApiKey.objects.create(
            account=account,
            key_id=made.key_id,
            name=name,
            mode=mode,
            digest=digest(made.secret, settings.PEPPER),
            scopes=scopes,
            networks=networks,
            expires_at=expires_at,
            created_by=actor.label,
        )
        changes: dict[str, list[Any]] = {
            "name": ["", name],
            "mode": ["", mode],
            "scopes": [[], scopes],
            "networks": [[], networks],
            "expires_at": [None, expires_at.isoformat()],
        }
        record(account, actor=actor, action="api_key.created", subject=made.key_id, changes=changes)
    return made


def revoke_key(account: Account, *, actor: Actor, key_id: str) -> bool:
    """The key works nowhere within 5 s, here at once. False when it was revoked before."""
    with transaction.atomic(durable=True):
        now = timezone.now()
        valid = ApiKey.objects.for_account(account).filter(key_id=key_id, revoked_at=None)
        if not valid.update(revoked_at=now):
            return False
        changes = {"revoked_at": [None, now.isoformat()]}
        record(account, actor=actor, action="api_key.revoked", subject=key_id, changes=changes)
    forget(key_id)
    return True


def save_webhook(
    account: Account, *, actor: Actor, url: str, events: list[str], state: str, version: int | None
) -> Saved:
    """The account's webhook is as given. EditedMeanwhile unless it was so already, or `version`
    is the present one."""
    wanted = {"url": url, "events": events, "state": state}
    with transaction.atomic(durable=True):
        webhook = Webhook.objects.for_account(account).select_for_update().first()
        changes = differences(webhook_values(webhook), wanted) if webhook else {}
        if webhook is not None and not changes:
            return Saved(webhook, {})
        if (webhook.version if webhook else None) != version:
            raise EditedMeanwhile(webhook)
        if webhook is None:
            return _make_webhook(account, actor, url, events, state)
        _change_webhook(account, actor, webhook, changes)
        return Saved(webhook, changes)


def webhook_values(webhook: Webhook) -> dict[str, Any]:
    """What people set of it."""
    return {"url": webhook.url, "events": webhook.events, "state": webhook.state}


def secret_version(webhook: Webhook) -> str:
    """Short text that is another for another secret, and says nothing of it."""
    return hashlib.sha256(bytes(webhook.secret)).hexdigest()[:16]


def replace_secret(account: Account, *, actor: Actor, version: str) -> str | None:
    """A new secret signs from now on; the old one signs beside it for 24 hours more.

    None, and nothing is changed, unless `version` is the present one: pressed twice, the secret
    that receivers know would sign no more.
    """
    secret = new_secret()
    with transaction.atomic(durable=True):
        webhook = Webhook.objects.for_account(account).select_for_update().get()
        if secret_version(webhook) != version:
            return None
        webhook.previous_secret = webhook.secret
        webhook.previous_until = timezone.now() + OLD_SECRET_VALID
        webhook.secret = sealed(secret, account.pk)
        webhook.save(update_fields=["previous_secret", "previous_until", "secret"])
        changes = {"previous_until": [None, webhook.previous_until.isoformat()]}
        record(account, actor=actor, action="webhook.secret_replaced", subject=str(webhook.pk),
               changes=changes)  # fmt: skip
    return secret


def send_test(account: Account, *, actor: Actor) -> bool:
    """A test event is in the outbox; False when no active webhook would get it."""
    with transaction.atomic(durable=True):
        webhook = Webhook.objects.for_account(account).filter(state=Webhook.State.ACTIVE).first()
        if webhook is None:
            return False
        publish(account, Kind.TESTED, {"asked_by": actor.label, "sample": SAMPLE}, test=True)
        record(account, actor=actor, action="webhook.tested", subject=str(webhook.pk))
    return True


def resend(account: Account, *, actor: Actor, delivery_id: UUID) -> bool:
    """A delivery that was given up is due now, with a fresh schedule; False for any other."""
    with transaction.atomic(durable=True):
        given_up = Delivery.objects.for_account(account).filter(
            pk=delivery_id, state=Delivery.State.EXHAUSTED
        )
        if not given_up.update(state=Delivery.State.WAITING, tries=0, due=timezone.now()):
            return False
        record(account, actor=actor, action="webhook.delivery_resent", subject=str(delivery_id))
    return True


def _make_webhook(account: Account, actor: Actor, url: str, events: list[str], state: str) -> Saved:
    secret = new_secret()
    webhook = Webhook.objects.create(
        account=account,
        id=uuid7(),
        url=url,
        events=events,
        state=state,
        secret=sealed(secret, account.pk),
    )
    changes: dict[str, list[Any]] = {"url": ["", url], "events": [[], events], "state": ["", state]}
    record(account, actor=actor, action="webhook.created", subject=str(webhook.pk), changes=changes)
    return Saved(webhook, changes, secret)


def _change_webhook(
    account: Account, actor: Actor, webhook: Webhook, changes: dict[str, list[Any]]
) -> None:
    """The new values stand; a new address or a new start forgets old failures."""
    for name, (_, value) in changes.items():
        setattr(webhook, name, value)
    if "url" in changes or (webhook.state == Webhook.State.ACTIVE and "state" in changes):
        webhook.failing_since = None
    webhook.version += 1
    webhook.save(update_fields=[*changes, "failing_since", "version"])
    record(account, actor=actor, action=WEBHOOK_CHANGED, subject=str(webhook.pk), changes=changes)
