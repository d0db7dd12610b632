"""The tests' ground: a real Postgres and Valkey, real commits, and the cast.

Nothing is rolled back: each test makes accounts of its own and never counts globally. Views run
under the web's login; `worker()` runs what the Celery workers run, under theirs.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from psycopg import sql

from hub.roles import ensure_database, prepare_database
from tests import make
from tests.running import Running, running

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = "hub_test_template"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests of one xdist_group run in one worker, so that one Hub serves them all.

    xdist (3.8) tells groups by node IDs, and writes them where pytest (since 9.2) does not look.
    """
    if not getattr(config.option, "loadgroup", False):
        return
    for item in items:
        group = item.get_closest_marker("xdist_group")
        if group and not item.nodeid.endswith(f"@{group.args[0]}"):
            item._id = type(item.id).parse(f"{item.nodeid}@{group.args[0]}")


def admin() -> "psycopg.Connection[Any]":
    """A superuser's connection; only makes databases and reads the catalogue."""
    return psycopg.connect(os.environ["HUB_TEST_ADMIN_URL"], autocommit=True)


def schema_hash() -> str:
    files = sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*_sql.py")])
    files += [ROOT / "accounts/row_security.py", ROOT / "accounts/planner_statistics.py"]
    files += [ROOT / "messaging/states.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def url_for(role: str, database: str) -> str:
    names = {"owner": "DATABASE_URL", "web": "DATABASE_URL_WEB", "worker": "DATABASE_URL_WORKER"}
    return urlsplit(os.environ[names[role]])._replace(path=f"/{database}").geturl()


def migrated_template(connection: "psycopg.Connection[Any]") -> None:
    """The template database holds the schema of this tree; made once for all xdist workers."""
    connection.execute("SELECT pg_advisory_lock(4711)")
    try:
        name = f"{TEMPLATE}_{schema_hash()}"
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone():
            build = f"{name}_new"
            connection.execute(f"DROP DATABASE IF EXISTS {build} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {build} TEMPLATE hub_empty OWNER hub_owner")
            subprocess.run(
                [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"],
                cwd=ROOT,
                env={**os.environ, "HUB_PROCESS": "owner", "DATABASE_URL": url_for("owner", build)},
                check=True,
            )
            connection.execute(f"ALTER DATABASE {build} RENAME TO {name}")
    finally:
        connection.execute("SELECT pg_advisory_unlock(4711)")


def empty_template(connection: "psycopg.Connection[Any]") -> None:
    """`hub_empty`: our roles' rights on the schema and no table, as a new server has it."""
    connection.execute("SELECT pg_advisory_lock(4712)")
    try:
        if not connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = 'hub_empty'"
        ).fetchone():
            ensure_database(connection, "hub_empty")
            url = urlsplit(os.environ["HUB_TEST_ADMIN_URL"])._replace(path="/hub_empty").geturl()
            with psycopg.connect(url, autocommit=True) as inside:
                prepare_database(inside)
    finally:
        connection.execute("SELECT pg_advisory_unlock(4712)")


@pytest.fixture(scope="session", autouse=True)
def database(django_db_blocker: Any, worker_id: str) -> Iterator[str]:
    """This worker's own database; the main thread's connection is the web's login."""
    name = f"hub_test_{worker_id}_{os.getpid()}"
    with admin() as connection:
        empty_template(connection)
        migrated_template(connection)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER hub_owner").format(
                sql.Identifier(name), sql.Identifier(f"{TEMPLATE}_{schema_hash()}")
            )
        )
    web, work = (login(role, name) for role in ("web", "worker"))
    # Every thread but this one (a carrier's session, say) connects as the worker.
    settings.DATABASES["default"].update(work)
    connections.settings["default"].update(work)
    connections["default"] = wrapper(web)
    with django_db_blocker.unblock():
        yield name
    connections.close_all()
    with admin() as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )


def login(role: str, database: str) -> dict[str, Any]:
    parts = urlsplit(url_for(role, database))
    return {
        "NAME": database,
        "USER": parts.username,
        "PASSWORD": parts.password,
        "HOST": parts.hostname,
        "PORT": parts.port,
    }


def wrapper(found: dict[str, Any]) -> Any:
    made = connections.create_connection("default")
    made.settings_dict = {**deepcopy(made.settings_dict), **found}
    return made


@contextmanager
def worker() -> Iterator[None]:
    """Inside, this thread is a worker's: its login may cross accounts."""
    kept = connections["default"]
    mine = connections["default"] = wrapper(connections.settings["default"])
    try:
        yield
    finally:
        mine.close()
        connections["default"] = kept


@pytest.fixture(scope="session", autouse=True)
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The simulator's own book of this run, outside Postgres."""
    path = tmp_path_factory.mktemp("simulator") / "book.jsonl"
    settings.SIMULATOR_BOOK = path
    return path


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Hub as `make up` runs it, once for all tests of a worker process that visit it."""
    with running(tmp_path_factory.mktemp("hub")) as found:
        yield found


@pytest.fixture
def cast() -> make.Cast:
    """Alice owns, Bob reads, Charlie is a stranger; a parent account and its child."""
    return make.make_cast()


@pytest.fixture
def alice(cast: make.Cast) -> Client:
    return make.signed_in(cast.alice)


@pytest.fixture
def bob(cast: make.Cast) -> Client:
    return make.signed_in(cast.bob)


@pytest.fixture
def charlie(cast: make.Cast) -> Client:
    return make.signed_in(cast.charlie)
