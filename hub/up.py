"""`make up` and `make down`: all of Hub in one process group, on this machine.

Knows no Django: the watcher stays small, and lives on when the application does not start.
"""

import argparse
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import NoReturn

from celery import Celery
from kombu.exceptions import OperationalError as BrokerError

from hub.embedded import EngineError
from hub.environment import (
    HOST,
    is_free,
    pick_port,
    read_env_file,
    reserve_port,
    write_env_file,
)
from hub.home import Home, welcome
from hub.processes import tail
from hub.servers import Memory, ServerError, start_broker, start_database
from hub.supervisor import Child, Group, rotate

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 170.0
DETACH_SECONDS = 180.0
DOWN_SECONDS = 40.0
CELERY = ("-m", "celery", "-A", "hub")
WORKER_OPTIONS = ("--pool=solo", "--without-gossip", "--without-mingle", "--loglevel=WARNING")
WORKERS = {"dispatch": "dispatch", "webhooks": "webhooks", "others": "mail,bulk,clock,celery"}


_kept: list[socket.socket] = []


class Stopped(BaseException):
    """Somebody asked us to end."""


class StartError(Exception):
    """Hub did not come up; the text holds the end of the log that says why."""


class Say:
    """Progress lines, with seconds since the command was typed."""

    def __init__(self) -> None:
        self.start = float(os.environ.pop("HUB_STARTED_AT", "") or time.time())

    def __call__(self, text: str) -> None:
        print(f"hub {time.time() - self.start:6.1f}s  {text}", flush=True)


def web_port(wished: int | None, memory: Memory) -> int:
    """The console's port. Raises ServerError when the one asked for by name is taken."""
    asked = wished or int(os.environ.get("HUB_PORT") or 0)
    if asked and not (is_free(asked) and _keep(asked)):
        raise ServerError(f"port {asked} is taken on this machine.")
    port = asked
    while not port:
        port = pick_port(memory.ports("WEB_PORT", 8000))
        # Another Hub may have taken it between the look and the hold.
        port = port if _keep(port) else 0
    memory.keep("WEB_PORT", str(port))
    return port


def _keep(port: int) -> bool:
    """The port is this Hub's as long as this process lives."""
    keeper = reserve_port(port)
    if keeper is None:
        return False
    _kept.append(keeper)
    return True


def variables(home: Home, port: int, addresses: dict[str, str]) -> dict[str, str]:
    """The environment of every process; what others need of it is kept in `hub.env`.

    Made values (keys) are made once; a value of the environment wins over a kept one.
    """
    path = home.path / "hub.env"
    kept = read_env_file(path)
    chosen = {
        "HUB_SECRET_KEY": kept.get("HUB_SECRET_KEY") or secrets.token_hex(32),
        "HUB_PEPPER": kept.get("HUB_PEPPER") or secrets.token_hex(32),
        "HUB_HTTP_ALLOW": kept.get("HUB_HTTP_ALLOW", "127.0.0.0/8"),
        "HUB_BASE_URL": f"http://{HOST}:{port}",
    }
    chosen = {name: os.environ.get(name) or value for name, value in chosen.items()}
    merged = {**kept, **chosen, **addresses, "HUB_PORT": str(port)}
    write_env_file(path, merged)
    return {
        **os.environ,
        **merged,
        "HUB_HOME": str(home.path),
        "DJANGO_SETTINGS_MODULE": "hub.settings",
        "PYTHONUNBUFFERED": "1",
    }


def command(home: Home, environment: dict[str, str], process: str, *arguments: str) -> Child:
    """A `manage.py` command that runs once, as the database login of `process`."""
    name = arguments[0]
    rotate(home.log(name))
    line = [sys.executable, "manage.py", *arguments]
    child = Child(name, line, {**environment, "HUB_PROCESS": process}, home.log(name), ROOT)
    child.start()
    return child


def finish(child: Child) -> None:
    """`child` ended well. Raises StartError with its last words otherwise."""
    if child.process is not None and child.process.wait() != 0:
        raise StartError(f"{child.name} failed:\n{tail(child.log, 30)}")


def web(home: Home, environment: dict[str, str]) -> Child:
    line = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"]
    line += ["--host", HOST, "--port", environment["HUB_PORT"], "--workers", "2"]
    line += ["--blocking-threads", "16", "--workers-kill-timeout", "3", "--log-level", "warning"]
    line += ["--no-access-log", "--respawn-failed-workers", "--respawn-interval", "0.5"]
    line += ["hub.wsgi:application"]
    return Child("web", line, {**environment, "HUB_PROCESS": "web"}, home.log("web"), ROOT)


def workers(home: Home, environment: dict[str, str]) -> list[Child]:
    """One worker a lane, so that a slow receiver never delays sending; and the clock."""
    mine = {**environment, "HUB_PROCESS": "worker"}
    lines = {
        name: ["worker", "-Q", queues, "-n", f"{name}@%h", *WORKER_OPTIONS]
        for name, queues in WORKERS.items()
    }
    lines["beat"] = ["beat", "--pidfile=", "--loglevel=WARNING"]
    return [
        Child(name, [sys.executable, *CELERY, *line], mine, home.log(name), ROOT)
        for name, line in lines.items()
    ]


