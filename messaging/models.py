from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountOwned
from accounts.tenancy import AccountManager
from hub.lib.ids import uuid7
from messaging import states


class Route(models.Model):
    """Directory: a way to a carrier. `prefixes` are leading digits without the plus."""

    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=40, unique=True)
    gateway = models.CharField(max_length=20)
    prefixes = ArrayField(models.CharField(max_length=15), default=list)
    active = models.BooleanField(default=True)
    last_answer_at = models.DateTimeField(null=True)
    last_error_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.name


class Batch(AccountOwned):
    """One POST, accepted whole: origin, idempotency, and each distinct decision stored once.

    `trails` is a list of decisions; a message points to its own by `trail_no`.
    """

    key = models.CharField(max_length=255, null=True)  # noqa: DJ001 - null is "no key"
    hash = models.BinaryField(max_length=32)
    count = models.SmallIntegerField()
    trails = models.JSONField()
    channel = models.CharField(max_length=10)
    actor = models.CharField(max_length=120)
    test = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "id"], name="batch_of_account"),
            models.UniqueConstraint(fields=["account", "key"], name="one_batch_a_key"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["at"], name="batch_with_key", condition=models.Q(key__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} messages at {self.at}"


class Message(models.Model):
    """One MT. While it waits, its row in Waiting says when it is looked at next.

    Written by SQL on the hot path (accept.py, dispatch.py, outcome.py, receipts.py). `price` is
    in micro-units for the whole message; `extra` holds what few messages have (metadata,
    callback_url, scheduled, max_segments); `gate_trail` the decisions after acceptance.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    batch = models.ForeignKey(
        Batch, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    sender_id = models.UUIDField(null=True)
    trail_no = models.SmallIntegerField()
    parts = models.SmallIntegerField()
    epoch = models.IntegerField(default=0)
    settings_version = models.IntegerField()
    code = models.SmallIntegerField(null=True)
    price = models.BigIntegerField()
    updated_at = models.DateTimeField()
    expires = models.DateTimeField()
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=24, null=True)  # noqa: DJ001 - null is "none"
    message_class = models.CharField(max_length=13, default="standard")
    test = models.BooleanField(default=False)
    wants_receipt = models.BooleanField(default=True)
    to = models.CharField(max_length=16)
    source = models.CharField(max_length=16)
    body = models.TextField()
    extra = models.JSONField(null=True)
    gate_trail = models.JSONField(null=True)

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="message_newest"),
            models.Index(fields=["account", "to"], name="message_by_number"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=states.STATES), name="message_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.state}"

    @property
    def due(self) -> datetime | None:
        """When it is looked at next; None when it does not wait."""
        return self.waiting.due if hasattr(self, "waiting") else None


class Waiting(models.Model):
    """The queue: a message that waits, and when the gate looks at it next.

    Whoever takes the row away owns what becomes of the message: the gate that hands it to a
    carrier, or the cancellation. So a message of a waiting state without a row is on its way.
    """

    message = models.OneToOneField(
        Message,
        primary_key=True,
        on_delete=models.DO_NOTHING,
        related_name="waiting",
        db_constraint=False,
    )
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    due = models.DateTimeField()

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "due", "message"], name="waiting_due"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} due {self.due}"


class Attempt(models.Model):
    """A submission and what the carrier answered. `ref` is the carrier's name for the message,
    by which its receipts come back; empty unless it was taken.

    Written with the answer. What stands before the bytes leave is the flight, which is looked at
    when no answer was stored.
    """

    pk = models.CompositePrimaryKey("message_id", "epoch")
    account = models.ForeignKey(
        Account, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    message_id = models.UUIDField()
    epoch = models.IntegerField()
    route_id = models.SmallIntegerField()
    parts = models.SmallIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12)
    detail = models.CharField(max_length=60, default="", blank=True)
    carrier = models.CharField(max_length=20, default="", blank=True)
    ref = models.CharField(max_length=64, default="", blank=True)

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["carrier", "ref"],
                name="one_attempt_a_reference",
                condition=~models.Q(ref=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} try {self.epoch}"


class Flight(models.Model):
    """A batch on its way, looked at when `due`: one row for up to 500 messages, so that no clock
    ever has to search the message table. Seen by `hub_system` alone; it belongs to no account.

    `sending`: submitted, no answer stored yet; due at the end of the lease. `unknown`: the carrier
    never answered; due when that is closed. `receipts`: taken; due when no receipt is awaited any
    more. A flight whose messages have all ended is removed when it comes due. The id of one that is
    `sending` was made at the instant of the gate.
    """

    class Stage(models.TextChoices):
        SENDING = "sending"
        UNKNOWN = "unknown"
        RECEIPTS = "receipts"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    stage = models.CharField(max_length=8, choices=Stage.choices)
    due = models.DateTimeField(db_index=True)
    route_id = models.SmallIntegerField()
    messages = ArrayField(models.UUIDField())

    def __str__(self) -> str:
        return f"{self.stage} until {self.due}"


class Receipt(models.Model):
    """A DLR as it came, stored before it is acknowledged. Without account while nothing matches."""

    pk = models.CompositePrimaryKey("carrier", "ref", "status")
    account = models.ForeignKey(
        Account,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    message_id = models.UUIDField(null=True)
    carrier = models.CharField(max_length=20)
    ref = models.CharField(max_length=64)
    status = models.CharField(max_length=10)
    code = models.SmallIntegerField()
    # Our id, where the carrier echoes it: finds a message whose answer was lost.
    echoed_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["received_at"],
                name="receipt_parked",
                condition=models.Q(message_id__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.status}"


class MessageTemplate(AccountOwned):
    """A text kept for sending again. Archived ones are offered nowhere and can be restored.

    `version` grows with every change; `changed_by` names who made the last one.
    """

    name = models.CharField(max_length=80)
    body = models.CharField(max_length=1600)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "account",
                Lower("name"),
                name="one_active_template_a_name",
                condition=models.Q(archived_at__isnull=True),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "-id"], name="template_newest")]

    def __str__(self) -> str:
        return self.name


class InboundMessage(AccountOwned):
    """One MO. `kind` says what it was taken for; `reply_to` the MT it most likely answers."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        STOP = "stop", _("Opt-out")
        START = "start", _("Opt-in")
        HELP = "help", _("Help")

    source = models.CharField(max_length=16)
    destination = models.CharField(max_length=16)
    text = models.TextField()
    kind = models.CharField(max_length=5, choices=Kind.choices)
    reply_to = models.UUIDField(null=True)
    carrier_ref = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "carrier_ref"], name="one_inbound_a_reference"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "-id"], name="inbound_newest")]

    def __str__(self) -> str:
        return f"{self.kind} from {self.source}"


class DayCount(AccountOwned):
    """How often something happened to an account's messages on a day of its zone: the figures of
    pages, so that none of them counts messages. Test messages are left out.

    Folded from the outbox by messaging/day_counts.py, a few seconds behind.
    """

    class Kind(models.TextChoices):
        ACCEPTED = "accepted"
        HELD = "held"
        SUBMITTED = "submitted"
        DELIVERED = "delivered"
        UNDELIVERED = "undelivered"  # a receipt said so, after a carrier had taken it
        FAILED = "failed"
        REJECTED = "rejected"
        EXPIRED = "expired"
        CANCELLED = "cancelled"
        UNKNOWN = "unknown"
        RECEIVED = "received"
        OPTED_OUT = "opted_out"
        OPTED_IN = "opted_in"

    day = models.DateField()
    kind = models.CharField(max_length=11, choices=Kind.choices)
    messages = models.BigIntegerField()
    parts = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "day", "kind"], name="one_count_a_day_and_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.messages} {self.kind} on {self.day}"


class Watermark(models.Model):
    """How far a reader of the outbox has come. Seen by `hub_system` alone; of no account."""

    name = models.CharField(primary_key=True, max_length=40)
    position = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.position}"
