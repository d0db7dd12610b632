"""Where a request comes from, as far as our own proxies can be believed."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The caller's address in canonical form, or None when the server does not know it.

    With `TRUSTED_PROXIES` = n > 0 it is the n-th hop of X-Forwarded-For from the right, which the
    outermost of our proxies wrote; what stands further left anybody can invent.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXIES
    if proxies > 0:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(hops) >= proxies:
            return _canonical(hops[-proxies]) or _canonical(direct)
    return _canonical(direct)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)
