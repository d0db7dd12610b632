"""What the clock does for accounts. Each is bounded, and harmless when it runs twice."""

from typing import Final

from celery import shared_task
from django.utils import timezone

from accounts import mailing
from accounts.closing import close_for_good
from accounts.job_kinds import KINDS
from accounts.job_runs import forget_old, run_due
from accounts.models import Account

MOST_AT_ONCE: Final = 100


@shared_task(name="accounts.close_accounts", queue="clock")
def close_accounts() -> int:
    """Closing accounts whose day has come are closed; returns how many."""
    now = timezone.now()
    due = Account.objects.filter(state=Account.State.CLOSING, closes_at__lte=now)
    some = list(due.order_by("closes_at")[:MOST_AT_ONCE])
    return sum(close_for_good(account, now=now) for account in some)


@shared_task(name="accounts.run_jobs", queue="bulk")
def run_jobs() -> int:
    """Due jobs had a turn each; what they made is erased in time. Returns how many."""
    return run_due(KINDS)


@shared_task(name="accounts.forget_jobs", queue="bulk")
def forget_jobs() -> int:
    """Jobs that ended long ago are gone with their pages; returns how many."""
    return forget_old()


@shared_task(name="accounts.send_mail", queue="mail")
def send_mail() -> int:
    """Mail in the outbox is on its way; returns how much left."""
    return mailing.send_due()


@shared_task(name="accounts.forget_mail", queue="mail")
def forget_mail() -> int:
    """The outbox forgets what was told long ago; returns how many rows."""
    return mailing.forget_told()
