"""Keyset paging: a page of rows and signed cursors to its neighbours."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, Generic, Literal, TypeVar

Row = TypeVar("Row")
Value = str | int | None

_MAC_BYTES: Final = 8
_LONGEST: Final = 1024


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows newest first; `older` and `newer` are cursors, None where there is nothing more."""

    rows: Sequence[Row]
    older: str | None
    newer: str | None


def encode(*values: Value, key: bytes) -> str:
    """A cursor of the values a page starts after, signed so that only we can make one.

    Put the account and the filters into `key` or the values: a cursor is good wherever both agree.
    """
    content = json.dumps(values, separators=(",", ":")).encode()
    return urlsafe_b64encode(_mac(content, key) + content).rstrip(b"=").decode()


def decode(cursor: str, key: bytes) -> tuple[Value, ...]:
    """The values of a cursor; ValueError when it is damaged, foreign or made with another key."""
    if len(cursor) > _LONGEST or not cursor.isascii():
        raise ValueError("not a cursor of ours")
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except NotBase64:
        raise ValueError("not a cursor of ours") from None
    mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(content, key)):
        raise ValueError("not a cursor of ours")
    return tuple(json.loads(content))


def make_page(
    fetched: Sequence[Row],
    size: int,
    position: Callable[[Row], tuple[Value, ...]],
    key: bytes,
    *,
    came: Literal["first", "older", "newer"] = "first",
) -> Page[Row]:
    """A page from up to `size` + 1 rows, fetched in the direction the reader `came`.

    Rows fetched for "newer" are in ascending order; all others newest first. The extra row only
    tells that there are more.
    """
    more, rows = len(fetched) > size, list(fetched[:size])
    if came == "newer":
        rows.reverse()
    if not rows:
        return Page(rows, None, None)
    has_older = more if came != "newer" else True
    has_newer = {"first": False, "older": True, "newer": more}[came]
    return Page(
        rows,
        encode(*position(rows[-1]), key=key) if has_older else None,
        encode(*position(rows[0]), key=key) if has_newer else None,
    )


def _mac(content: bytes, key: bytes) -> bytes:
    return blake2b(content, key=key[:64], digest_size=_MAC_BYTES).digest()
