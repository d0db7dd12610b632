"""The one client for addresses that customers give us: it never reaches a non-public one.

The address is judged where it cannot change any more: every answer of DNS before the dial, and the
socket's own destination at the dial. Redirects are not followed, bodies are cut, time is bounded.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Lookup = Callable[[str, int], Sequence[str]]

DEADLINE: Final = 15.0
BODY_CAP: Final = 64 * 1024
EXCERPT: Final = 2048
LONGEST_URL: Final = 2048
PORTS: Final = frozenset({80, 443, 8000, 8080, 8443})

_DNS_SECONDS: Final = 5.0
_DNS_THREADS: Final = 64
_CONNECT_SECONDS: Final = 10.0
_CONNECTIONS: Final = 500
_CONNECTIONS_PER_HOST: Final = 10
_OURS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "upgrade"}
)

# IANA special-purpose registries (RFC 6890 and successors), multicast, and one cloud platform's
# agent, which is in public space. `ipaddress.is_private` and `is_global` miss at least eleven.
_CLOSED_V4: Final = tuple(
    map(
        IPv4Network,
        [
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "168.63.129.16/32",
        ],
    )
)
# Outside 2000::/3 nothing is public: loopback, mapped, NAT64, unique local, link local, multicast.
_OPEN_V6: Final = IPv6Network("2000::/3")
# IETF protocols with Teredo, documentation, 6to4, AS112, documentation again.
_CLOSED_V6: Final = tuple(
    map(IPv6Network, ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"])
)
# RFC 5214, section 6.1: an IPv4 address inside the interface identifier 00-00-5E-FE or 02-00-5E-FE.
_ISATAP: Final = 0x00005EFE
_ISATAP_MASK: Final = 0xFDFFFFFF


class Refusal(StrEnum):
    """Why a request did not end in an answer we take."""

    MALFORMED = "malformed"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    FRAGMENT = "fragment"
    LITERAL = "literal"
    PORT = "port"
    PRIVATE = "private"
    HEADERS = "headers"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROTOCOL = "protocol"
    REDIRECT = "redirect"


class Answer(NamedTuple):
    """What came back. `status` None: no answer; `error` None: read within all bounds.

    `ms` is the whole time, `body_excerpt` at most 2,048 characters of untrusted text without NUL.
    """

    status: int | None
    ms: int
    body_excerpt: str
    error: Refusal | None
    retry_after: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """Which destinations are permitted: public ones, and `allow` (any port) for development."""

    allow: Sequence[Network] = ()

    def allows(self, address: Address) -> bool:
        """True inside a network that was allowed by name."""
        return any(address in network for network in self.allow)

    def permits(self, address: Address, port: int) -> bool:
        """True when a connection to this address and port may be made."""
        return self.allows(address) or (port in PORTS and is_public(address))

    def check_url(self, url: str) -> Refusal | None:
        """Why a URL can never be used, judged without DNS; None when it may be tried.

        A name on an unusual port passes only if something is allowed at all; the dial decides.
        """
        if len(url) > LONGEST_URL:
            return Refusal.TOO_LONG
        if not all("!" <= char <= "~" for char in url) or "\\" in url:
            return Refusal.CHARACTERS
        try:
            parts = URL(url)
            host, port = parts.host, parts.port
        except ValueError:
            return Refusal.MALFORMED
        if parts.scheme not in ("http", "https"):
            return Refusal.SCHEME
        if "@" in urlsplit(url).netloc:
            return Refusal.USERINFO
        if "#" in url:
            return Refusal.FRAGMENT
        if not host or not port:
            return Refusal.MALFORMED
        return self._check_host(host, port)

    def _check_host(self, host: str, port: int) -> Refusal | None:
        address = _literal(host)
        if address:
            if self.allows(address):
                return None
            return Refusal.LITERAL if is_public(address) else Refusal.PRIVATE
        if _looks_numeric(host):
            return Refusal.LITERAL
        if port not in PORTS and not self.allow:
            return Refusal.PORT
        return None


def is_public(address: Address) -> bool:
    """True for addresses anybody on the internet could reach; our own table, not `ipaddress`'s."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address not in _OPEN_V6 or any(address in network for network in _CLOSED_V6):
        return False
    return (int(address) >> 32) & _ISATAP_MASK != _ISATAP


def read_networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """CIDR texts as networks for `Guard.allow`; ValueError names a wrong one."""
    return tuple(ip_network(text) for text in texts)


@dataclass(slots=True)
class Session:
    """Open connections under one guard; made by `open_session`."""

    guard: Guard
    http: aiohttp.ClientSession = field(repr=False)


@asynccontextmanager
async def open_session(guard: Guard, lookup: Lookup | None = None) -> AsyncIterator[Session]:
    """A session for many posts; at most 10 connections per host. `lookup` replaces DNS in tests."""
    resolver = _CheckedResolver(guard, lookup or _look_up)
    connector = aiohttp.TCPConnector(
        resolver=resolver,
        use_dns_cache=False,
        limit=_CONNECTIONS,
        limit_per_host=_CONNECTIONS_PER_HOST,
        socket_factory=_socket_factory(guard),
    )
    async with aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
        headers={"User-Agent": "Hub-Webhooks/1", "Accept-Encoding": "identity"},
        read_bufsize=BODY_CAP,
    ) as http:
        yield Session(guard, http)


