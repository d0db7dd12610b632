"""The cases: each gives figures with their targets, all in CPU or in ratios of one run."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.stage import ROOT, Stage
from hub.environment import HOST
from hub.processes import tail

NOTHING_DUE = "DELETE FROM messaging_waiting"
# What the copy-only endpoint cost where the targets in microseconds were set (spec/spike.md 1). A
# target over it is the same bound on a machine of another speed.
COPY_ONLY_US = 23.9


@dataclass
class Figure:
    """One line of the table. `target` is the bound, `least` when the figure must be above it."""

    name: str
    value: float
    unit: str
    target: float | None = None
    least: bool = False
    runs: list[float] = field(default_factory=list)

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.value >= self.target if self.least else self.value <= self.target

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


@dataclass
class Sample:
    """One burst of load: what it asked of each process tree, in microseconds a unit."""

    rate: float
    cpu: dict[str, float]
    p50_ms: float

    @property
    def all(self) -> float:
        return sum(self.cpu.values())


@dataclass
class Burst:
    """A load to be sent: `messages` a request (0 for a GET), `requests` over `connections`."""

    path: str
    requests: int
    connections: int
    messages: int = 0
    expects: int = 202
    idempotent: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return max(self.messages, 1)


def fire(stage: Stage, burst: Burst) -> Sample:
    """Sends the burst; every answer has the expected status or the bench ends."""
    plan = {
        "host": HOST, "port": stage.port, "method": "POST" if burst.messages else "GET",
        "path": burst.path, "requests": burst.requests, "connections": burst.connections,
        "messages": burst.messages, "idempotent": burst.idempotent, "headers": burst.headers,
        "seconds": 60,
    }  # fmt: skip
    before = stage.cpu()
    done = subprocess.run(
        [sys.executable, "-m", "bench.load", json.dumps(plan)],
        cwd=ROOT, stdout=subprocess.PIPE, timeout=120, check=True,
    )  # fmt: skip
    after = stage.cpu()
    found = json.loads(done.stdout)
    if found["statuses"] != {str(burst.expects): burst.requests}:
        raise RuntimeError(f"{burst.path}: {found['statuses']}\n{tail(stage.children['web'].log)}")
    count = burst.requests * burst.units
    return Sample(
        rate=count / found["seconds"],
        cpu={name: (after[name] - before[name]) * 1e6 / count for name in before},
        p50_ms=found["p50_ms"],
    )


def in_turn(stage: Stage, bursts: Sequence[Burst], rounds: int) -> list[list[Sample]]:
    """The bursts again and again, forward then backward, after one discarded round."""
    samples: list[list[Sample]] = [[] for _ in bursts]
    for turn in range(rounds + 1):
        if turn == 1:
            stage.sql("ANALYZE")  # as autovacuum does of itself, within a minute of a table's birth
        order = list(enumerate(bursts))
        for place, burst in order if turn % 2 else reversed(order):
            sample = fire(stage, burst)
            if turn:
                samples[place].append(sample)
    return samples


def figure(
    name: str,
    unit: str,
    values: Sequence[float],
    target: float | None = None,
    *,
    least: bool = False,
) -> Figure:
    return Figure(name, median(values), unit, target, least, [round(value, 3) for value in values])


COPY_ONLY = Burst("/v1/bench/copy", 160, 8, messages=100)


def authorized(stage: Stage) -> dict[str, str]:
    return {"Authorization": stage.seeded["authorization"]}


def decide(stage: Stage, rounds: int) -> list[Figure]:
    """The pure function, in one process."""
    found = stage.python("bench.deciding", "web")
    return [figure("decide, 100 a batch", "us/message", [found["us"]], 10)]


def accept(stage: Stage, rounds: int) -> list[Figure]:
    """100 a POST on one hot account, every rule on, beside the copy-only endpoint."""
    ours = Burst("/v1/messages", 120, 8, messages=100, idempotent=True, headers=authorized(stage))
    full, copied = in_turn(stage, [ours, COPY_ONLY], rounds)
    pairs = list(zip(full, copied, strict=True))
    return [
        figure("accept, 100 a POST: server + Postgres", "us/message", [s.all for s in full], 60),
        figure("  of it the server", "us/message", [s.cpu["web"] for s in full]),
        figure("  of it Postgres", "us/message", [s.cpu["postgres"] for s in full]),
        figure("  copy-only endpoint", "us/message", [s.all for s in copied]),
        figure("  rate / copy-only", "x", [a.rate / b.rate for a, b in pairs], 0.45, least=True),
        figure("  CPU / copy-only", "x", [a.all / b.all for a, b in pairs], 60 / COPY_ONLY_US),
        figure("  rate", "messages/s", [s.rate for s in full]),
    ]


def single(stage: Stage, rounds: int) -> list[Figure]:
    """One message a POST, one hot account, 32 connections: group commit beside none."""
    grouped = Burst("/v1/messages", 3000, 32, messages=1, headers=authorized(stage))
    alone = Burst("/v1/bench/ungrouped", 1000, 32, messages=1, headers=authorized(stage))
    together, apart = in_turn(stage, [grouped, alone], rounds)
    pairs = list(zip(together, apart, strict=True))
    return [
        figure("one a POST: grouped / ungrouped, rate", "x",
               [a.rate / b.rate for a, b in pairs], 2.5, least=True),
        figure("  grouped: server + Postgres", "us/message", [s.all for s in together]),
        figure("  of it the server", "us/message", [s.cpu["web"] for s in together]),
        figure("  ungrouped: server + Postgres", "us/message", [s.all for s in apart]),
        figure("  of it the server", "us/message", [s.cpu["web"] for s in apart]),
        figure("  grouped, rate", "messages/s", [s.rate for s in together]),
        figure("  grouped, half answered within", "ms", [s.p50_ms for s in together]),
        figure("  ungrouped, half answered within", "ms", [s.p50_ms for s in apart]),
    ]  # fmt: skip


def life(stage: Stage, rounds: int) -> list[Figure]:
    """Accepted, sent by the simulator, receipts stored: all processes but the load and Valkey."""
    stage.sql(NOTHING_DUE)
    stage.start_worker()
    _live(stage, 20)
    stage.sql("ANALYZE")
    pairs = [(_live(stage, 120), fire(stage, COPY_ONLY)) for _ in range(max(rounds - 2, 1))]
    stage.end("dispatch")
    lives = [whole for whole, _copied in pairs]
    return [
        figure("whole life, accept to delivered", "us/message", [s.all for s in lives], 180),
        figure("  CPU / copy-only", "x", [a.all / b.all for a, b in pairs], 180 / COPY_ONLY_US),
        figure("  of it the server", "us/message", [s.cpu["web"] for s in lives]),
        figure("  of it the dispatch worker", "us/message", [s.cpu["dispatch"] for s in lives]),
        figure("  of it Postgres", "us/message", [s.cpu["postgres"] for s in lives]),
        figure("  rate (the simulator waits)", "messages/s", [s.rate for s in lives]),
    ]


def _live(stage: Stage, requests: int) -> Sample:
    """Until the book shows a stored receipt for every message it took, and none was added."""
    posted = Burst("/v1/messages", requests, 8, messages=100, headers=authorized(stage))
    before, begun = stage.cpu(), time.perf_counter()
    taken, stored = _book(stage)
    fire(stage, posted)
    # One in a hundred is refused at the door: it too was accepted, and is counted.
    count = requests * 100
    previous, ends = -1, time.monotonic() + 90
    while time.monotonic() < ends:
        now_taken, now_stored = _book(stage)
        all_taken = now_taken - taken > count * 0.97 and now_taken == previous
        if all_taken and now_stored - stored == now_taken - taken:
            break
        previous = now_taken
        time.sleep(0.5)
    else:
        raise RuntimeError(f"{now_taken - taken} taken, {now_stored - stored} receipts stored")
    seconds, after = time.perf_counter() - begun, stage.cpu()
    cpu = {name: (after[name] - before[name]) * 1e6 / count for name in after}
    return Sample(count / seconds, cpu, 0.0)


def _book(stage: Stage) -> tuple[int, int]:
    text = stage.book.read_bytes() if stage.book.exists() else b""
    return text.count(b'"kind":"pdu"'), text.count(b'"kind":"receipt"')


def grow(stage: Stage, rounds: int) -> list[Figure]:
    """A message table of a million rows, for the cases after this one; no figure of its own."""
    for name, count in (("small", 1_000), ("big", 1_000_000)):
        stage.python("bench.rows", "owner", stage.seeded["accounts"][name], str(count), "done")
    stage.sql("VACUUM ANALYZE messaging_message;; VACUUM ANALYZE messaging_batch;; CHECKPOINT")
    return []


def lists(stage: Stage, rounds: int) -> list[Figure]:
    """The console's list through the web server, signed in: at 1 M rows, at 1 k, far down."""
    cookie = {"Cookie": f"sessionid={stage.seeded['session']}"}
    pages = stage.seeded["pages"]
    deep = stage.python("bench.paging", "web", stage.seeded["accounts"]["big"], "2000")["cursor"]
    paths = {
        "small": f"/a/{pages['small']}/messages/",
        "big": f"/a/{pages['big']}/messages/",
        "deep": f"/a/{pages['big']}/messages/?older={deep}",
    }
    # One connection: two of them meet in one worker process or not, and the wall tells which.
    bursts = [Burst(path, 60, 1, expects=200, headers=cookie) for path in paths.values()]
    bursts.append(Burst("/bench/noop", 600, 1, expects=200, headers=cookie))
    small, big, low, noop = in_turn(stage, bursts, rounds)
    return [
        figure("list, 1 M rows / 1 k rows, CPU", "x", _ratios(big, small), 1.2),
        figure("  the same, wall", "x", _ratios(big, small, "p50_ms"), 1.2),
        figure("list, page 2,000 / page 1, CPU", "x", _ratios(low, big), 1.2),
        figure("  the same, wall", "x", _ratios(low, big, "p50_ms"), 1.2),
        figure("list page / no-op request, CPU", "x", _ratios(big, noop), 25),
        figure("  list page", "us/page", [s.all for s in big]),
        figure("  of it Postgres", "us/page", [s.cpu["postgres"] for s in big]),
        figure("  no-op request", "us/request", [s.all for s in noop]),
    ]


