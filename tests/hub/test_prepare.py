"""`manage.py prepare` before a version serves, on a database that another version has made."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import ROOT, TEMPLATE, admin, schema_hash, url_for

KNOWN = "SELECT app || '.' || name FROM django_migrations ORDER BY id"


@pytest.fixture
def of_another_version() -> Iterator[str]:
    """The owner's address of a database that has a migration we do not know, instead of ours."""
    name = f"hub_other_version_{os.getpid()}"
    with admin() as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}_{schema_hash()}")
        connection.execute(f"ALTER DATABASE {name} OWNER TO hub_owner")
    try:
        with psycopg.connect(url_for("owner", name), autocommit=True) as owner:
            owner.execute(
                "UPDATE django_migrations SET name = '9999_from_elsewhere'"
                " WHERE id = (SELECT max(id) FROM django_migrations WHERE app = 'messaging')"
            )
        yield url_for("owner", name)
    finally:
        with admin() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrations(url: str) -> list[str]:
    with psycopg.connect(url) as owner:
        return [row[0] for row in owner.execute(KNOWN)]


def test_a_database_of_another_version_is_refused_and_left_alone(of_another_version: str) -> None:
    before = migrations(of_another_version)
    done = subprocess.run(
        [sys.executable, "manage.py", "prepare"],
        cwd=ROOT,
        env={**os.environ, "HUB_PROCESS": "owner", "DATABASE_URL": of_another_version},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "does not know messaging.9999_from_elsewhere" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr
    assert migrations(of_another_version) == before
