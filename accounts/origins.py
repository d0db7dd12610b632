"""Whose values a setting has: the account's own, or those of the account above."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Origin(models.TextChoices):
    """Followed values come from the parent until the account sets its own; locked ones stay."""

    OWN = "own", pgettext_lazy("origin of a setting", "This account")
    PARENT = "parent", pgettext_lazy("origin of a setting", "The parent account")
    LOCKED = "locked", pgettext_lazy("origin of a setting", "The parent account, locked")


class SetAbove(ValueError):
    """The parent sets these values; nothing is saved."""
