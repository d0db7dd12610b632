from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, AccountOwned
from accounts.tenancy import AccountManager


class Contact(AccountOwned):
    """A person who receives messages. The zone, when known, decides the sending hours."""

    number = models.CharField(_("number"), max_length=16)
    name = models.CharField(_("name"), max_length=80, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "number"], name="contact_by_number")]

    def __str__(self) -> str:
        return self.name or self.number


class OptOut(AccountOwned):
    """A number that must not be messaged. Outlives the contact; no key points at one."""

    class Source(models.TextChoices):
        REPLY = "reply", _("Reply")
        CONSOLE = "console", _("Console")
        API = "api", _("API")

    number = models.CharField(max_length=16)
    source = models.CharField(max_length=8, choices=Source.choices)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "number"], name="one_opt_out_a_number"),
        ]

    def __str__(self) -> str:
        return self.number


class ConsentRecord(AccountOwned):
    """Evidence, append-only: who stopped or started, when, by which words."""

    class Kind(models.TextChoices):
        STOP = "stop", _("Opted out")
        START = "start", _("Opted in")

    number = models.CharField(max_length=16)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    source = models.CharField(max_length=8, choices=OptOut.Source.choices)
    text = models.CharField(max_length=1600, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["account", "number"], name="consent_by_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class OptOutSettings(models.Model):
    """Words an account adds to the statutory ones, and what it answers to a stop. One row each.

    Words are kept as typed, one each, compared by `contacts.optout_words.folded`.
    """

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    extra_stop = ArrayField(models.CharField(max_length=20), default=list)
    extra_start = ArrayField(models.CharField(max_length=20), default=list)
    confirm = models.BooleanField(default=False)
    confirmation = models.CharField(max_length=320, blank=True)

    unscoped = models.Manager()
    objects = AccountManager()

    def __str__(self) -> str:
        return f"opt-out settings of {self.account_id}"
