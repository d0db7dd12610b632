"""The Celery application. Queues are direct and few; the Postgres row is the real queue."""

from celery import Celery

app = Celery("hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="sweeps")
