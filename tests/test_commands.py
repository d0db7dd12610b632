"""The commands around Hub: locks, addresses, ports, roles, and the files that describe servers."""

import os
import re
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import errors

from hub import roles
from hub.catalogues import compile_catalogues
from hub.embedded import Valkey
from hub.environment import (
    is_free,
    login_of,
    pick_port,
    postgres_url,
    read_env_file,
    same_server,
    with_login,
    write_env_file,
)
from hub.home import Home, welcome
from hub.servers import Memory, ServerError, external_database
from hub.supervisor import Child, Group, rotate

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^[a-z0-9][^\s]*==[^\s]+", (ROOT / lock).read_text(), re.M))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert re.findall(r"://|find-links|^--|(?:^|[\s\"'])/[a-z]", text, re.M) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_of_a_lock_has_a_hash(lock: str) -> None:
    blocks = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text(), flags=re.M)[1:]
    assert len(blocks) > 50
    assert [block.split("\n")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_development_lock_contains_the_runtime_lock() -> None:
    assert pins("requirements.lock") - pins("requirements-dev.lock") == set()


def test_the_example_environment_lists_exactly_what_the_settings_read() -> None:
    read = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", (ROOT / "hub/settings.py").read_text()))
    listed = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.M))
    others = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "HUB_PORT"}
    assert read - listed == set()
    assert listed - read - others == set()


def test_a_shell_reads_the_example_environment_as_it_is() -> None:
    line = ["sh", "-ec", 'set -a; . ./.env.example; echo "$HUB_FROM_EMAIL"']
    read = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (read.stdout, read.stderr) == ("Hub <no-reply@hub.example.com>\n", "")


def test_the_containers_are_all_described_and_hold_no_secret() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    services = yaml.safe_load(text)["services"]
    names = {"migrate", "web", "dispatch", "webhooks", "others", "beat"}
    assert set(services) == names | {"postgres", "valkey", "mail"}
    for name in names:
        assert services[name]["env_file"] == ".env"
        assert services[name]["read_only"] is True
    for name in names - {"migrate"}:
        assert services[name]["environment"]["POSTGRES_PASSWORD"] == ""
        assert services[name]["depends_on"]["migrate"]
    for name in set(services) - {"migrate", "beat"}:
        assert services[name]["healthcheck"]["test"]
    queues = {
        part
        for name in names
        for part in services[name].get("command", [])[-1:]
        if services[name].get("command", [None])[0] == "celery"
    }
    assert queues >= {"dispatch", "webhooks", "mail,bulk,clock,celery"}
    assert re.findall(r"PASSWORD: [^$\"{]", text) == []


