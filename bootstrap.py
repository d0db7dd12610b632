#!/usr/bin/env python3
"""Makes `.venv` fit the lock, then runs a command in it. Needs nothing but Python 3.11.

python3 bootstrap.py up [--port N] [--detach]    run Hub
python3 bootstrap.py down                        end it
python3 bootstrap.py test [pytest arguments]     run the tests
python3 bootstrap.py run PROGRAM [arguments]     run anything in the development environment
"""

from __future__ import annotations  # so that an old Python reaches the check below

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import BinaryIO

if os.name == "posix":
    import fcntl

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
COMMANDS = {
    "up": (RUNTIME, ["-m", "hub.up", "up"]),
    "down": (RUNTIME, ["-m", "hub.up", "down"]),
    "test": (DEVELOPMENT, ["tests/run.py"]),
    "run": (DEVELOPMENT, []),
}
NO_VENV = """\
This Python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv.
Anywhere else: pip install virtualenv, then run the same command again."""


def one_at_a_time() -> BinaryIO | None:
    """Held until this process ends: two commands at once must not fill .venv together."""
    if os.name != "posix":
        return None
    handle = (ROOT / "bootstrap.py").open("rb")
    with contextlib.suppress(OSError):  # some network file systems know no locks
        fcntl.flock(handle, fcntl.LOCK_EX)
    return handle


def make_venv() -> None:
    """`.venv` holds a Python that has pip."""
    if not PYTHON.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=False)
        if made.returncode != 0:
            shutil.rmtree(VENV, ignore_errors=True)
            made = subprocess.run(
                [sys.executable, "-m", "virtualenv", "-q", str(VENV)], check=False
            )
        if made.returncode != 0:
            sys.exit(NO_VENV)
    has_pip = [str(PYTHON), "-c", "import pip"]
    if subprocess.run(has_pip, stderr=subprocess.DEVNULL, check=False).returncode != 0:
        subprocess.run([str(PYTHON), "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)


def install(lock: str) -> None:
    """Exactly the files the lock names are installed, with uv, else with pip."""
    pip = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    uv = [str(PYTHON), "-m", "uv", "pip", "install", "-q", "--compile-bytecode"]
    uv += ["--python", str(PYTHON)]
    wanted = ["--require-hashes", "-r", str(ROOT / lock)]
    # The system's certificates, as pip: some networks have an authority of their own.
    os.environ.setdefault("UV_SYSTEM_CERTS", "true")
    quick = subprocess.run([*pip, "uv"], check=False).returncode == 0
    if quick and subprocess.run([*uv, *wanted], check=False).returncode == 0:
        return
    if subprocess.run([*pip, *wanted], check=False).returncode != 0:
        sys.exit("The packages could not be installed; the lines above say why.")


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def fits(lock: str) -> bool:
    """Whether `.venv` was filled from this lock as it is now."""
    mark = VENV / f".{lock}.sha256"
    return PYTHON.exists() and mark.exists() and mark.read_text() == digest(lock)


def ensure(lock: str) -> None:
    """`.venv` fits `lock`. The development lock contains the runtime one."""
    if fits(lock) or fits(DEVELOPMENT):
        return
    held = one_at_a_time()
    if not fits(lock):
        print("hub: preparing .venv (once per version)", flush=True)
        make_venv()
        install(lock)
        (VENV / f".{lock}.sha256").write_text(digest(lock))
    if held:
        held.close()


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit(f"Hub needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(__doc__)
    os.environ["HUB_STARTED_AT"] = str(time.time())
    lock, command = COMMANDS[arguments[0]]
    ensure(lock)
    os.chdir(ROOT)
    # Seven processes would each compile everything again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if arguments[0] == "run":
        os.environ["PATH"] = str(PYTHON.parent) + os.pathsep + os.environ.get("PATH", "")
        del os.environ["HUB_STARTED_AT"]
        os.execvp(arguments[1], arguments[1:])
    os.execv(str(PYTHON), [str(PYTHON), *command, *arguments[1:]])


if __name__ == "__main__":
    main(sys.argv[1:])
