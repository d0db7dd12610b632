"""The hot paths' own cursor: server-side binding and prepared statements on Django's connection.

Lists travel as one `{a,b}` text parameter: turning Python lists into Postgres arrays was the
dearest part of a bulk statement (measured in spec/perf.md A1).
"""

from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection


def cursor() -> "psycopg.Cursor[Any]":
    """A psycopg cursor on the default connection, in whatever transaction that is in."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)


def binary_cursor() -> "psycopg.Cursor[Any]":
    """The same for many rows with times in them, which are dear to read as text."""
    found = cursor()
    found.format = psycopg.pq.Format.BINARY
    return found


def pipeline() -> Any:
    """`with pipeline():` sends statements without waiting for each other's answers."""
    connection.ensure_connection()
    return connection.connection.pipeline()


def listed(values: Iterable[object]) -> str:
    """An array literal for values that need no quoting (ids, numbers, E.164)."""
    return "{" + ",".join(map(str, values)) + "}"
