"""Time-ordered identifiers (UUIDv7, RFC 9562 section 5.7) and the ids people read aloud."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

BATCH_MAX: Final = 4095
PUBLIC_ID_LENGTH: Final = 10

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_VARIANTS: Final = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_COUNTERS: Final = tuple(f"{k:03x}" for k in range(BATCH_MAX + 1))
_NANOSECONDS_PER_MS: Final = 1_000_000


def uuid7() -> UUID:
    """A new UUIDv7; ids of one process made > 250 ns apart sort by age.

    The 12 bits after the millisecond hold its fraction (RFC 9562 section 6.2, method 3).
    """
    ms, rest = divmod(time.time_ns(), _NANOSECONDS_PER_MS)
    fraction = rest * 4096 // _NANOSECONDS_PER_MS
    tail = secrets.randbits(62)
    return UUID(int=ms << 80 | 7 << 76 | fraction << 64 | 2 << 62 | tail)


def many_uuid7(n: int) -> list[str]:
    """`n` new UUIDv7 as canonical strings, the first 4,096 of them ascending.

    They share a millisecond; the 12 bits after it count up (RFC 9562 section 6.2, method 1), and
    each has 62 random bits of its own, all drawn in one call.
    """
    stamp = f"{time.time_ns() // _NANOSECONDS_PER_MS:012x}"
    head = f"{stamp[:8]}-{stamp[8:]}-7"
    noise = secrets.token_hex(8 * n)
    found = []
    for number in range(n):
        random = noise[16 * number : 16 * number + 16]
        variant = _VARIANTS[random[0]]
        found.append(f"{head}{_COUNTERS[number & BATCH_MAX]}-{variant}{random[1:4]}-{random[4:]}")
    return found


def batch_ids(n: int, at: datetime | None = None) -> list[str]:
    """`n` + 1 canonical UUIDv7 strings in ascending order: index 0 for the batch, then its rows.

    All share one millisecond (of `at`, else now) and one random tail and differ in a 12-bit
    counter, so a batch sorts in the order it was given. ValueError unless 0 <= n <= 4095.
    """
    if not 0 <= n <= BATCH_MAX:
        raise ValueError(f"a batch has 0 to {BATCH_MAX} ids, not {n}")
    if at is None:
        ms = time.time_ns() // _NANOSECONDS_PER_MS
    else:
        ms = (at - _EPOCH) // timedelta(milliseconds=1)
    stamp = f"{ms:012x}"
    random = f"{2 << 62 | secrets.randbits(62):016x}"
    head = f"{stamp[:8]}-{stamp[8:]}-7"
    tail = f"-{random[:4]}-{random[4:]}"
    return [head + counter + tail for counter in _COUNTERS[: n + 1]]


def first_uuid7(at: datetime) -> UUID:
    """The least id that something made at `at` or later can have: the millisecond comes first."""
    return UUID(int=max((at - _EPOCH) // timedelta(milliseconds=1), 0) << 80)


def ids_of_batch(batch: UUID) -> tuple[UUID, UUID]:
    """The least and the greatest id that `batch_ids` gives to rows of `batch`."""
    counter = BATCH_MAX << 64
    return UUID(int=batch.int & ~counter), UUID(int=batch.int | counter)


def public_id() -> str:
    """10 random characters of Crockford base32 (50 bits; no I, L, O, U)."""
    bits = secrets.randbits(5 * PUBLIC_ID_LENGTH)
    return "".join(_CROCKFORD[bits >> 5 * i & 31] for i in range(PUBLIC_ID_LENGTH))


def new_reference() -> str:
    """What people read to support: "K7QF-2M9P", 40 random bits in Crockford base32."""
    letters = "".join(secrets.choice(_CROCKFORD) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def stamp_of(identifier: UUID | str) -> datetime:
    """The UTC millisecond in which a UUIDv7 was made; ValueError for any other version."""
    value = identifier if isinstance(identifier, UUID) else UUID(identifier)
    if value.version != 7:
        raise ValueError("only a UUIDv7 carries its time")
    return _EPOCH + timedelta(milliseconds=value.int >> 80)
