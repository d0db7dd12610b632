"""`make bench`: speed and CPU per message, on servers of its own, printed as one table.

make bench ARGS="--only accept,life --rounds 3"; --strict ends with 1 when a target is missed.
"""

import argparse
import json
import os
import platform
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.cases import CASES, NEEDS_ROWS, Figure
from bench.stage import stage

RESULTS = Path(__file__).resolve().parent / "results.json"


def measure(names: list[str], rounds: int) -> list[Figure]:
    figures: list[Figure] = []
    begun = time.monotonic()
    with stage() as running:
        running.seeded = running.python("bench.seed", "web")
        running.start_web()
        for name in names:
            print(f"bench {time.monotonic() - begun:6.1f}s  {name}", file=sys.stderr, flush=True)
            figures += CASES[name](running, rounds)
    return figures


def table(figures: list[Figure]) -> str:
    lines = [f"{'':52}{'median':>10} {'unit':<12}{'target':>8}  "]
    for one in figures:
        bound = "" if one.target is None else f"{'>=' if one.least else '<='} {one.target:g}"
        mark = {None: "", True: "met", False: "MISSED"}[one.met]
        lines.append(f"{one.name:<52}{one.value:>10.2f} {one.unit:<12}{bound:>8}  {mark}".rstrip())
    return "\n".join(lines)


def chosen(only: str) -> list[str]:
    names = [name for name in CASES if not only or name in only.split(",")]
    if NEEDS_ROWS & set(names) and "grow" not in names:
        names.insert(next(n for n, name in enumerate(names) if name in NEEDS_ROWS), "grow")
    return names


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", default="", help=f"of {','.join(CASES)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--strict", action="store_true", help="exit 1 when a target is missed")
    options = parser.parse_args()
    if not Path("/proc/self/stat").exists():
        print("CPU times are read from /proc: the bench runs on Linux only.")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    figures = measure(chosen(options.only), options.rounds)
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": os.getloadavg(),
    }
    found = {
        "at": datetime.now(UTC).isoformat(),
        "machine": machine,
        "figures": [one.as_json() for one in figures],
    }
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(table(figures))
    return int(options.strict and any(one.met is False for one in figures))


if __name__ == "__main__":
    sys.exit(main())
