"""Which Postgres and Valkey Hub uses: those of the environment, else embedded ones."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import psycopg

from hub import roles
from hub.embedded import Engine, EngineError, Postgres, Valkey
from hub.environment import (
    HOST,
    login_of,
    pick_port,
    postgres_url,
    read_env_file,
    same_server,
    with_login,
    write_env_file,
)

Server = TypeVar("Server", Postgres, Valkey)
DATABASE = "hub"
ADDRESSES = {
    roles.OWNER: "DATABASE_URL",
    roles.WEB: "DATABASE_URL_WEB",
    roles.WORKER: "DATABASE_URL_WORKER",
}


class ServerError(Exception):
    """A server of the environment cannot be used; the text says what to do."""


@dataclass
class Memory:
    """What embedded servers keep between starts: `$HUB_HOME/embedded.env`, mode 600."""

    path: Path

    def __post_init__(self) -> None:
        self.values = read_env_file(self.path)

    def secret(self, name: str) -> str:
        """The secret called `name`, made at first use."""
        if name not in self.values:
            self.keep(name, secrets.token_hex(24))
        return self.values[name]

    def ports(self, name: str, default: int) -> list[int]:
        """Ports to prefer: the one used last, then the usual one."""
        last = self.values.get(name, "")
        return [*([int(last)] if last.isdigit() else []), default]

    def keep(self, name: str, value: str) -> None:
        self.values[name] = value
        write_env_file(self.path, self.values)


def start_database(
    home: Path, environment: Mapping[str, str], engines: list[Engine]
) -> dict[str, str]:
    """The database answers to its three logins; what is given are their addresses.

    An embedded server is appended to `engines`. Raises EngineError or ServerError.
    """
    url = environment.get("DATABASE_URL", "")
    if url:
        return external_database(url, environment, read_env_file(home / "hub.env"))
    memory = Memory(home / "embedded.env")
    postgres = _start_on_free_port(
        lambda port: Postgres(home / "postgres", port), memory.ports("POSTGRES_PORT", 15432)
    )
    engines.append(postgres)
    memory.keep("POSTGRES_PORT", str(postgres.port))
    return embedded_roles(postgres, {role: memory.secret(role) for role in roles.LOGINS})


def start_broker(
    home: Path, environment: Mapping[str, str], engines: list[Engine]
) -> dict[str, str]:
    """The broker's address. An embedded one is started and appended to `engines`."""
    url = environment.get("REDIS_URL", "")
    if url:
        return {"REDIS_URL": url}
    memory = Memory(home / "embedded.env")
    password = memory.secret("VALKEY_PASSWORD")
    valkey = _start_on_free_port(
        lambda port: Valkey(home / "valkey", port, password), memory.ports("VALKEY_PORT", 16379)
    )
    engines.append(valkey)
    memory.keep("VALKEY_PORT", str(valkey.port))
    return {"REDIS_URL": valkey.url}


def embedded_roles(postgres: Postgres, passwords: Mapping[str, str]) -> dict[str, str]:
    """Roles and database of an embedded server exist; what is given are the logins' addresses."""
    with psycopg.connect(postgres.superuser_url(), autocommit=True) as connection:
        roles.ensure_roles(connection, passwords)
        roles.ensure_database(connection, DATABASE)
    with psycopg.connect(postgres.superuser_url(DATABASE), autocommit=True) as connection:
        roles.prepare_database(connection)
    return {
        ADDRESSES[role]: postgres_url(role, password, HOST, postgres.port, DATABASE)
        for role, password in passwords.items()
    }


def external_database(
    url: str, environment: Mapping[str, str], stored: Mapping[str, str]
) -> dict[str, str]:
    """Addresses of the three logins on a server of the environment.

    Roles the server lacks are made when the login of `url` may make roles; their passwords are
    new. Raises ServerError with the words to act on in every other case.
    """
    passwords = _known_passwords(url, environment, stored)
    with _connected(url) as connection:
        missing = roles.missing_roles(connection)
        if missing:
            passwords |= _make_roles(connection, missing)
    addresses = {}
    for role, variable in ADDRESSES.items():
        if role not in passwords:
            raise ServerError(
                f"{role} exists on the server of DATABASE_URL, but its password is not known here."
                f" Set {variable}, or give the logins new passwords: {_advice(url)}"
            )
        addresses[variable] = environment.get(variable, "") if role != roles.OWNER else ""
        addresses[variable] = addresses[variable] or with_login(url, role, passwords[role])
        _connected(addresses[variable]).close()
    return addresses


def _known_passwords(
    url: str, environment: Mapping[str, str], stored: Mapping[str, str]
) -> dict[str, str]:
    known = {}
    for role, variable in ADDRESSES.items():
        for address in (environment.get(variable, ""), stored.get(variable, "")):
            user, password = login_of(address)
            if user == role and same_server(address, url):
                known[role] = password
                break
    return known


def _make_roles(
    connection: psycopg.Connection[tuple[object, ...]], missing: list[str]
) -> dict[str, str]:
    if not roles.may_create_roles(connection):
        raise ServerError(
            f"the server of DATABASE_URL lacks the roles {', '.join(missing)}, and this login may"
            f" not make them. {_advice('')}"
        )
    made = {role: secrets.token_hex(24) for role in missing if role in roles.LOGINS}
    try:
        roles.ensure_roles(connection, made)
        roles.prepare_database(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise ServerError(f"the roles could not be made: {error}. {_advice('')}") from error
    return made


def _advice(url: str) -> str:
    command = "python manage.py roles --set-passwords --url -" if url else ""
    return command or (
        "An administrator of the server runs what `python manage.py roles --sql` prints;"
        " then set DATABASE_URL, DATABASE_URL_WEB and DATABASE_URL_WORKER."
    )


def _connected(url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        user = login_of(url)[0]
        raise ServerError(f"the database does not let {user} in: {error}") from error


def _start_on_free_port(make: Callable[[int], Server], preferred: Iterable[int]) -> Server:
    """Another process may take a port between the look and the start: then any other will do."""
    server = make(pick_port(preferred))
    try:
        server.start()
    except EngineError as error:
        if "in use" not in str(error):
            raise
        server = make(pick_port([]))
        server.start()
    return server
