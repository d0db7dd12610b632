"""API keys and the sealing of secrets we must be able to read back."""

import hashlib
import hmac
import secrets
from typing import Final, Literal, NamedTuple
from zlib import crc32

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
KEY_ID_LENGTH: Final = 20
SECRET_LENGTH: Final = 30

_PREFIXES: Final = {"live": "hl", "test": "ht"}
_CHECKSUM_LENGTH: Final = 6
_CHARACTERS: Final = frozenset(ALPHABET)
_NONCE_LENGTH: Final = 12


class NewKey(NamedTuple):
    """A fresh pair: `key_id` may be shown and stored, `secret` is shown once (143 bits)."""

    key_id: str
    secret: str


def new_key(mode: Literal["live", "test"]) -> NewKey:
    """A random key: 20 characters of id ("hl" or "ht" first), 30 of secret ending in a checksum."""
    prefix = _PREFIXES[mode]
    body = _random(SECRET_LENGTH - _CHECKSUM_LENGTH)
    return NewKey(prefix + _random(KEY_ID_LENGTH - len(prefix)), body + _checksum(body))


def looks_right(secret: str) -> bool:
    """False for a mistyped or cut secret, found without any look-up."""
    if len(secret) != SECRET_LENGTH or not _CHARACTERS.issuperset(secret):
        return False
    body = secret[:-_CHECKSUM_LENGTH]
    return hmac.compare_digest(_checksum(body), secret[-_CHECKSUM_LENGTH:])


def digest(secret: str, pepper: bytes) -> bytes:
    """The 32 bytes to store for a secret: HMAC, no slow hash, for it has 143 random bits."""
    return hmac.digest(pepper, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)


def matches(secret: str, pepper: bytes, stored: bytes) -> bool:
    """True when `stored` is the digest of `secret`; takes the same time either way."""
    return hmac.compare_digest(digest(secret, pepper), stored)


def seal(plain: bytes, key: bytes, about: bytes = b"") -> bytes:
    """`plain` encrypted and authenticated by AES-GCM; `about` binds it to its row. Key: 32 B."""
    nonce = secrets.token_bytes(_NONCE_LENGTH)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(sealed: bytes, key: bytes, about: bytes = b"") -> bytes:
    """What was sealed; ValueError when the bytes, the key or `about` are not those of sealing."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_LENGTH], sealed[_NONCE_LENGTH:], about)
    except InvalidTag:
        raise ValueError("sealed with another key, or damaged") from None


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    value, characters = crc32(body.encode()), ""
    for _ in range(_CHECKSUM_LENGTH):
        value, digit = divmod(value, len(ALPHABET))
        characters = ALPHABET[digit] + characters
    return characters
