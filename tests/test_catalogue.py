"""Postgres itself keeps accounts apart: read from its catalogue, and tried on every table."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from django.apps import apps
from psycopg import sql

from accounts.models import Account
from accounts.tenancy import scope
from tests import catalogue
from tests.catalogue import LOGINS, QUESTIONS, Question, tenant_tables
from tests.conftest import admin, url_for
from tests.make import make_account

Connection = psycopg.Connection[Any]


@pytest.fixture
def root(database: str) -> Iterator[Connection]:
    """A superuser inside this run's own database."""
    with admin() as first:
        url = first.info
        parts = {"host": url.host, "port": url.port, "user": url.user, "password": url.password}
    with psycopg.connect(**parts, dbname=database, autocommit=True) as connection:
        yield connection


def named_after(value: Any) -> str:
    names = [name for name, found in vars(catalogue).items() if found is value and callable(value)]
    return names[0] if names else str(value)[:40]


@pytest.mark.parametrize("question", QUESTIONS, ids=named_after)
def test_the_catalogue_has_no_fault(root: Connection, question: Question) -> None:
    assert question(root) == []


# What each question must find: statements that break the rule, and a part of the answer.
BROKEN: Final = [
    (
        catalogue.walls_are_up,
        "CREATE TABLE new_things (id uuid PRIMARY KEY, account_id uuid)",
        "new_things: row-level security is not both enabled and forced",
    ),
    (
        catalogue.walls_are_up,
        "ALTER TABLE contacts_contact NO FORCE ROW LEVEL SECURITY",
        "contacts_contact: row-level security is not both enabled and forced",
    ),
    (
        catalogue.walls_are_up,
        "CREATE TABLE parted (id uuid, account_id uuid) PARTITION BY RANGE (id);"
        "ALTER TABLE parted ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        "CREATE TABLE parted_1 PARTITION OF parted DEFAULT",
        "parted_1: row-level security is not both enabled and forced",
    ),
    (
        catalogue.walls_are_up,
        "ALTER POLICY tenant ON contacts_contact"
        " USING (account_id = (SELECT current_setting('hub.account', true)::uuid))",
        "contacts_contact: no policy `tenant` as accounts.row_security writes it",
    ),
    (
        catalogue.views_ask_as_the_reader,
        "CREATE VIEW all_contacts AS SELECT * FROM contacts_contact",
        "all_contacts: a view runs with its owner's rights",
    ),
    (
        catalogue.views_ask_as_the_reader,
        "CREATE MATERIALIZED VIEW kept AS SELECT 1",
        "kept: a materialized view has no walls",
    ),
    (
        catalogue.functions_are_closed,
        "CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "peek: a definer function of ",
    ),
    (
        catalogue.functions_are_closed,
        "CREATE FUNCTION loose() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "loose: no fixed search_path",
    ),
    (
        catalogue.functions_are_closed,
        "GRANT EXECUTE ON FUNCTION ledger_open(uuid, text) TO PUBLIC",
        "ledger_open: everyone may call a definer function",
    ),
    (catalogue.roles_are_small, "ALTER ROLE hub_web BYPASSRLS", "hub_web: may more"),
    (catalogue.roles_are_small, "ALTER ROLE hub_system LOGIN", "hub_system: may sign in"),
    (
        catalogue.memberships_are_three,
        "GRANT hub_system TO hub_web",
        "hub_web may become hub_system",
    ),
    (
        catalogue.logins_own_nothing,
        "ALTER TABLE contacts_contact OWNER TO hub_worker",
        "hub_worker owns contacts_contact",
    ),
    (
        catalogue.rights_are_rows_only,
        "GRANT TRUNCATE ON contacts_contact TO hub_web",
        "hub_web has TRUNCATE on contacts_contact",
    ),
    (
        catalogue.rights_are_rows_only,
        "GRANT SELECT ON contacts_contact TO PUBLIC",
        "everyone has SELECT on contacts_contact",
    ),
    (
        catalogue.keys_carry_the_account,
        "CREATE TABLE notes (id uuid PRIMARY KEY, account_id uuid,"
        " contact_id uuid CONSTRAINT loose_key REFERENCES contacts_contact)",
        "notes.loose_key: points at a tenant table without the account",
    ),
    (
        catalogue.uniqueness_is_per_account,
        "CREATE UNIQUE INDEX one_number ON contacts_contact (number, id)",
        "contacts_contact: unique without the account: one_number",
    ),
    (
        catalogue.open_policies_are_for_inner_roles,
        "CREATE POLICY everything ON contacts_contact TO hub_web USING (true)",
        "contacts_contact: policy everything opens every row to a login",
    ),
    (
        catalogue.crossing_is_listed,
        "DROP POLICY system ON contacts_contact",
        "hub_system: contacts_contact",
    ),
    (
        catalogue.every_table_is_known,
        "CREATE TABLE strays (id uuid PRIMARY KEY)",
        "strays: whose is it?",
    ),
    (
        catalogue.steps_are_the_codes,
        "ALTER TABLE messaging_message DISABLE TRIGGER message_step",
        "the trigger of legal steps is missing or off",
    ),
]


