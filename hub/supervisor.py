"""A group of processes that stand and fall together, and are restarted when they die alone."""

import functools
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hub.embedded import Engine, EngineError
from hub.processes import die_with_parent

STOP_SECONDS = 7.0
LONGEST_PAUSE = 15.0
# A child that lived this long was healthy: its next death starts the pauses anew.
HEALTHY_SECONDS = 30.0
LOG_LIMIT = 5_000_000


def rotate(log: Path, limit: int = LOG_LIMIT) -> None:
    """A log of more than `limit` bytes becomes `<name>.1`, in place of the one before it."""
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_name(f"{log.name}.1"))


@dataclass
class Child:
    """One process of the group; its output goes to `log`."""

    name: str
    command: Sequence[str]
    variables: Mapping[str, str]
    log: Path
    folder: Path
    deaths: int = 0
    started: float = 0.0
    due: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """The process runs in a session of its own, so that Ctrl-C reaches only us."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=functools.partial(die_with_parent, signal.SIGTERM),
            )
        self.started, self.due = time.monotonic(), 0.0

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def end_group(self, number: signal.Signals) -> None:
        """Every process of the child's session gets `number`."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            return

    def revive(self, say: Callable[[str], None]) -> None:
        """A dead child is started again, after a pause that grows with each early death."""
        if self.alive() or self.process is None:
            return
        now = time.monotonic()
        if self.due == 0.0:
            self.end_group(signal.SIGKILL)
            self.deaths = 1 if now - self.started > HEALTHY_SECONDS else self.deaths + 1
            pause = min(0.25 * 2**self.deaths, LONGEST_PAUSE)
            say(f"{self.name} ended with {self.process.returncode}; again in {pause:.1f} s")
            self.due = now + pause
        if now >= self.due:
            self.start()


@dataclass
class Group:
    """Engines below, children above: started upwards, watched together, stopped downwards."""

    say: Callable[[str], None]
    engines: list[Engine] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)

    def add(self, child: Child) -> Child:
        """`child` runs and is watched from now on."""
        rotate(child.log)
        child.start()
        self.children.append(child)
        return child

    def watch(self) -> None:
        """One look: whoever died is on its way back."""
        for engine in self.engines:
            if not engine.alive():
                self._restart(engine)
        for child in self.children:
            child.revive(self.say)

    def stop(self) -> None:
        """All have ended: children first, the engines they write to last."""
        for child in self.children:
            child.end_group(signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while any(child.alive() for child in self.children) and time.monotonic() < end:
            time.sleep(0.05)
        for child in self.children:
            child.end_group(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()
        for engine in reversed(self.engines):
            engine.stop()

    def _restart(self, engine: Engine) -> None:
        self.say(f"{engine.name} ended; starting it again")
        try:
            engine.start()
        except EngineError as error:
            self.say(str(error))
            time.sleep(1)
