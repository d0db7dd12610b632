"""What the clock does for accounts. Each is bounded, and harmless when it runs twice."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from accounts.closing import close_for_good
from accounts.models import Account
from accounts.notices import send_owed

MOST_AT_ONCE: Final = 100


@shared_task(name="accounts.close_accounts", queue="clock")
def close_accounts() -> int:
    """Closing accounts whose day has come are closed; returns how many."""
    now = timezone.now()
    due = Account.objects.filter(state=Account.State.CLOSING, closes_at__lte=now)
    some = list(due.order_by("closes_at")[:MOST_AT_ONCE])
    return sum(close_for_good(account, now=now) for account in some)


@shared_task(name="accounts.tell_owners", queue="mail")
def tell_owners() -> int:
    """Owners who are owed a letter about their account get it; returns how many letters went."""
    owed = Account.objects.exclude(owed_notice="").order_by("id")[:MOST_AT_ONCE]
    return sum(send_owed(account) for account in list(owed))
