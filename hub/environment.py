"""What a running Hub knows about itself: `$HUB_HOME/hub.env`, addresses and free ports.

`make up` writes the file; `hub/settings.py` looks up in it what the environment lacks.
"""

import os
import random
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

HOST = "127.0.0.1"
# Below what Linux, BSD and Windows lend to outgoing connections (from 32768 or 49152 upwards).
SERVER_PORTS = range(20_000, 32_000)


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of `path`; empty when there is no such file."""
    if not path.exists():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def write_env_file(path: Path, values: Mapping[str, str]) -> None:
    """`path` holds exactly `values`, readable by its owner only, and is never seen half written.

    Raises ValueError for a value with a line break, which the format cannot carry.
    """
    if any("\n" in value or "\r" in value for value in values.values()):
        raise ValueError("a value with a line break cannot be kept in an environment file")
    text = "".join(f"{name}={value}\n" for name, value in sorted(values.items()))
    write_private(path, text)


def write_private(path: Path, text: str) -> None:
    """`path` holds `text` with mode 600; readers see the old text or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(path)


def postgres_url(user: str, password: str, host: str, port: int | None, database: str) -> str:
    """A libpq address, every part percent-encoded."""
    place = f"[{host}]" if ":" in host else host
    place += f":{port}" if port else ""
    return f"postgres://{quote(user, safe='')}:{quote(password, safe='')}@{place}/{quote(database)}"


def with_login(url: str, user: str, password: str) -> str:
    """`url` with another login; host, port, database and options stay."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return parts._replace(netloc=f"{login}@{place}").geturl()


def login_of(url: str) -> tuple[str, str]:
    """User and password of `url`, decoded; empty strings where it names none."""
    parts = urlsplit(url)
    return unquote(parts.username or ""), unquote(parts.password or "")


def same_server(one: str, other: str) -> bool:
    """Whether two addresses mean the same database of the same server."""
    first, second = urlsplit(one), urlsplit(other)
    return (first.hostname, first.port, first.path) == (second.hostname, second.port, second.path)


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address now.

    SO_REUSEADDR as servers set it: a port that only has closed connections lingering is free.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def reserve_port(port: int) -> socket.socket | None:
    """A socket that keeps `port` from every other Hub until it is closed; None when it is taken.

    The web server's own sockets share a port (SO_REUSEPORT), so it could start on another Hub's
    and answer half of its requests. Bound and never listening, this one takes no connection; what
    it allows changes once it is bound: the web server beside it, and no second keeper.
    """
    keeper = socket.socket()
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        keeper.bind((HOST, port))
    except OSError:
        keeper.close()
        return None
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return keeper


def pick_port(preferred: Iterable[int]) -> int:
    """The first free port of `preferred`, else any free one that is kept for servers.

    Not one the kernel chooses: it lends those to outgoing connections too, so that a Hub which
    comes back could find its port in a stranger's use.
    """
    for port in [*preferred, *random.sample(SERVER_PORTS, 100)]:
        if is_free(port):
            return port
    raise OSError(f"no free port from {SERVER_PORTS.start} to {SERVER_PORTS.stop - 1}")
