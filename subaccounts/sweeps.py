"""What the clock does between a parent and the accounts below. Harmless when it runs twice."""

from celery import shared_task

from subaccounts.spread import spread_due


@shared_task(name="subaccounts.spread_settings", queue="clock")
def spread_settings() -> int:
    """What parents set stands in the accounts below; returns how many cards were changed."""
    return spread_due()
