"""What the clock does for billing."""

from celery import shared_task

from billing.day_balances import note_balances


@shared_task(name="billing.note_balances", queue="clock")
def note() -> None:
    """The balance of the day is noted."""
    note_balances()
