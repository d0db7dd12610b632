from celery import shared_task

from apisettings.heartbeats import beat
from hub.figures import write_figures


@shared_task(name="hub.beat_heart", queue="clock")
def beat_heart() -> None:
    """That this runs says that the clock gave the task out and a worker took it."""
    beat("beat")
    beat("clock")
    write_figures()
