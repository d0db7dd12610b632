"""Processes as the operating system sees them: who they are, and with whom they end."""

import ctypes
import functools
import signal
import subprocess
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals) -> None:
    """The calling process gets `number` when its parent ends, however that happens (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def enter_user_namespace() -> None:
    """The calling process is user 1000 of a namespace of its own: Postgres refuses user 0.

    Outside, its files still belong to the caller. Raises OSError where the kernel or a
    container's policy denies namespaces.
    """
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    maps = (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1"))
    for name, text in maps:
        Path(f"/proc/self/{name}").write_text(text, encoding="ascii")


@functools.cache
def user_namespace_allowed() -> bool:
    """Whether a child of this process may enter a user namespace."""
    try:
        subprocess.run(["true"], preexec_fn=enter_user_namespace, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def command_of(pid: int) -> str:
    """The command line of a living process, or an empty text."""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()


def tail(path: Path, lines: int = 20) -> str:
    """The last `lines` lines of a log, or an empty text."""
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
