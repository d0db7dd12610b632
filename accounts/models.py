from functools import cached_property
from typing import ClassVar, Final

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
    # Grows with every change of this row that held messages must feel (zone, state). What was
    # felt is `rules_reviewed`; see messaging/claim.py.
    rules_version = models.IntegerField(default=0)
    rules_reviewed = models.IntegerField(default=0)
    # Several contacts may share a number. Switched by staff on request; obeyed by contacts.
    duplicate_contacts = models.BooleanField(_("duplicate contacts"), default=False)
    # When a closing account closes for good, or did.
    closes_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "suspended", "closing", "closed"]),
                name="account_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closing") | models.Q(closes_at__isnull=False),
                name="a_closing_account_has_its_day",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="account_to_review",
                condition=~models.Q(rules_version=models.F("rules_reviewed")),
            ),
            models.Index(
                fields=["closes_at"],
                name="account_closing",
                condition=models.Q(state="closing"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"

    @cached_property
    def has_subaccounts(self) -> bool:
        """True while an account right below is not closed."""
        return self.children.exclude(state=self.State.CLOSED).exists()


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
    # Every tenant table has an index that begins with the account: one of its own is written for
    # nothing (tests/test_catalogue.py looks).
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        abstract = True


class AccountRequest(models.Model):
    """What an account asked of staff. A directory table: staff decide it without a grant."""

    class Kind(models.TextChoices):
        DUPLICATES_ON = "duplicates_on", _("Allow duplicate contacts")
        DUPLICATES_OFF = "duplicates_off", _("No longer allow duplicate contacts")

    class State(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        CANCELLED = "cancelled", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    state = models.CharField(
        _("state"), max_length=9, choices=State.choices, default=State.REQUESTED
    )
    why = models.CharField(_("why"), max_length=200, blank=True)
    requested_by = models.CharField(_("requested by"), max_length=120)
    requested_at = models.DateTimeField(_("requested at"), auto_now_add=True)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(state="requested"),
                name="one_open_request_an_account",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"


class OutgoingMail(models.Model):
    """A mail on its way: put here by the transaction of what it tells of, sent by the clock.

    Of no account. It may hold a link that opens a door, so the web's login writes it and cannot
    read it, and its words are gone once it was sent. `due` null means it is over; `cause` stays a
    while, so that nobody is told the same thing twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cause = models.CharField(max_length=160, null=True, unique=True)  # noqa: DJ001 - most have none
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    tries = models.SmallIntegerField(default=0)
    due = models.DateTimeField(null=True)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due"], name="mail_due", condition=models.Q(due__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} due {self.due}"


SENT: Final = "messages.sent"
# One entry for each request of a program. The log shows them when they are asked for.
SENT_BY_KEYS: Final = models.Q(action=SENT, actor_kind="key")


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
            models.Index(fields=["account", "-id"], name="audit_newest", condition=~SENT_BY_KEYS),
            models.Index(fields=["account", "action", "-id"], name="audit_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_label} {self.action} {self.subject}"


class Job(AccountOwned):
    """Work too long for a request: this row is its place in the queue, its progress and its story.

    `due` is when the clock looks at it next: to begin it, to go on with it (after a worker that
    died, too), or to erase its file; null when nothing is left to do.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    # What it makes is called so.
    name = models.CharField(max_length=120)
    # What was asked for, in the words of its kind.
    asked = models.JSONField(default=dict)
    done = models.IntegerField(default=0)
    total = models.IntegerField()
    # Where it goes on, in the words of its kind, and how often it was begun there.
    position = models.CharField(max_length=40, blank=True)
    tries = models.SmallIntegerField(default=0)
    # The reference under which the log tells what happened.
    error = models.CharField(max_length=20, blank=True)
    person_id = models.CharField(max_length=40)
    person_label = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    due = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "id"], name="job_in_account"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "failed", "cancelled"]),
                name="job_state_is_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due"], name="job_due", condition=models.Q(due__isnull=False)),
            models.Index(
                fields=["account"],
                name="job_unfinished",
                condition=models.Q(state__in=["waiting", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.done}/{self.total}"


class JobFile(AccountOwned):
    """A piece of what a job made, compressed; in order of `start` the pieces are the file."""

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    # How many rows stand before it.
    start = models.IntegerField()
    content = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "job", "start"], name="one_piece_a_place_of_a_job"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} from {self.start}"
