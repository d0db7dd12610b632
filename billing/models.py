from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import AccountOwned
from hub.lib.ids import uuid7


class Wallet(AccountOwned):
    """One pot of an account's own books, in micro-units of `currency`.

    `main` is what may be spent, `held` what accepted messages have reserved, `sales` what was
    captured, `funding` where credit comes from. Balances are written by the entry trigger alone.
    """

    class Kind(models.TextChoices):
        MAIN = "main", _("Balance")
        HELD = "held", _("Held")
        SALES = "sales", _("Captured")
        FUNDING = "funding", _("Funding")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    currency = models.CharField(max_length=3)
    balance = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "id"], name="wallet_of_account"),
            models.UniqueConstraint(fields=["account", "kind"], name="one_wallet_a_kind"),
            models.CheckConstraint(
                condition=models.Q(floor__isnull=True) | models.Q(balance__gte=models.F("floor")),
                name="balance_not_below_floor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.balance} {self.currency}"


class LedgerTransaction(AccountOwned):
    """One cause, one transaction: `cause` is unique (`batch:<id>`, `capture:outcome:<id>`)."""

    class Kind(models.TextChoices):
        CREDIT = "credit", _("Credit")
        HOLD = "hold", _("Hold")
        CAPTURE = "capture", _("Capture")
        RELEASE = "release", _("Release")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    cause = models.CharField(max_length=80)
    # Whose messages the money is for: the payer itself or a sub-account it pays for.
    on_behalf_of = models.UUIDField()
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "id"], name="ledger_txn_of_account"),
            # The cause first: an index that began with the account would be as good as any to the
            # planner while the table is young, and each entry would look through all of them.
            models.UniqueConstraint(fields=["cause", "account"], name="one_txn_a_cause"),
        ]
        indexes: ClassVar = [
            # Few, among holds without number.
            models.Index(
                fields=["account", "-at"],
                name="credits_of_account",
                condition=models.Q(kind="credit"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cause}"


class LedgerEntry(AccountOwned):
    """One line of a ledger transaction; the lines of a transaction add up to zero."""

    txn = models.ForeignKey(
        LedgerTransaction,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(amount=0), name="entry_moves_something"),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "txn"], name="entry_of_txn")]

    def __str__(self) -> str:
        return str(self.amount)


class Price(models.Model):
    """Directory: what one part costs, per country and currency. `country` `*` is every other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    micro = models.BigIntegerField(_("price of a part, in micro-units"))
    valid_from = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["country", "currency", "valid_from"], name="one_price_a_time"
            ),
            models.CheckConstraint(condition=models.Q(micro__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.micro} {self.currency}"


class DayBalance(AccountOwned):
    """What the account could spend at the end of a day of its own zone, in micro-units.

    Written by billing/day_balances.py alone, where it is another than before.
    """

    day = models.DateField()
    available = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "day"], name="one_balance_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.available}"
