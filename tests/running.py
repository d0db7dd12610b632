"""Hub as it is run for real: `make up` in a folder of its own, used by tests and ended by them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
NOT_INHERITED = ("DATABASE_URL", "REDIS_URL", "HUB_", "DJANGO_", "PYTEST")


class Running:
    """A running Hub: where it answers, what the demo made, and its own database and book."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.demo: dict[str, Any] = json.loads((home / "demo.json").read_text())
        self.base_url: str = self.demo["base_url"]

    def system(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """`query` as an operator who says that they cross accounts."""
        with psycopg.connect(self.demo["database_url"], autocommit=True) as connection:
            connection.execute("SET ROLE hub_system")
            return connection.execute(query, values).fetchall()

    @property
    def broker(self) -> "redis.Redis[bytes]":
        return redis.Redis.from_url(self.demo["redis_url"])

    def book(self) -> list[dict[str, Any]]:
        lines = (self.home / "simulator.jsonl").read_text().splitlines()
        return [entry for line in lines if (entry := json.loads(line))["kind"] == "pdu"]

    def kill_worker(self, lane: str) -> int:
        """kill -9 of the worker of `lane`; its pid."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                line = (folder / "cmdline").read_bytes()
                mine = str(self.home).encode() in (folder / "environ").read_bytes()
            except OSError:
                continue
            if mine and b"celery" in line and f"{lane}@".encode() in line:
                os.kill(int(folder.name), signal.SIGKILL)
                return int(folder.name)
        raise AssertionError(f"No {lane} worker runs.")


def environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(NOT_INHERITED)}
    return {**kept, "HUB_HOME": str(home)}


@contextmanager
def running(home: Path) -> Iterator[Running]:
    """Hub runs inside the block; everything it started has ended after it."""
    command = [sys.executable, "-m", "hub.up"]
    started = subprocess.run(
        [*command, "up", "--detach"],
        cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    try:
        assert started.returncode == 0, started.stdout + started.stderr
        yield Running(home)
    finally:
        subprocess.run(
            [*command, "down"], cwd=ROOT, env=environment(home), timeout=90, check=False,
            capture_output=True,
        )  # fmt: skip