@pytest.mark.parametrize(("question", "breaks", "fault"), BROKEN, ids=named_after)
def test_every_question_finds_its_fault(
    root: Connection, question: Question, breaks: str, fault: str
) -> None:
    with root.transaction(force_rollback=True):
        root.execute(breaks.encode())
        assert [found for found in question(root) if found.startswith(fault)]
    assert question(root) == []


# -- tried on every table ----------------------------------------------------------------

# What generic values do not satisfy: (table, column) -> an expression of SQL.
VALUES: Final = {
    ("messaging_message", "state"): "'queued'",
    ("billing_ledgerentry", "amount"): "7",
    ("accounts_job", "state"): "'waiting'",
}
BY_TYPE: Final = {
    "uuid": "gen_random_uuid()", "text": "'x'", "character varying": "left(md5(random()::text), 3)",
    "timestamp with time zone": "now()", "jsonb": "'{}'", "bytea": "'\\x00'", "boolean": "false",
    "ARRAY": "'{}'", "inet": "'192.0.2.1'", "integer": "1", "bigint": "1", "smallint": "1",
    "date": "current_date",
}  # fmt: skip


def columns(connection: Connection, table: str) -> dict[str, str]:
    """Column -> an expression that makes a fresh value of its type."""
    rows = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        [table],
    )
    return {name: VALUES.get((table, name), BY_TYPE[kind]) for name, kind in rows}


def insertion(connection: Connection, table: str, account: UUID) -> sql.Composed:
    values = {**columns(connection, table), "account_id": f"'{account}'"}
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.SQL(value) for value in values.values()),  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def two(database: str) -> Iterator[tuple[Account, Account]]:
    """Two accounts with at least one row each in every tenant table."""
    one, other = make_account("Une"), make_account("Autre")
    info = urlsplit(url_for("web", database))
    with admin() as first:
        parts = {"user": first.info.user, "password": first.info.password}
    with psycopg.connect(host=info.hostname, port=info.port, dbname=database, **parts) as root:
        root.execute("SET session_replication_role = replica")
        for table in tenant_tables(root):
            for account in (one, other):
                held = root.execute(
                    sql.SQL("SELECT 1 FROM {} WHERE account_id = %s").format(sql.Identifier(table)),
                    [account.pk],
                ).fetchone()
                if held is None:
                    root.execute(insertion(root, table, account.pk))
    yield one, other
    with psycopg.connect(host=info.hostname, port=info.port, dbname=database, **parts) as root:
        root.execute("SET session_replication_role = replica")
        for table in tenant_tables(root):
            if table not in ("senders_sender", "senders_sendingsettings"):
                root.execute(
                    sql.SQL("DELETE FROM {} WHERE account_id = ANY (%s)").format(
                        sql.Identifier(table)
                    ),
                    [[one.pk, other.pk]],
                )


@pytest.fixture(params=LOGINS)
def login(request: pytest.FixtureRequest, database: str) -> Iterator[Connection]:
    role = request.param.removeprefix("hub_")
    with psycopg.connect(url_for(role, database), autocommit=True) as connection:
        yield connection


def attempt(connection: Connection, statement: sql.Composed | str, *values: Any) -> Any:
    """The rows or the row count of a statement that is rolled back, or its SQLSTATE."""
    with connection.transaction(force_rollback=True):
        try:
            found = connection.execute(statement, values or None)  # type: ignore[arg-type]
        except psycopg.Error as error:
            return error.sqlstate
        return found.fetchall() if found.description else found.rowcount


def named(template: str, table: str, **more: str) -> sql.Composed:
    names = {key: sql.Identifier(name) for key, name in more.items()}
    return sql.SQL(template).format(table=sql.Identifier(table), **names)  # type: ignore[arg-type]


REFUSED, UNKNOWN_SETTING, NOT_A_UUID = "42501", "42704", "22P02"


def test_without_a_scope_every_tenant_table_is_an_error(
    root: Connection, login: Connection, two: Any
) -> None:
    tables = tenant_tables(root)
    assert len(tables) > 15
    for table in tables:
        assert attempt(login, named("SELECT * FROM {table}", table)) == UNKNOWN_SETTING, table
    login.execute("SELECT set_config('hub.account', '', false)")
    for table in tables:
        assert attempt(login, named("SELECT * FROM {table}", table)) == NOT_A_UUID, table


def test_another_accounts_rows_cannot_be_read(
    root: Connection, login: Connection, two: tuple[Account, Account]
) -> None:
    one, other = two
    login.execute("SELECT set_config('hub.account', %s, false)", [str(other.pk)])
    for table in tenant_tables(root):
        owners = attempt(login, named("SELECT DISTINCT account_id FROM {table}", table))
        assert owners == [(other.pk,)], table
        by_id = named("SELECT * FROM {table} WHERE account_id = %s", table)
        assert attempt(login, by_id, one.pk) == [], table
        with login.cursor().copy(named("COPY {table} TO STDOUT", table)) as copied:
            assert str(one.pk).encode() not in b"".join(bytes(chunk) for chunk in copied), table
        with login.transaction(force_rollback=True):
            login.execute("SET LOCAL row_security = off")
            assert attempt(login, named("SELECT * FROM {table}", table)) == REFUSED, table


