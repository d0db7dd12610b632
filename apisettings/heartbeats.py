"""Signs of life and figures of the whole Hub, kept where every process may read them."""

import time
from collections.abc import Mapping
from typing import Final

from accounts.statements import cursor

BEAT_SECONDS: Final = 5.0

BEAT = """
INSERT INTO apisettings_heartbeat (name, at) VALUES (%s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET at = excluded.at
"""
MEASURED = """
INSERT INTO apisettings_gauge (name, value, at) VALUES (%s, %s, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at
"""

_beaten: dict[str, float] = {}


def beat(name: str) -> None:
    """`name` works: the row says so at most each 5 s a process. The worker's login only."""
    now = time.monotonic()
    if now - _beaten.get(name, -BEAT_SECONDS) >= BEAT_SECONDS:
        cursor().execute(BEAT, [name], prepare=True)
        _beaten[name] = now


def write_gauges(figures: Mapping[str, int]) -> None:
    """Each figure stands with the time it was measured. The worker's login only."""
    for name in sorted(figures):
        cursor().execute(MEASURED, [name, figures[name]], prepare=True)
