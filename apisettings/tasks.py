"""The doorbell of the webhooks."""

from celery import shared_task

from apisettings.deliver import drain
from apisettings.heartbeats import beat


@shared_task(name="apisettings.deliver_due", queue="webhooks")
def deliver_due() -> None:
    beat("webhooks")
    drain()