def _ratios(above: Sequence[Sample], below: Sequence[Sample], of: str = "all") -> list[float]:
    return [getattr(a, of) / getattr(b, of) for a, b in zip(above, below, strict=True)]


def fairness(stage: Stage, rounds: int) -> list[Figure]:
    """One account has 100,000 due messages, another posts one: how many batches it waits."""
    crowd, lone = stage.seeded["crowd"], stage.seeded["lone"]
    stage.sql(NOTHING_DUE)
    stage.python("bench.rows", "owner", crowd, "100000", "due")
    stage.python("bench.rows", "owner", lone, "1", "due")
    found = stage.python("bench.claiming", "worker", crowd, lone)
    stage.sql(NOTHING_DUE)
    return [
        figure("one message behind a backlog of 100,000", "batches", [found["batches"]], 1),
        figure("  that batch: messages of the other account", "messages", [found["crowd_in_it"]]),
        figure("  claiming it", "ms", [found["claim_ms"]]),
    ]


def accept_grown(stage: Stage, rounds: int) -> list[Figure]:
    """Acceptance once more, now that the table is large."""
    ours = Burst("/v1/messages", 120, 8, messages=100, headers=authorized(stage))
    [full] = in_turn(stage, [ours], max(rounds - 2, 1))
    return [figure("accept, table of 1 M rows", "us/message", [s.all for s in full], 60)]


Case = Callable[[Stage, int], list[Figure]]
CASES: dict[str, Case] = {
    "decide": decide,
    "accept": accept,
    "single": single,
    "life": life,
    "grow": grow,
    "lists": lists,
    "fairness": fairness,
    "accept_grown": accept_grown,
}
NEEDS_ROWS = {"lists", "fairness", "accept_grown"}
