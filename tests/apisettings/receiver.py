"""A customer's server on the loopback: answers as told and keeps what it was sent."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]
OK: Reply = (200, {}, b"thanks")


@dataclass
class Receiver:
    url: str
    script: list[Reply | Callable[[Any], None]] = field(default_factory=list)
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    most_at_once: int = 0
    now: int = 0
    lock: Any = field(default_factory=threading.Lock)


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver

    def do_POST(self) -> None:
        mine = self.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with mine.lock:
            mine.now += 1
            mine.most_at_once = max(mine.most_at_once, mine.now)
            mine.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
            reply = mine.script.pop(0) if mine.script else OK
        try:
            reply(self) if callable(reply) else self.answer(*reply)
        finally:
            with mine.lock:
                mine.now -= 1

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def slowly(handler: Any) -> None:
    """200 at once, then one byte a moment, for much longer than anybody waits."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    try:
        for _ in range(600):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


@contextmanager
def receiver(*script: Reply | Callable[[Any], None]) -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    made = Receiver(f"http://127.0.0.1:{server.server_port}/hook", list(script))
    server.RequestHandlerClass = type("Handler", (_Handler,), {"receiver": made})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
