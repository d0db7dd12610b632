"""What a part costs, per country. A price list of the operator's, small, so it is kept a while."""

import time

from django.db import connection

# A price change reaches every process within this; a message keeps the price it was accepted at.
KEEP_SECONDS = 5.0

_lists: dict[str, tuple[float, dict[str, int]]] = {}


def prices_in(currency: str) -> dict[str, int]:
    """Country (`*` every other) -> micro-units of `currency` a part, as of now."""
    kept = _lists.get(currency)
    if kept is None or time.monotonic() - kept[0] > KEEP_SECONDS:
        kept = _lists[currency] = (time.monotonic(), _read(currency))
    return kept[1]


def _read(currency: str) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (country) country, micro FROM billing_price"
            " WHERE currency = %s ORDER BY country, valid_from DESC",
            [currency],
        )
        rows: list[tuple[str, int]] = cursor.fetchall()
    return dict(rows)


def forget_prices() -> None:
    """The next `prices_in()` of this process reads the list again."""
    _lists.clear()
