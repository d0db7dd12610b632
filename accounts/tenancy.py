"""Whose rows a query may touch: one account at a time, or an exception.

Two walls stand one behind the other. The manager refuses a query that names no account; and
Postgres' row-level security refuses another account's rows, and every row when no account is set.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import psycopg
from django.db import connection, models, transaction
from psycopg.pq import TransactionStatus

from accounts.statements import cursor

if TYPE_CHECKING:
    from accounts.models import Account

logger = logging.getLogger(__name__)
Row = TypeVar("Row", bound=models.Model)


class Unscoped(RuntimeError):
    """A query on a tenant table that names no account."""


class AccountManager(models.Manager[Row]):
    """Opens only with an account: `for_account(a)`, `create(account=a)`; all else raises."""

    def get_queryset(self) -> models.QuerySet[Row]:
        raise Unscoped(f"{self.model.__name__}.objects needs for_account(account).")

    def for_account(self, account: "Account | UUID") -> models.QuerySet[Row]:
        return super().get_queryset().filter(account_id=account_id(account))

    def create(  # type: ignore[override]
        self, *, account: "Account | UUID", **fields: Any
    ) -> Row:
        return super().get_queryset().create(account_id=account_id(account), **fields)


def account_id(account: "Account | UUID") -> UUID:
    return account if isinstance(account, UUID) else account.pk


@contextmanager
def scope(account: "Account | UUID") -> Iterator[None]:
    """Inside, the database shows and takes rows of `account` alone.

    Opens only outside a transaction, because a setting written in a transaction is undone by its
    rollback. A connection that cannot be cleared is closed: the setting dies with the session.
    """
    if connection.in_atomic_block:
        raise RuntimeError("tenancy.scope opens outside a transaction only.")
    if getattr(connection, "hub_account", None) is not None:
        raise RuntimeError("A scope is open already; an account works for itself only.")
    _open(str(account_id(account)))
    connection.hub_account = account_id(account)  # type: ignore[attr-defined]
    try:
        yield
    finally:
        connection.hub_account = None  # type: ignore[attr-defined]
        _clear()


@contextmanager
def system(reason: str) -> Iterator[None]:
    """One durable transaction as `hub_system`, which sees every account's rows of listed tables.

    Only the worker's login may become it. `reason` says why the walls are crossed.
    """
    with transaction.atomic(durable=True):
        cursor().execute("SET LOCAL ROLE hub_system")
        logger.debug("working across accounts: %s", reason)
        yield


@contextmanager
def as_login() -> Iterator[None]:
    """Inside `system`: for a moment one's own login again, in the same transaction.

    It may read the directories, people among them, and no account's rows.
    """
    cursor().execute("RESET ROLE")
    yield
    cursor().execute("SET LOCAL ROLE hub_system")


def _open(value: str) -> None:
    """The setting is the connection's health check too: a dead one is replaced, once."""
    try:
        _set(value)
    except psycopg.OperationalError:
        if not (connection.connection and connection.connection.closed):
            raise
        connection.close()
        _set(value)
    connection.health_check_done = True  # type: ignore[attr-defined]


def _set(value: str) -> None:
    cursor().execute("SELECT set_config('hub.account', %s, false)", [value], prepare=True)


def _clear() -> None:
    raw = connection.connection
    if raw is None:
        return
    try:
        idle = raw.info.transaction_status == TransactionStatus.IDLE
        if connection.in_atomic_block or not connection.get_autocommit() or raw.closed or not idle:
            raise RuntimeError("The connection is not idle.")
        _set("")
    except BaseException:  # noqa: BLE001 - whatever it was, this session is not used again
        _throw_away()


def _throw_away() -> None:
    raw = connection.connection
    connection.in_atomic_block = False
    connection.savepoint_ids = []
    connection.needs_rollback = False
    try:
        if raw is not None:
            raw.close()
    finally:
        connection.close()
