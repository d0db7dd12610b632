"""The doorbells of messaging. Thin: a name, a queue, one line."""

from celery import shared_task

from apisettings.heartbeats import beat
from messaging.dispatch import drain


@shared_task(name="messaging.dispatch_due", queue="dispatch")
def dispatch_due() -> None:
    beat("dispatch")
    drain()
