"""Signing secrets as they lie in the database: sealed, bound to their account."""

import hashlib
from typing import Final
from uuid import UUID

from django.conf import settings

from hub.lib.tokens import seal, unseal

_PURPOSE: Final = b"webhook signing secrets"


def sealed(secret: str, account: UUID) -> bytes:
    """`secret`, readable only with the pepper and for this account."""
    return seal(secret.encode(), _key(), account.bytes)


def opened(stored: bytes | memoryview, account: UUID) -> str:
    """The secret; ValueError when it was sealed with another pepper or for another account."""
    return unseal(bytes(stored), _key(), account.bytes).decode()


def _key() -> bytes:
    return hashlib.blake2b(settings.PEPPER, digest_size=32, person=_PURPOSE[:16]).digest()
