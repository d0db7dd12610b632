"""The folder that holds all state of one Hub, and the claim of the process that runs it."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hub.environment import write_private


@dataclass
class Home:
    """The folder that holds all state of one Hub."""

    path: Path

    @property
    def demo(self) -> Path:
        return self.path / "demo.json"

    def log(self, name: str) -> Path:
        return self.path / "log" / f"{name}.log"

    @contextlib.contextmanager
    def claimed(self) -> Iterator[bool]:
        """Whether this process is the one that runs Hub here, for the length of the block.

        The kernel gives the lock back when its holder ends, so nothing can be left stale.
        """
        with (self.path / "up.lock").open("a") as lock:
            yield _locked(lock)

    def state(self) -> dict[str, object]:
        """What the running Hub wrote about itself; empty when none was ever started."""
        try:
            found: dict[str, object] = json.loads((self.path / "up.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def write_state(self, **values: object) -> None:
        write_private(self.path / "up.json", json.dumps({"pid": os.getpid(), **values}))


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def welcome(home: Home, base_url: object) -> str:
    """What a person needs next: the address, a sign-in, a key."""
    lines = ["", "Hub is running.", f"  Console   {base_url}/"]
    try:
        demo = json.loads(home.demo.read_text("utf-8"))
    except (OSError, ValueError):
        demo = {}
    for user in demo.get("users", [])[:1]:
        lines += [f"  Sign in   {user['email']}", f"  Password  {user['password']}"]
    for key in demo.get("api_keys", [])[:1]:
        lines += [f"  API key   {key['key']}", f"  Secret    {key['secret']}"]
    lines += [f"  State     {home.path} (logs in log/)", "  Stop      Ctrl-C, or: make down"]
    return "\n".join(lines)