def start(home: Home, group: Group, say: Say, wished_port: int | None) -> str:
    """Everything runs and answers; what is given is the console's address."""
    addresses = start_database(home.path, os.environ, group.engines)
    addresses |= start_broker(home.path, os.environ, group.engines)
    say("database and broker answer")
    port = web_port(wished_port, Memory(home.path / "embedded.env"))
    environment = variables(home, port, addresses)
    finish(command(home, environment, "owner", "prepare"))
    say("migrated")
    server = group.add(web(home, environment))
    if (ROOT / "hub" / "management" / "commands" / "demo.py").exists():
        finish(command(home, environment, "worker", "demo"))
        say("demo account ready")
    crew = [group.add(child) for child in workers(home, environment)]
    base_url = environment["HUB_BASE_URL"]
    home.write_state(base_url=base_url, ready=False)
    _wait_until_up(environment, group, [server, *crew])
    home.write_state(base_url=base_url, ready=True)
    say("everything answers")
    return base_url


def _wait_until_up(environment: dict[str, str], group: Group, children: list[Child]) -> None:
    url = f"http://{HOST}:{environment['HUB_PORT']}/healthz"
    end = time.monotonic() + START_SECONDS
    while not (_healthy(url) and _workers_answer(environment["REDIS_URL"])):
        group.watch()
        failing = [child for child in children if child.deaths >= 3]
        if failing:
            raise StartError(f"{failing[0].name} keeps ending:\n{tail(failing[0].log, 30)}")
        if time.monotonic() > end:
            raise StartError(f"{url} or a worker does not answer:\n{tail(children[0].log, 30)}")
        time.sleep(0.1)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _workers_answer(broker: str) -> bool:
    """Whether each of our workers takes commands, and so tasks."""
    control = Celery("probe", broker=broker, set_as_current=False).control
    try:
        answers = control.ping(timeout=0.5, limit=len(WORKERS))
    except (BrokerError, OSError):
        return False
    seen = {name.partition("@")[0] for answer in answers for name in answer}
    return seen >= set(WORKERS)


def raise_stopped(*_: object) -> NoReturn:
    raise Stopped


def up(home: Home, port: int | None) -> int:
    """Runs until a signal. 0 after a clean end, 1 when it did not come up."""
    say = Say()
    with home.claimed() as mine:
        if not mine:
            return already_running(home)
        home.write_state(ready=False)
        group = Group(say)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, raise_stopped)
        try:
            print(welcome(home, start(home, group, say, port)), flush=True)
            while True:
                group.watch()
                time.sleep(0.2)
        except Stopped:
            return 0
        except (StartError, ServerError, EngineError) as error:
            print(f"\nHub did not start: {error}", flush=True)
            return 1
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            say("stopping")
            group.stop()
            for keeper in _kept:
                keeper.close()
            say("stopped; all data is kept")


def already_running(home: Home) -> int:
    print(f"Hub runs already.{welcome(home, home.state().get('base_url', '(starting)'))}")
    return 0


def detach(home: Home, port: int | None) -> int:
    """Hub runs on after this process. 0 once everything answers, 1 with the log's end if not."""
    with home.claimed() as free:
        if not free:
            return already_running(home)
    log = home.log("up")
    log.parent.mkdir(parents=True, exist_ok=True)
    rotate(log)
    line = [sys.executable, "-m", "hub.up", "up", *(["--port", str(port)] if port else [])]
    with log.open("wb") as output:
        child = subprocess.Popen(
            line, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
    end = time.monotonic() + DETACH_SECONDS
    while child.poll() is None and time.monotonic() < end:
        state = home.state()
        if state.get("pid") == child.pid and state.get("ready"):
            print(welcome(home, state["base_url"]))
            return 0
        time.sleep(0.1)
    if child.poll() is None:
        child.terminate()
        child.wait(DOWN_SECONDS)
    print(tail(log, 40))
    return 1


def down(home: Home) -> int:
    """No Hub runs in this folder any more."""
    end = time.monotonic() + DOWN_SECONDS
    asked = False
    while time.monotonic() < end:
        with home.claimed() as free:
            if free:
                print("Hub has stopped." if asked else "Hub does not run here.")
                return 0
        pid = home.state().get("pid")
        if not asked and isinstance(pid, int):
            # The lock is held, so whoever wrote this number last is alive.
            os.kill(pid, signal.SIGTERM)
            asked = True
        time.sleep(0.05)
    print(f"Hub did not stop within {DOWN_SECONDS:.0f} s; see {home.log('up')}")
    return 1


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("up", help="run Hub until Ctrl-C")
    starting.add_argument("--port", type=int, help="of the console (default: 8000 when free)")
    starting.add_argument("--detach", action="store_true", help="return once everything answers")
    commands.add_parser("down", help="end a Hub that runs in this HUB_HOME")
    options = parser.parse_args(arguments)
    home = Home(Path(os.environ.get("HUB_HOME") or ROOT / ".hub").resolve())
    # Mail, messages and logs lie here: nobody else's business.
    home.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if options.command == "down":
        return down(home)
    return (detach if options.detach else up)(home, options.port)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
