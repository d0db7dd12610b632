"""The load: `python -m bench.load '<json>'`, a process of its own whose CPU is not counted.

One thread, one epoll loop, keep-alive connections that always have one request in flight.
Prints the outcome as JSON. Ends after `requests` answers, or `seconds`, whichever comes first.
"""

import json
import secrets
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from bench.traffic import bodies


@dataclass
class Connection:
    socket: socket.socket
    sent: float = 0.0
    missing: int = -1
    buffer: bytearray = field(default_factory=bytearray)

    def answered(self) -> int:
        """The status once the whole answer is here, else 0."""
        self.buffer += self.socket.recv(262144) or _cut()
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return 0
        if self.missing < 0:
            head = bytes(self.buffer[:end]).lower()
            at = head.find(b"content-length:")
            self.missing = int(head[at + 15 :].split(b"\r\n")[0]) + end + 4
        if len(self.buffer) < self.missing:
            return 0
        status = int(self.buffer[9:12])
        del self.buffer[: self.missing]
        self.missing = -1
        return status


def _cut() -> bytes:
    raise ConnectionError("the server closed the connection")


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Posts (or gets, without `messages`) and tells rate, answers by status, latencies."""
    todo = int(plan["requests"])
    payloads = bodies(64, plan["messages"]) if plan.get("messages") else [b""]
    selector = selectors.DefaultSelector()
    for _ in range(plan["connections"]):
        opened = socket.create_connection((plan["host"], plan["port"]))
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(opened, selectors.EVENT_READ, Connection(opened))
    statuses: dict[int, int] = {}
    times: list[float] = []
    begun, asked = time.perf_counter(), 0
    for key in list(selector.get_map().values()):
        if asked < todo:
            _send(key.data, plan, payloads, asked)
            asked += 1
    while len(times) < asked and time.perf_counter() - begun < plan["seconds"]:
        for key, _events in selector.select(1.0):
            connection = key.data
            status = connection.answered()
            if not status:
                continue
            statuses[status] = statuses.get(status, 0) + 1
            times.append(time.perf_counter() - connection.sent)
            if asked < todo:
                _send(connection, plan, payloads, asked)
                asked += 1
    took = time.perf_counter() - begun
    times.sort()
    return {
        "answers": len(times),
        "seconds": took,
        "statuses": statuses,
        "p50_ms": times[len(times) // 2] * 1000 if times else 0.0,
        "p99_ms": times[int(len(times) * 0.99)] * 1000 if times else 0.0,
    }


def _send(connection: Connection, plan: dict[str, Any], payloads: list[bytes], n: int) -> None:
    payload = payloads[n % len(payloads)]
    lines = [
        f"{plan['method']} {plan['path']} HTTP/1.1",
        f"Host: {plan['host']}:{plan['port']}",
        *(f"{name}: {value}" for name, value in plan["headers"].items()),
    ]
    if payload:
        lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
    if plan.get("idempotent"):
        lines += [f"Idempotency-Key: {secrets.token_hex(12)}"]
    connection.sent = time.perf_counter()
    connection.socket.sendall("\r\n".join([*lines, "", ""]).encode() + payload)


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.argv[1]))))