def test_a_worker_needs_no_variable_that_the_example_does_not_list() -> None:
    listed = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(), re.M))
    given = {name: value for name, value in os.environ.items() if name in {*listed, "PATH"}}
    line = [sys.executable, "-m", "celery", "-A", "hub", "report"]
    report = subprocess.run(line, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert "transport:redis" in report.stdout, report.stderr[-500:]


def test_an_environment_file_comes_back_as_written_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hub.env"
    values = {"DATABASE_URL": "postgres://a:b%40=c@h/d?x=1", "EMPTY": "", "HUB_PEPPER": "f00"}
    write_env_file(path, values)
    assert read_env_file(path) == values
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["hub.env"]


def test_a_line_break_cannot_smuggle_a_variable_in(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="line break"):
        write_env_file(tmp_path / "hub.env", {"A": "x\nHUB_DEBUG=true"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("password", ["plain", "p@ss/w:rd?#", "é %2F", "'\"\\"])
def test_any_password_survives_an_address(password: str) -> None:
    url = postgres_url("hub_web", password, "127.0.0.1", 5432, "hub")
    assert login_of(url) == ("hub_web", password)
    assert psycopg.conninfo.conninfo_to_dict(url)["password"] == password
    other = with_login(url, "hub_worker", password[::-1])
    assert login_of(other) == ("hub_worker", password[::-1])
    assert same_server(url, other)


def test_another_login_keeps_the_options_of_an_address() -> None:
    url = with_login("postgres://a:b@[::1]:5433/hub?sslmode=require", "c", "d")
    assert url == "postgres://c:d@[::1]:5433/hub?sslmode=require"
    assert not same_server(url, "postgres://c:d@[::1]:5433/other")


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        taken = server.getsockname()[1]
        assert not is_free(taken)
        spare = pick_port([taken])
        assert spare != taken
        assert is_free(spare)
        assert pick_port([taken, spare]) == spare


def test_the_port_used_last_is_preferred_and_secrets_are_made_once(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "embedded.env")
    assert memory.ports("WEB_PORT", 8000) == [8000]
    memory.keep("WEB_PORT", "8123")
    secret = memory.secret("hub_web")
    again = Memory(tmp_path / "embedded.env")
    assert again.ports("WEB_PORT", 8000) == [8123, 8000]
    assert again.secret("hub_web") == secret
    assert again.secret("hub_worker") != secret


def test_a_log_is_turned_over_only_when_it_is_large(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("0123456789")
    rotate(log, limit=10)
    assert log.exists()
    rotate(log, limit=9)
    assert not log.exists()
    assert (tmp_path / "web.log.1").read_text() == "0123456789"


def test_two_commands_never_run_the_same_folder(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with home.claimed() as first, home.claimed() as second:
        assert (first, second) == (True, False)
    with home.claimed() as third:
        assert third


def test_the_welcome_shows_sign_in_and_key_once_there_is_a_demo(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert "http://127.0.0.1:1/" in welcome(home, "http://127.0.0.1:1")
    home.demo.write_text(
        '{"users": [{"email": "o@example.com", "password": "pw"}],'
        ' "api_keys": [{"key": "k1", "secret": "s1"}]}'
    )
    shown = welcome(home, "http://127.0.0.1:1")
    assert all(part in shown for part in ("o@example.com", "pw", "k1", "s1"))


def test_a_dead_child_is_started_again_and_all_end_together(tmp_path: Path) -> None:
    said: list[str] = []
    group = Group(said.append)
    line = [sys.executable, "-c", "import time; time.sleep(60)"]
    child = group.add(Child("sleeper", line, dict(os.environ), tmp_path / "a.log", tmp_path))
    first = child.process
    assert first is not None
    first.kill()
    first.wait()
    end = time.monotonic() + 20
    while child.process is first and time.monotonic() < end:
        group.watch()
        time.sleep(0.02)
    assert child.alive()
    assert "sleeper ended with -9" in said[0]
    group.stop()
    assert not child.alive()


def test_valkey_asks_for_its_password_and_ends_when_told(tmp_path: Path) -> None:
    valkey = Valkey(tmp_path / "valkey", pick_port([]), "s3cret", durable=False)
    valkey.start()
    try:
        with socket.create_connection(("127.0.0.1", valkey.port), 5) as connection:
            connection.sendall(b"PING\r\n")
            assert connection.recv(100).startswith(b"-NOAUTH")
    finally:
        valkey.stop()
    assert not valkey.alive()
    assert stat.S_IMODE((tmp_path / "valkey" / "valkey.conf").stat().st_mode) == 0o600


def test_translations_are_compiled_once_per_change(tmp_path: Path) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "Hours"\nmsgstr "Horaires été"\n'
    )
    assert compile_catalogues(tmp_path) == [folder / "django.mo"]
    assert "Horaires été".encode() in (folder / "django.mo").read_bytes()
    assert compile_catalogues(tmp_path) == []


def test_nobody_needs_more_than_python_to_read_the_usage() -> None:
    shown = subprocess.run(
        [sys.executable, "-I", "-S", str(ROOT / "bootstrap.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 1
    assert "bootstrap.py test" in shown.stderr


# -- roles, on the tests' own Postgres ----------------------------------------------------

admin_url = os.environ.get("HUB_TEST_ADMIN_URL", "")
on_postgres = pytest.mark.skipif(not admin_url, reason="no HUB_TEST_ADMIN_URL: use make test")


@on_postgres
def test_no_role_is_privileged_and_making_them_again_changes_nothing() -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        roles.ensure_roles(connection, {})
        assert roles.missing_roles(connection) == []
        rows = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolinherit,"
            " rolreplication, rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)",
            [list(roles.ROLES)],
        ).fetchall()
    assert {row[0]: row[1] for row in rows} == {role: role in roles.LOGINS for role in roles.ROLES}
    assert {row[2:] for row in rows} == {(False,) * 6}


@on_postgres
def test_only_the_worker_and_the_owner_may_become_the_system_and_none_inherits_it() -> None:
    with psycopg.connect(admin_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT who, other, pg_has_role(who, other, 'USAGE'), pg_has_role(who, other, 'SET')"
            " FROM unnest(%s::text[]) who, unnest(%s::text[]) other WHERE who <> other",
            [list(roles.ROLES), list(roles.ROLES)],
        ).fetchall()
    assert [row for row in rows if row[2]] == []
    assert {(row[0], row[1]) for row in rows if row[3]} == set(roles.MEMBERSHIPS)


@on_postgres
def test_web_and_worker_make_no_table() -> None:
    for variable in ("DATABASE_URL_WEB", "DATABASE_URL_WORKER"):
        with (
            psycopg.connect(os.environ[variable], autocommit=True) as connection,
            pytest.raises(errors.InsufficientPrivilege),
        ):
            connection.execute("CREATE TABLE stray (id int)")


@on_postgres
def test_known_logins_of_a_server_are_used_as_they_are() -> None:
    url = os.environ["DATABASE_URL"]
    found = external_database(url, os.environ, {})
    assert found["DATABASE_URL_WEB"] == os.environ["DATABASE_URL_WEB"]
    assert found == external_database(url, {"DATABASE_URL": url}, found)


@on_postgres
def test_an_unknown_password_is_named_with_what_helps() -> None:
    url = os.environ["DATABASE_URL"]
    with pytest.raises(ServerError, match="DATABASE_URL_WEB"):
        external_database(url, {"DATABASE_URL": url}, {})


@on_postgres
def test_a_refused_login_is_named_without_its_password() -> None:
    url = with_login(os.environ["DATABASE_URL"], "hub_owner", "wrong-secret")
    with pytest.raises(ServerError, match="hub_owner") as raised:
        external_database(url, {"DATABASE_URL": url}, {})
    assert "wrong-secret" not in str(raised.value)
