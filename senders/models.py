from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Account, AccountOwned
from accounts.origins import Origin
from accounts.tenancy import AccountManager


class Sender(AccountOwned):
    """From whom: an alpha tag, a number of the account's, or a short code."""

    class Kind(models.TextChoices):
        ALPHA = "alpha", _("Alpha tag")
        NUMBER = "number", _("Dedicated number")
        SHORT_CODE = "short_code", _("Short code")

    class State(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("sender", "Active")
        ENDED = "ended", pgettext_lazy("sender", "Ended")

    address = models.CharField(max_length=16)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "id"], name="sender_of_account"),
            models.UniqueConstraint(fields=["account", "address"], name="one_sender_an_address"),
        ]

    def __str__(self) -> str:
        return self.address


class InboundHandle(models.Model):
    """Directory: which account a message sent to this address of ours is for."""

    address = models.CharField(primary_key=True, max_length=16)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.address


class SendingSettings(models.Model):
    """The rules an account sends by: one row each, `version` grows with every change.

    `week` is the JSON form of hub.lib.windows.Week. Limits are in parts; null is no limit,
    0 is "send nothing". `countries` null is every country. What a parent sets is written down
    here, so that whoever sends reads this row alone; see settings_above.py.
    """

    class Clock(models.TextChoices):
        RECIPIENT = "recipient", _("the recipient’s time zone")
        ACCOUNT = "account", _("the account time zone")

    class OverLimit(models.TextChoices):
        HOLD = "hold", _("Hold messages until the limit resets")
        DISCARD = "discard", _("Reject messages with an error")

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    version = models.IntegerField(default=1)
    hours_on = models.BooleanField(default=False)
    hours_clock = models.CharField(max_length=9, choices=Clock.choices, default=Clock.RECIPIENT)
    week = models.JSONField(default=dict)
    unknown_zone_uses_account = models.BooleanField(default=False)
    # Every account below has these hours; whose these hours are.
    hours_locked_below = models.BooleanField(default=False)
    hours_origin = models.CharField(max_length=6, choices=Origin.choices, default=Origin.OWN.value)
    limit_day = models.BigIntegerField(null=True)
    limit_month = models.BigIntegerField(null=True)
    over_limit = models.CharField(max_length=7, choices=OverLimit.choices, default=OverLimit.HOLD)
    receipts = models.BooleanField(default=True)
    receipts_locked_below = models.BooleanField(default=False)
    receipts_origin = models.CharField(
        max_length=6, choices=Origin.choices, default=Origin.OWN.value
    )
    # Held messages decided under an older version are decided again; see messaging/claim.py.
    reviewed_version = models.IntegerField(default=1)
    # Up to this version the accounts below were looked at; see subaccounts/spread.py.
    spread_version = models.IntegerField(default=1)
    default_sender = models.ForeignKey(
        Sender, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    # Granted by staff, never by the account itself.
    transactional_granted = models.BooleanField(default=False)
    countries = ArrayField(models.CharField(max_length=2), null=True, blank=True)

    unscoped = models.Manager()
    objects = AccountManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(limit_day__isnull=True) | models.Q(limit_day__gte=0),
                name="day_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(limit_month__isnull=True) | models.Q(limit_month__gte=0),
                name="month_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_origin__in=Origin.values), name="hours_origin_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(receipts_origin__in=Origin.values),
                name="receipts_origin_is_known",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account"],
                name="settings_to_review",
                condition=~models.Q(version=models.F("reviewed_version")),
            ),
            models.Index(
                fields=["account"],
                name="settings_to_spread",
                condition=~models.Q(version=models.F("spread_version")),
            ),
        ]

    def __str__(self) -> str:
        return f"settings of {self.account_id}, version {self.version}"


class UsageCounter(AccountOwned):
    """Parts sent in one period of the account's own zone: `2026-11-23` a day, `2026-11` a month.

    Counts the account and everything below it. Written by `consume` and `give_back` alone.
    """

    period = models.CharField(max_length=10)
    used = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "period"], name="one_counter_a_period"),
            models.CheckConstraint(condition=models.Q(used__gte=0), name="used_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.used}"
