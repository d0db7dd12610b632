"""Signatures of outgoing webhooks, by the Standard Webhooks specification (v1, HMAC-SHA256)."""

import hashlib
import hmac
import secrets as random
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
SHORTEST_SECRET: Final = 24
LONGEST_SECRET: Final = 64


def new_secret() -> str:
    """A fresh signing secret: "whsec_" and 32 random bytes in base64."""
    return PREFIX + b64encode(random.token_bytes(32)).decode()


def secret_bytes(secret: str) -> bytes:
    """The key inside a secret; ValueError unless it holds 24 to 64 bytes (the specification)."""
    if not secret.startswith(PREFIX):
        raise ValueError(f"a signing secret begins with {PREFIX}")
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except NotBase64:
        raise ValueError("a signing secret is base64") from None
    if not SHORTEST_SECRET <= len(key) <= LONGEST_SECRET:
        raise ValueError(f"a signing secret has {SHORTEST_SECRET} to {LONGEST_SECRET} bytes")
    return key


def sign(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: one signature per secret, so that rotation loses nothing.

    `timestamp` is in seconds since 1970; `body` the exact bytes sent. ValueError without a secret
    or when `message_id` holds a full stop, which would make the signed content ambiguous.
    """
    if not secrets:
        raise ValueError("nothing to sign with")
    if "." in message_id:
        raise ValueError("a message id holds no full stop")
    content = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return " ".join(
        "v1," + b64encode(hmac.digest(secret_bytes(secret), content, hashlib.sha256)).decode()
        for secret in secrets
    )


def headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers a receiver needs to verify `body`."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, message_id, timestamp, body),
    }