async def post(
    session: Session,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    deadline: float = DEADLINE,
) -> Answer:
    """Send `body` once and read the answer, all within `deadline` seconds; never raises.

    Every failure is named in `error`. A redirect is an error, and so is a body that does not end
    before the deadline; one beyond 64 KiB is cut and the connection closed.
    """
    started = time.monotonic()
    refusal = session.guard.check_url(url) or _check_headers(headers)
    if refusal:
        return Answer(None, 0, "", refusal)
    heard = _Heard()
    try:
        async with asyncio.timeout(deadline):
            await _exchange(session.http, url, body, headers, heard)
    except (TimeoutError, OSError, aiohttp.ClientError, ValueError) as error:
        heard.error = _name(error)
    return heard.answer(int((time.monotonic() - started) * 1000))


@dataclass(slots=True)
class _Heard:
    """What has arrived so far, kept outside the exchange so that a timeout loses nothing."""

    status: int | None = None
    retry_after: str | None = None
    body: bytearray = field(default_factory=bytearray)
    error: Refusal | None = None

    def answer(self, ms: int) -> Answer:
        text = self.body[: EXCERPT * 4].decode("utf-8", "replace").replace("\0", "\ufffd")
        return Answer(self.status, ms, text[:EXCERPT], self.error, self.retry_after)


async def _exchange(
    http: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str], heard: _Heard
) -> None:
    async with http.post(URL(url), data=body, headers=headers, allow_redirects=False) as response:
        heard.status = response.status
        heard.retry_after = (response.headers.get("Retry-After") or "")[:64] or None
        if response.status in (301, 302, 303, 307, 308):
            heard.error = Refusal.REDIRECT
        async for chunk in response.content.iter_any():
            heard.body += chunk[: BODY_CAP - len(heard.body)]
            if len(heard.body) >= BODY_CAP:
                response.close()
                return


class _Refused(OSError):
    """A destination the guard does not permit."""


class _CheckedResolver(AbstractResolver):
    """Gives a name's addresses only when every one of them is permitted."""

    def __init__(self, guard: Guard, lookup: Lookup) -> None:
        self._guard, self._lookup = guard, lookup
        # Threads of its own: a silent name server must not starve the event loop's other work.
        self._threads = ThreadPoolExecutor(_DNS_THREADS, thread_name_prefix="dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of `host`; one bad address among many refuses the name."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(_DNS_SECONDS):
            found = await loop.run_in_executor(self._threads, self._lookup, host, port)
        if not found:
            raise socket.gaierror(socket.EAI_NODATA, "the name has no address")
        addresses = [ip_address(text) for text in dict.fromkeys(found)]
        if not all(self._guard.permits(address, port) for address in addresses):
            raise _Refused(f"{host} is not public")
        return [_resolved(host, port, address) for address in addresses]

    async def close(self) -> None:
        """Let unfinished look-ups end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _resolved(host: str, port: int, address: Address) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=str(address),
        port=port,
        family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
        proto=socket.IPPROTO_TCP,
        flags=socket.AI_NUMERICHOST,
    )


def _look_up(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def _socket_factory(guard: Guard) -> Callable[[Any], socket.socket]:
    def make(address_info: Any) -> socket.socket:
        family, kind, protocol, _, destination = address_info
        if not guard.permits(ip_address(destination[0]), destination[1]):
            raise _Refused(f"{destination[0]} is not public")
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return make


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _looks_numeric(host: str) -> bool:
    """True for what some resolvers read as an address: 127.1, 0x7f.1, 2130706433, 0177.0.0.1."""
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdigit() or last.startswith("0x") or ":" in host or "%" in host


def _check_headers(headers: Mapping[str, str]) -> Refusal | None:
    for name, value in headers.items():
        clean = (name + value).isascii() and (name + value).isprintable()
        if not clean or name.lower() in _OURS:
            return Refusal.HEADERS
    return None


def _name(error: BaseException) -> Refusal:
    """The short name of what went wrong, looking through the wrappers of aiohttp."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause and cause not in causes:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    for kinds, refusal in _NAMES:
        if any(isinstance(one, kinds) for one in causes):
            return refusal
    return Refusal.PROTOCOL


_NAMES: Final[tuple[tuple[tuple[type[BaseException], ...], Refusal], ...]] = (
    ((_Refused,), Refusal.PRIVATE),
    ((socket.gaierror, UnicodeError), Refusal.DNS),
    ((ssl.SSLError, ssl.CertificateError, aiohttp.ClientSSLError), Refusal.TLS),
    ((TimeoutError,), Refusal.TIMEOUT),
    ((aiohttp.ClientConnectorError,), Refusal.CONNECT),
    ((ConnectionError, aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError), Refusal.RESET),
    ((aiohttp.ClientOSError,), Refusal.RESET),
)
