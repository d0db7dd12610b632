"""What the clock does for the rules of sending. Harmless when it runs twice."""

from celery import shared_task
from django.utils import timezone

from senders.limit_letters import warn_of_limits


@shared_task(name="senders.warn_of_limits", queue="clock")
def warn() -> int:
    """Who may change a limit knows that it is nearly used up; returns how many were told."""
    return warn_of_limits(timezone.now())
