"""How Hub is doing, as one may see it without looking into any account."""

import platform
import tomllib
from datetime import datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

import celery
import django
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from redis import Redis, RedisError

from apisettings.models import Gauge, Heartbeat
from messaging.models import Route

QUEUES: Final = ("dispatch", "webhooks", "mail", "bulk", "clock")
PROCESSES: Final = ("beat", "clock", "dispatch", "webhooks")
# Beats come each 5 to 10 s; a process that is this late is not working.
LATE: Final = timedelta(seconds=60)
ANSWER_SECONDS: Final = 1


class Broker(NamedTuple):
    """`lengths` by queue, empty when Redis does not answer; then `version` is empty too."""

    lengths: dict[str, int]
    version: str

    @property
    def answers(self) -> bool:
        return bool(self.lengths)


class Beat(NamedTuple):
    """A process and when it last said that it works; None is never."""

    name: str
    at: datetime | None
    late: bool


def read_broker() -> Broker:
    """How many bells wait in each queue. Never raises: Redis may be gone."""
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=ANSWER_SECONDS,
            socket_timeout=ANSWER_SECONDS,
        ) as client:
            asked = client.pipeline(transaction=False)
            for queue in QUEUES:
                asked.llen(queue)
            lengths = asked.execute()
            version = client.info("server").get("redis_version", "?")
    except (RedisError, OSError, ValueError):
        return Broker({}, "")
    return Broker(dict(zip(QUEUES, lengths, strict=True)), str(version))


def read_beats() -> list[Beat]:
    """Every process that must run, and any other that ever beat."""
    now = timezone.now()
    known = dict(Heartbeat.objects.values_list("name", "at"))
    names = [*PROCESSES, *sorted(known.keys() - set(PROCESSES))]
    return [Beat(name, at := known.get(name), at is None or now - at > LATE) for name in names]


def read_gauges() -> dict[str, Gauge]:
    """What the clock's worker measured last, by name."""
    return {gauge.name: gauge for gauge in Gauge.objects.all()}


def read_routes() -> list[Route]:
    return list(Route.objects.order_by("name"))


def pending_migrations() -> list[str]:
    """Migrations of this version that the database does not have yet, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


@cache
def hub_version() -> str:
    """As pyproject.toml says."""
    try:
        text = (settings.BASE_DIR / "pyproject.toml").read_text("utf-8")
        return str(tomllib.loads(text)["project"]["version"])
    except (OSError, ValueError, KeyError):
        return "?"


def versions(broker: Broker) -> dict[str, str]:
    """Names and versions of what runs."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (postgres,) = cursor.fetchone()
    return {
        "Hub": hub_version(),
        "Python": platform.python_version(),
        "Django": django.get_version(),
        "Celery": celery.__version__,
        "PostgreSQL": postgres,
        "Redis": broker.version or "?",
    }
