"""Where customers may have us post to: webhooks, and the `callback_url` of a message."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

from django.conf import settings
from yarl import URL

from hub.lib.safe_http import Guard, Refusal

_LOOPBACK: Final = {"localhost": (IPv4Address("127.0.0.1"), IPv6Address("::1"))}


def refusal_of(url: str) -> Refusal | None:
    """Why Hub will never post to `url`, as far as that can be said without asking DNS; None when
    it may try. Plain http is for addresses that the operator has opened, loopback mostly."""
    guard = Guard(settings.HTTP_ALLOW)
    refusal = guard.check_url(url)
    if refusal is not None:
        return refusal
    parts = URL(url)
    if parts.scheme != "https" and not _is_allowed(guard, parts.host or ""):
        return Refusal.SCHEME
    return None


def _is_allowed(guard: Guard, host: str) -> bool:
    """True when the operator has opened the host's addresses."""
    try:
        addresses = _LOOPBACK.get(host) or (ip_address(host),)
    except ValueError:
        return False
    return any(guard.allows(address) for address in addresses)
