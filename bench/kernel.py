"""CPU time as the kernel counts it, for whole trees of processes (Linux)."""

import os
from pathlib import Path
from typing import Final

TICK: Final = os.sysconf("SC_CLK_TCK")


def cpu_seconds(*roots: int) -> float:
    """User and system time of the trees under `roots`, children that have ended included."""
    family = _children()
    total, waiting = 0.0, list(roots)
    while waiting:
        pid = waiting.pop()
        total += _ticks(pid) / TICK
        waiting += family.get(pid, [])
    return total


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdecimal():
            fields = _stat(int(name))
            if fields:
                found.setdefault(int(fields[1]), []).append(int(name))
    return found


def _ticks(pid: int) -> int:
    """utime, stime, and both of the children it has waited for."""
    return sum(map(int, _stat(pid)[11:15]))


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name (which may hold spaces): state is the first."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()
