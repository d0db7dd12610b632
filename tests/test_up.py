"""`make up` for real: its own servers, its own ports, killed and ended."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.environment import is_free, read_env_file

ROOT = Path(__file__).resolve().parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "HUB_")

# In the group of the other tests that start a Hub: one at a time on a small machine.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("hub")]


def hub(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """One command in a folder of its own, without the servers of the tests."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(OURS)}
    return subprocess.run(
        [sys.executable, "-m", "hub.up", *arguments],
        cwd=ROOT,
        env={**kept, "HUB_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    started = hub(home, "up", "--detach")
    assert started.returncode == 0, started.stdout
    yield home
    hub(home, "down")


def status(home: Path) -> int:
    base = read_env_file(home / "hub.env")["HUB_BASE_URL"]
    try:
        with urllib.request.urlopen(f"{base}/healthz", timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return 0


def children(home: Path) -> dict[str, int]:
    """Process ids of the supervisor's children, by what they run."""
    pid = json.loads((home / "up.json").read_text())["pid"]
    listing = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    marks = ("granian", "dispatch@", "webhooks@", "others@", "beat", "postgres", "valkey")
    rows = [line.split(maxsplit=1) for line in listing.stdout.splitlines()]
    return {mark: int(number) for number, text in rows for mark in marks if mark in text}


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def test_everything_answers_and_what_is_secret_is_private(running: Path) -> None:
    assert status(running) == 200
    for name in ("hub.env", "embedded.env", "up.json", "demo.json"):
        assert stat.S_IMODE((running / name).stat().st_mode) == 0o600, name
    demo = json.loads((running / "demo.json").read_text())
    again = hub(running, "up", "--detach")
    assert again.returncode == 0
    assert "runs already" in again.stdout
    assert demo["users"][0]["email"] in again.stdout
    assert demo["api_keys"][0]["key"] in again.stdout


@pytest.mark.parametrize("victim", ["dispatch@", "granian", "valkey", "postgres"])
def test_what_is_killed_comes_back(running: Path, victim: str) -> None:
    assert eventually(lambda: victim in children(running))
    killed = children(running)[victim]
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: children(running).get(victim, killed) != killed)
    assert eventually(lambda: status(running) == 200)


def test_a_second_start_keeps_data_and_ports(running: Path) -> None:
    before, demo = read_env_file(running / "hub.env"), (running / "demo.json").read_text()
    port = int(before["HUB_PORT"])
    assert hub(running, "down").stdout == "Hub has stopped.\n"
    assert is_free(port)
    assert hub(running, "down").stdout == "Hub does not run here.\n"
    assert hub(running, "up", "--detach").returncode == 0
    assert read_env_file(running / "hub.env") == before
    assert json.loads((running / "demo.json").read_text()) == json.loads(demo)


def test_a_port_that_is_taken_is_refused_by_name(running: Path, tmp_path: Path) -> None:
    port = read_env_file(running / "hub.env")["HUB_PORT"]
    failed = hub(tmp_path, "up", "--detach", "--port", port)
    assert failed.returncode == 1
    assert f"port {port} is taken" in failed.stdout
    assert hub(tmp_path, "down").stdout == "Hub does not run here.\n"
