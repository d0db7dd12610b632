"""`make test`: the tests, on Postgres and Valkey of their own.

python tests/run.py [pytest arguments]     throw-away servers, removed afterwards
python tests/run.py --engines DIR          servers that stay for repeated runs; Ctrl-C ends
                                           them; DIR/test.env holds what to export
HUB_TEST_ENGINES=DIR python tests/run.py   the tests on the servers of DIR
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from hub.catalogues import compile_catalogues
from hub.embedded import EngineError, Postgres, Valkey
from hub.environment import pick_port, read_env_file, write_env_file
from hub.roles import LOGINS
from hub.servers import embedded_roles


@contextmanager
def engines(folder: Path) -> Iterator[dict[str, str]]:
    """Both servers run in `folder` inside the block; what is given is the tests' environment."""
    postgres = Postgres(folder / "postgres", pick_port([15532]), durable=False)
    valkey = Valkey(folder / "valkey", pick_port([16479]), secrets.token_hex(16), durable=False)
    try:
        postgres.start()
        valkey.start()
        yield {
            **embedded_roles(postgres, {role: secrets.token_hex(16) for role in LOGINS}),
            **plain_variables(folder),
            "HUB_TEST_ADMIN_URL": postgres.superuser_url(),
            "REDIS_URL": valkey.url,
        }
    finally:
        valkey.stop()
        postgres.stop()


def plain_variables(folder: Path) -> dict[str, str]:
    return {
        "HUB_HOME": str(folder),
        "HUB_SECRET_KEY": secrets.token_hex(32),
        "HUB_PEPPER": secrets.token_hex(32),
        "HUB_HTTP_ALLOW": "127.0.0.0/8",
        "HUB_PLAIN_STATIC": "true",
        "DJANGO_SETTINGS_MODULE": "hub.settings",
    }


def keep_engines(folder: Path) -> int:
    """The servers run until a signal; `folder`/test.env holds lines a shell can source."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    folder.mkdir(parents=True, exist_ok=True)
    with engines(folder) as variables:
        exports = {f"export {name}": f"'{value}'" for name, value in variables.items()}
        write_env_file(folder / "test.env", exports)
        print(f"ready: . {folder / 'test.env'}", flush=True)
        while not stopped.wait(60):
            pass
    (folder / "test.env").unlink()
    return 0


def browser_note() -> None:
    """Says so when the browser tests will be skipped."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium and os.environ.get("HUB_BROWSER") != "required":
        print("browser tests not run (no chromium on this machine)", flush=True)


def run_pytest(arguments: list[str], variables: dict[str, str]) -> int:
    """The exit code of pytest. Two workers unless the arguments say otherwise."""
    compile_catalogues(ROOT / "locale")
    chosen = any(part.startswith("-n") or part == "-p" for part in arguments)
    workers = [] if chosen else ["-n", "2"]
    command = [sys.executable, "-m", "pytest", "-q", *workers, *arguments]
    code = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False)
    browser_note()
    return code.returncode


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--engines"]:
        return keep_engines(Path(arguments[1]).resolve())
    shared = os.environ.get("HUB_TEST_ENGINES")
    if shared:
        lines = read_env_file(Path(shared) / "test.env")
        if not lines:
            print(f"no engines run in {shared}: python tests/run.py --engines {shared}")
            return 2
        plain = {name.removeprefix("export "): text.strip("'") for name, text in lines.items()}
        return run_pytest(arguments, plain)
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    try:
        with engines(folder) as variables:
            return run_pytest(arguments, variables)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except EngineError as error:
        sys.exit(f"hub: {error}")
