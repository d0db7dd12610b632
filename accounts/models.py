from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.tenancy import AccountManager
from hub.lib.ids import public_id, uuid7


class Account(models.Model):
    """A company, or a part of one. The tree is by `parent`; `path` runs from the root to itself.

    Read before a scope is open (URL, switcher, staff search), so it stands outside the tenant
    wall and holds only what the directory needs. What it sends by lies in `senders`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        SUSPENDED = "suspended", _("Suspended")
        CLOSING = "closing", _("Closing")
        CLOSED = "closed", _("Closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    public_id = models.CharField(
        _("account ID"), max_length=10, unique=True, default=public_id, editable=False
    )
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = ArrayField(models.UUIDField(), editable=False)
    # Whose wallet pays and whose books the money stands in. Written by billing.
    payer = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Paris")
    country = models.CharField(_("country"), max_length=2, default="FR")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "suspended", "closing", "closed"]),
                name="account_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"

    @property
    def may_send(self) -> bool:
        return self.state == self.State.OPEN


class Membership(models.Model):
    """A person's role in an account. A directory table: sign-in reads it before any scope."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        ADMINISTRATOR = "administrator", _("Administrator")
        ADVANCED = "advanced", _("Advanced")
        BASIC = "basic", _("Basic")
        BILLING = "billing", _("Billing")
        DEVELOPER = "developer", _("Developer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "account"], name="one_membership_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.account_id}"


class AccountOwned(models.Model):
    """Base of every tenant table. `unscoped` stands first for admin, forms and related objects."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        abstract = True


class AuditEntry(AccountOwned):
    """Who changed what, from where: written in the change's own transaction, never edited.

    Holds no foreign key to a person: entries outlive people. `changes` is
    `{field: [before, after]}`.
    """

    at = models.DateTimeField(auto_now_add=True)
    actor_kind = models.CharField(max_length=10)  # person, key, staff, clock
    actor_id = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=120)
    channel = models.CharField(max_length=10)  # console, api, staff, clock
    address = models.GenericIPAddressField(null=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120, blank=True)
    changes = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="audit_newest"),
            models.Index(fields=["account", "action", "-id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.action} {self.subject}"
