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


_kept: tuple[float, list[Way]] = (0.0, [])


def ways() -> list[Way]:
    """The active routes, most specific prefix first when asked by `way_for`."""
    global _kept
    if time.monotonic() - _kept[0] > KEEP_SECONDS:
        rows = cursor().execute(
            "SELECT id, gateway, prefixes FROM messaging_route WHERE active ORDER BY id"
        )
        _kept = (time.monotonic(), [Way(i, g, tuple(p)) for i, g, p in rows.fetchall()])
    return _kept[1]


def forget_ways() -> None:
    """The next `ways()` reads the table again."""
    global _kept
    _kept = (0.0, [])


def way_for(to: str, *, test: bool) -> Way | None:
    """The route with the longest prefix of `to`; an empty prefix list serves everywhere."""
    if test:
        return Way(TEST_ROUTE, TEST_GATEWAY, ())
    digits, best, length = to[1:], None, -1
    for way in ways():
        fits = max(
            (len(prefix) for prefix in way.prefixes if digits.startswith(prefix)),
            default=-1 if way.prefixes else 0,
        )
        if fits > length:
            best, length = way, fits
    return best


def session(gateway: str, store: StoreReceipts) -> Gateway:
    """This process' session with a carrier; receipts arrive on it from the first call on."""
    found = _sessions.get(gateway)
    if found is None:
        found = _sessions[gateway] = GATEWAYS[gateway]()
        found.listen(store)
    return found
