"""Where it is measured: engines, web server and worker of its own, as `make up` starts them."""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.kernel import cpu_seconds
from hub.embedded import Postgres, Valkey
from hub.environment import HOST, pick_port
from hub.home import Home
from hub.processes import tail
from hub.roles import LOGINS
from hub.servers import embedded_roles
from hub.supervisor import Child
from hub.up import web, workers

ROOT = Path(__file__).resolve().parent.parent
LONGEST_STEP = 240


@dataclass
class Stage:
    """A running Hub; `seeded` is what bench.seed printed."""

    folder: Path
    postgres: Postgres
    environment: dict[str, str]
    children: dict[str, Child] = field(default_factory=dict)
    seeded: dict[str, Any] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return int(self.environment["HUB_PORT"])

    @property
    def book(self) -> Path:
        """The simulator's own record of what it took and which receipts were stored."""
        return self.folder / "simulator.jsonl"

    def python(self, module: str, process: str, *arguments: str) -> Any:
        """What a module of the bench prints as JSON, under the login of `process`."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env={**self.environment, "HUB_PROCESS": process},
            stdout=subprocess.PIPE,
            timeout=LONGEST_STEP,
            check=True,
        )
        return json.loads(done.stdout)

    def start_web(self) -> None:
        child = web(Home(self.folder), self.environment)
        child.command = [*child.command[:-1], "bench.wsgi:application"]
        self._start(child)
        url = f"http://{HOST}:{self.port}/bench/noop"
        end = time.monotonic() + 30
        while not _answers(url):
            if time.monotonic() > end:
                raise RuntimeError(f"the web server did not start:\n{tail(child.log)}")
            time.sleep(0.1)

    def start_worker(self) -> None:
        """The dispatch lane of `make up`, ready for its first ring."""
        self._start(next(w for w in workers(Home(self.folder), self.environment)
                         if w.name == "dispatch"))  # fmt: skip
        time.sleep(4)

    def end(self, name: str) -> None:
        child = self.children.pop(name)
        child.end_group(signal.SIGTERM)
        if child.process is not None:
            try:
                child.process.wait(10)
            except subprocess.TimeoutExpired:
                child.end_group(signal.SIGKILL)
                child.process.wait()

    def cpu(self) -> dict[str, float]:
        """CPU seconds so far of Postgres and of each process tree of Hub's own."""
        assert self.postgres.process is not None
        found = {"postgres": cpu_seconds(self.postgres.process.pid)}
        for name, child in self.children.items():
            assert child.process is not None
            found[name] = cpu_seconds(child.process.pid)
        return found

    def sql(self, text: str) -> None:
        """As the superuser: what the bench itself needs, never what it measures."""
        self.python("bench.sql", "owner", text)

    def _start(self, child: Child) -> None:
        child.start()
        self.children[child.name] = child


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything runs inside the block and is gone after it."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    postgres = Postgres(folder / "postgres", pick_port([15632]))
    valkey = Valkey(folder / "valkey", pick_port([16579]), secrets.token_hex(16))
    found: Stage | None = None
    try:
        postgres.start()
        valkey.start()
        found = Stage(folder, postgres, _environment(folder, postgres, valkey))
        _manage(found, "migrate", "-v0", "--skip-checks")
        yield found
    finally:
        for name in list(found.children) if found else []:
            found.end(name)
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _environment(folder: Path, postgres: Postgres, valkey: Valkey) -> dict[str, str]:
    port = pick_port([8765])
    return {
        **os.environ,
        **embedded_roles(postgres, {role: secrets.token_hex(16) for role in LOGINS}),
        "REDIS_URL": valkey.url,
        "BENCH_ADMIN_URL": postgres.superuser_url("hub"),
        "HUB_HOME": str(folder),
        "HUB_PORT": str(port),
        "HUB_BASE_URL": f"http://{HOST}:{port}",
        "HUB_SECRET_KEY": secrets.token_hex(32),
        "HUB_PEPPER": secrets.token_hex(32),
        "HUB_PLAIN_STATIC": "true",
        "DJANGO_SETTINGS_MODULE": "hub.settings",
    }


def _manage(found: Stage, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**found.environment, "HUB_PROCESS": "owner"},
        timeout=LONGEST_STEP,
        check=True,
    )
