"""Which carrier takes a message, and this process' sessions with them.

A new carrier is one file in gateways/ and one line in GATEWAYS.
"""

import time
from collections.abc import Callable
from typing import Final, NamedTuple

from django.conf import settings

from accounts.statements import cursor
from messaging.gateways.contract import Gateway, StoreReceipts
from messaging.gateways.simulator import Simulator

GATEWAYS: Final[dict[str, Callable[[], Gateway]]] = {
    "simulator": lambda: Simulator(settings.SIMULATOR_BOOK),
}
# Test messages go here whatever the routes say; no row of the route table has this id.
TEST_ROUTE: Final = 0
TEST_GATEWAY: Final = "simulator"
KEEP_SECONDS: Final = 2.0

_sessions: dict[str, Gateway] = {}


class Way(NamedTuple):
    """A route as dispatch uses it: its id, its gateway's name, the prefixes it serves."""

    id: int
    gateway: str
    prefixes: tuple[str, ...]


class Ways(NamedTuple):
    """The active routes, and of each served prefix the first that serves it; longest first."""

    all: list[Way]
    by_prefix: dict[str, Way]
    lengths: list[int]


NO_WAYS: Final = Ways([], {}, [])
TEST_WAY: Final = Way(TEST_ROUTE, TEST_GATEWAY, ())
_kept: tuple[float, Ways] = (0.0, NO_WAYS)


def ways() -> Ways:
    """The active routes as they were at most 2 s ago."""
    global _kept
    if time.monotonic() - _kept[0] > KEEP_SECONDS:
        rows = cursor().execute(
            "SELECT id, gateway, prefixes FROM messaging_route WHERE active ORDER BY id"
        )
        _kept = (time.monotonic(), _ways([Way(i, g, tuple(p)) for i, g, p in rows.fetchall()]))
    return _kept[1]


def _ways(found: list[Way]) -> Ways:
    by_prefix: dict[str, Way] = {}
    for way in found:
        for prefix in way.prefixes or ("",):
            by_prefix.setdefault(prefix, way)
    return Ways(found, by_prefix, sorted({len(prefix) for prefix in by_prefix}, reverse=True))


def forget_ways() -> None:
    """The next `ways()` reads the table again."""
    global _kept
    _kept = (0.0, NO_WAYS)


def way_for(to: str, *, test: bool) -> Way | None:
    """The route with the longest prefix of `to`; an empty prefix list serves everywhere."""
    if test:
        return TEST_WAY
    _all, by_prefix, lengths = ways()
    for length in lengths:
        way = by_prefix.get(to[1 : 1 + length])
        if way is not None:
            return way
    return None


def session(gateway: str, store: StoreReceipts) -> Gateway:
    """This process' session with a carrier; receipts arrive on it from the first call on."""
    found = _sessions.get(gateway)
    if found is None:
        found = _sessions[gateway] = GATEWAYS[gateway]()
        found.listen(store)
    return found
