from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, AccountOwned
from accounts.tenancy import AccountManager
from hub.lib.ids import uuid7


class KeyHandle(models.Model):
    """Directory: which account a key ID belongs to. Immutable, so it may be cached for good."""

    key_id = models.CharField(primary_key=True, max_length=20)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.key_id


class ApiKey(AccountOwned):
    """A program's way in. The secret is shown once; only its keyed digest is kept."""

    class Mode(models.TextChoices):
        LIVE = "live", _("Live")
        TEST = "test", _("Test")

    key_id = models.CharField(max_length=20)
    name = models.CharField(_("name"), max_length=60)
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=40))
    networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.GenericIPAddressField(null=True)
    created_by = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "key_id"], name="one_key_an_id"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.key_id})"


class Event(models.Model):
    """The outbox: what happened, written in the transaction that made it happen.

    `kind` is `noun.past_participle`. `position` is given when the event is handed to the
    webhooks; null means not handed over yet.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=40)
    payload = models.JSONField()
    test = models.BooleanField(default=False)
    at = models.DateTimeField()
    position = models.BigIntegerField(null=True)

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="event_waiting", condition=models.Q(position__isnull=True)
            ),
            # Read in the order of handing over, by what keeps figures of it.
            models.Index(
                fields=["position"],
                name="event_in_order",
                condition=models.Q(position__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Webhook(AccountOwned):
    """Where events are posted. The signing secret lies sealed; two are valid while it rotates."""

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("webhook", "Active")
        PAUSED = "paused", _("Paused by you")
        STOPPED = "stopped", _("Paused by us")

    url = models.CharField(max_length=1000)
    events = ArrayField(models.CharField(max_length=40), default=list)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    secret = models.BinaryField()
    previous_secret = models.BinaryField(null=True)
    previous_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "id"], name="webhook_of_account"),
            models.UniqueConstraint(fields=["account"], name="one_webhook_an_account"),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(AccountOwned):
    """One event on its way to one webhook. The row is the queue: `due` null means it is over."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        EXHAUSTED = "exhausted", _("Given up")

    webhook = models.ForeignKey(
        Webhook, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    event_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    # The exact bytes that are signed and sent, so that a retry sends the same.
    body = models.TextField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    tries = models.SmallIntegerField(default=0)
    due = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "id"], name="delivery_of_account"),
            models.UniqueConstraint(
                fields=["account", "webhook", "event_id"], name="one_delivery_an_event"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "due", "id"],
                name="delivery_due_of_webhook",
                condition=models.Q(due__isnull=False),
            ),
            models.Index(fields=["account", "-id"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class DeliveryAttempt(AccountOwned):
    """One POST of a delivery and what came of it."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    at = models.DateTimeField()
    status = models.SmallIntegerField(null=True)
    error = models.CharField(max_length=60, blank=True)
    milliseconds = models.IntegerField()
    excerpt = models.CharField(max_length=2048, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "delivery"], name="tries_of_delivery")]

    def __str__(self) -> str:
        return f"{self.status or self.error} in {self.milliseconds} ms"


class Heartbeat(models.Model):
    """Directory: when each process last said that it works. Written by the worker's login."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"


class Gauge(models.Model):
    """Directory: one figure of the whole Hub, as the clock last measured it. Of no account.

    Written by the worker's login, because the web's may not look across accounts.
    """

    name = models.CharField(primary_key=True, max_length=60)
    value = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