def test_another_accounts_rows_cannot_be_written(
    root: Connection, login: Connection, two: tuple[Account, Account]
) -> None:
    one, other = two
    login.execute("SELECT set_config('hub.account', %s, false)", [str(other.pk)])
    for table in tenant_tables(root):
        assert attempt(login, insertion(root, table, one.pk)) == REFUSED, table
        [column, *_rest] = [
            name
            for name in columns(root, table)
            if name not in ("account_id", "sender_id", "batch_id", "state")
        ]
        aimed = "UPDATE {table} SET {column} = {column} WHERE account_id = %s"
        assert attempt(login, named(aimed, table, column=column), one.pk) in (0, REFUSED), table
        aimed = "DELETE FROM {table} WHERE account_id = %s"
        assert attempt(login, named(aimed, table), one.pk) in (0, REFUSED), table
        mine = root.execute(
            named("SELECT count(*) FROM {table} WHERE account_id = %s", table), [other.pk]
        ).fetchone()
        blind = "UPDATE {table} SET {column} = {column}"
        written = attempt(login, named(blind, table, column=column))
        assert written in ((mine or [0])[0], REFUSED, "23514"), table
        stolen = attempt(login, named("UPDATE {table} SET account_id = %s", table), one.pk)
        assert stolen in (REFUSED, "23514"), table


def test_the_web_can_become_nobody_and_the_worker_only_the_system(database: str) -> None:
    can = {}
    for role in ("web", "worker"):
        with psycopg.connect(url_for(role, database), autocommit=True) as connection:
            for target in ("hub_system", "hub_ledger", "hub_owner", "postgres"):
                answer = attempt(connection, f"SET ROLE {target}")
                if answer != REFUSED:
                    can[role, target] = answer
    assert can == {("worker", "hub_system"): -1}


def test_a_login_may_not_bring_tables_functions_or_schemas(login: Connection) -> None:
    for statement in (
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE contacts_contact DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON contacts_contact",
        "TRUNCATE contacts_contact",
        "SET session_replication_role = replica",
    ):
        assert attempt(login, statement) == REFUSED, statement


def test_the_ledgers_own_function_is_nobodys_to_call(
    login: Connection, two: tuple[Account, Account]
) -> None:
    one, other = two
    login.execute("SELECT set_config('hub.account', %s, false)", [str(other.pk)])
    move = "SELECT ledger_move(%s, 'credit', 'funding', 'main', '{x}', '{1}', '')"
    assert attempt(login, move, other.pk) == REFUSED
    for call in (
        "SELECT ledger_credit(%s, 'x', 1, '')",
        "SELECT ledger_hold(%s, '{x}', '{1}')",
        "SELECT ledger_settle(%s, 'x', 1, 0)",
        "SELECT ledger_open(%s, 'EUR')",
        "SELECT * FROM ledger_available(%s)",
    ):
        assert attempt(login, call, one.pk) == REFUSED, call
    for call in ("limit_room('{}', now())", "limit_consume('{}', '{}', now())"):
        assert attempt(login, f"SELECT {call}") == REFUSED, call


def test_an_unfiltered_query_of_a_careless_view_sees_one_account(
    root: Connection, two: tuple[Account, Account]
) -> None:
    one, other = two
    tables = set(tenant_tables(root))
    models = [model for model in apps.get_models() if model._meta.db_table in tables]
    assert len(models) == len(tables)
    with scope(other):
        for model in models:
            careless = model._base_manager.all().values_list("account_id", flat=True)
            assert set(careless) == {other.pk}, model
            assert not model._base_manager.filter(account=one.pk).exists(), model


def test_a_key_into_another_account_is_refused(
    root: Connection, two: tuple[Account, Account]
) -> None:
    """Every composite key: a row of one account that names a row of the other."""
    one, other = two
    keys = root.execute(
        "SELECT k.conrelid::regclass::text, k.confrelid::regclass::text, a.attname"
        " FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid"
        " AND a.attnum = ANY (k.conkey) AND a.attname <> 'account_id'"
        " WHERE k.contype = 'f' AND k.conname LIKE '%same_account'"
    ).fetchall()
    assert len(keys) >= 5
    for table, target, column in keys:
        row = root.execute(
            named("SELECT id FROM {target} WHERE account_id = %s LIMIT 1", table, target=target),
            [one.pk],
        ).fetchone()
        values = columns(root, table) | {"account_id": f"'{other.pk}'"}
        values[column] = f"'{(row or [uuid4()])[0]}'"
        aim = "UPDATE {table} SET {column} = %s WHERE account_id = %s"
        aimed = named(aim, table, column=column)
        with root.transaction(force_rollback=True):
            root.execute("ALTER TABLE billing_ledgerentry DISABLE TRIGGER USER")
            answer = attempt(root, aimed, (row or [uuid4()])[0], other.pk)
        assert answer == "23503", (table, column)
