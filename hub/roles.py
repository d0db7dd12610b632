"""The database's roles: who may log in, and who may become whom.

    hub_owner   login, owns the tables and migrates; nobody else makes or changes one
    hub_web     login, owns nothing
    hub_worker  login, owns nothing, may become hub_system for work that crosses accounts
    hub_system  no login, reached by SET ROLE only
    hub_ledger  no login, owns the functions that move money

None of them is a superuser, bypasses row-level security or makes roles. Everything here may be
run again on a database that already has it.
"""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

OWNER, WEB, WORKER = "hub_owner", "hub_web", "hub_worker"
SYSTEM, LEDGER = "hub_system", "hub_ledger"
LOGINS = (OWNER, WEB, WORKER)
ROLES = (*LOGINS, SYSTEM, LEDGER)
# (who may, become whom): never inherited, so nothing crosses accounts without SET ROLE.
MEMBERSHIPS = ((WORKER, SYSTEM), (OWNER, SYSTEM), (OWNER, LEDGER))
GRANT_OPTIONS_SINCE = 160000
ATTRIBUTES = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS"
# Only a superuser may name these two, and a role made by anyone else cannot have them.
PLAIN_ATTRIBUTES = "NOCREATEDB NOCREATEROLE NOINHERIT"

Connection = psycopg.Connection[tuple[object, ...]]


def missing_roles(connection: Connection) -> list[str]:
    """Names of our roles the server does not have."""
    rows = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)]
    ).fetchall()
    return [role for role in ROLES if (role,) not in rows]


def may_create_roles(connection: Connection) -> bool:
    """Whether the current login may make roles."""
    row = connection.execute(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    return bool(row and row[0])


def _is_superuser(connection: Connection) -> bool:
    row = connection.execute("SELECT current_setting('is_superuser') = 'on'").fetchone()
    return bool(row and row[0])


def ensure_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    """All roles and memberships exist; logins named in `passwords` have that password.

    The server and its log see a SCRAM verifier, never the password. `connection` must be in
    autocommit and may create roles.
    """
    present = set(ROLES) - set(missing_roles(connection))
    attributes = ATTRIBUTES if _is_superuser(connection) else PLAIN_ATTRIBUTES
    for role in ROLES:
        if role not in present:
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        kind = "LOGIN" if role in LOGINS else "NOLOGIN"
        if role not in present or attributes == ATTRIBUTES:
            statement = sql.SQL(f"ALTER ROLE {{}} {kind} {attributes}")
            connection.execute(statement.format(sql.Identifier(role)))
    for role, password in passwords.items():
        set_password(connection, role, password)
    for member, role in MEMBERSHIPS:
        connection.execute(membership(connection.info.server_version, member, role))


def set_password(connection: Connection, role: str, password: str) -> None:
    """`role` logs in with `password` from now on."""
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(role), sql.Literal(verifier)))


def membership(server_version: int, member: str, role: str) -> sql.Composed:
    """`member` may become `role` but has none of its rights before.

    Before Postgres 16 the NOINHERIT of the member says the second half.
    """
    options = " WITH INHERIT FALSE, SET TRUE" if server_version >= GRANT_OPTIONS_SINCE else ""
    statement = sql.SQL("GRANT {} TO {}" + options)
    return statement.format(sql.Identifier(role), sql.Identifier(member))


def ensure_database(connection: Connection, name: str) -> None:
    """Database `name` exists and belongs to hub_owner; needs a superuser in autocommit."""
    row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if row is None:
        statement = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(OWNER)))


def database_grants(name: str) -> list[sql.Composed]:
    """Statements, run inside database `name`, that open it to our roles and to no one else."""
    database, everyone = sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, ROLES))
    logins = sql.SQL(", ").join(map(sql.Identifier, LOGINS))
    makers = sql.SQL(", ").join(map(sql.Identifier, (OWNER, LEDGER)))
    return [
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, logins),
        sql.SQL("GRANT CREATE, TEMPORARY ON DATABASE {} TO {}").format(
            database, sql.Identifier(OWNER)
        ),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC").format(),
        sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(everyone),
        sql.SQL("GRANT CREATE ON SCHEMA public TO {}").format(makers),
    ]


def prepare_database(connection: Connection) -> None:
    """The database `connection` is in is open to our roles and to no one else."""
    for statement in database_grants(connection.info.dbname):
        connection.execute(statement)


def script(database: str, server_version: int = GRANT_OPTIONS_SINCE) -> Sequence[str]:
    """The same as statements for psql, for an administrator who runs them by hand.

    Passwords are asked for by psql itself (`\\password`), so that none is written down.
    """
    lines = [f"CREATE ROLE {role} {'LOGIN' if role in LOGINS else 'NOLOGIN'};" for role in ROLES]
    lines += [f"ALTER ROLE {role} {ATTRIBUTES};" for role in ROLES]
    grants = [membership(server_version, member, role) for member, role in MEMBERSHIPS]
    lines += [f"{statement.as_string()};" for statement in grants]
    lines += [f"CREATE DATABASE {sql.Identifier(database).as_string()} OWNER {OWNER};"]
    lines += [f"\\password {role}" for role in LOGINS]
    lines += [f"\\connect {database}"]
    return [*lines, *(f"{statement.as_string()};" for statement in database_grants(database))]
