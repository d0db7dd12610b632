import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.lib.safe_http import (
    BODY_CAP,
    EXCERPT,
    Answer,
    Guard,
    Lookup,
    is_public,
    open_session,
    post,
    read_networks,
)

CORPUS = Path(__file__).parents[1] / "vectors" / "addresses.txt"
ADDRESSES = [line.split() for line in CORPUS.read_text().splitlines()]
CLOSED = [address for kind, address in ADDRESSES if kind == "closed"]
OPEN = [address for kind, address in ADDRESSES if kind == "open"]
LOOPBACK = Guard(read_networks(["127.0.0.0/8"]))
CLOSED_GUARD = Guard()


def test_the_corpus_is_large_enough() -> None:
    assert len(set(CLOSED)) >= 150


@pytest.mark.parametrize("text", CLOSED)
def test_no_address_of_the_corpus_is_public(text: str) -> None:
    assert not is_public(ip_address(text))
    assert not CLOSED_GUARD.permits(ip_address(text), 443)


@pytest.mark.parametrize("text", OPEN)
def test_their_public_neighbours_are(text: str) -> None:
    assert is_public(ip_address(text))
    assert CLOSED_GUARD.permits(ip_address(text), 443)
    assert not CLOSED_GUARD.permits(ip_address(text), 6379)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://example.com/hook", None),
        ("https://example.com:8443/hook?a=b", None),
        ("http://example.com:8080", None),
        ("https://xn--bcher-kva.example/", None),
        ("ftp://example.com", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.com", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("//example.com/x", "scheme"),
        ("example.com", "scheme"),
        ("", "scheme"),
        ("https://", "malformed"),
        ("https:///x", "malformed"),
        ("https://[::1", "malformed"),
        ("https://example.com:99999/", "malformed"),
        ("https://example.com:0/", "malformed"),
        ("https://user@example.com/", "userinfo"),
        ("https://user:secret@example.com/", "userinfo"),
        ("https://@example.com/", "userinfo"),
        ("https://example.com#@127.0.0.1/", "fragment"),
        ("https://example.com/#", "fragment"),
        ("https://example.com\\@127.0.0.1/", "characters"),
        ("https://exa\tmple.com/", "characters"),
        ("https://example.com/\n", "characters"),
        ("https://example.com/ x", "characters"),
        (" https://example.com/", "characters"),
        ("https://example.com/\x00", "characters"),
        ("https://exаmple.com/", "characters"),
        ("https://１２７.0.0.1/", "characters"),
        ("https://127。0。0。1/", "characters"),
        ("https://example.com:22/", "port"),
        ("https://example.com:25/", "port"),
        ("https://example.com:6379/", "port"),
        ("https://example.com:5432/", "port"),
        ("http://127.0.0.1/", "private"),
        ("http://[::1]/", "private"),
        ("http://[::ffff:127.0.0.1]/", "private"),
        ("http://[fe80::1%25eth0]/", "private"),
        ("http://169.254.169.254/latest/meta-data", "private"),
        ("http://8.8.8.8/", "literal"),
        ("http://[2606:4700:4700::1111]/", "literal"),
        ("http://2130706433/", "literal"),
        ("http://0x7f.1/", "literal"),
        ("http://0x7f000001/", "literal"),
        ("http://0177.0.0.1/", "literal"),
        ("http://127.1/", "literal"),
        ("http://127.0.0.1./", "literal"),
        ("http://017700000001/", "literal"),
        ("https://example.com/" + "a" * 2048, "too_long"),
    ],
)
def test_urls_are_judged_before_any_look_up(url: str, reason: str | None) -> None:
    assert CLOSED_GUARD.check_url(url) == reason


def test_an_allowed_network_opens_its_addresses_on_any_port() -> None:
    assert LOOPBACK.check_url("http://127.0.0.1:5999/") is None
    assert LOOPBACK.check_url("http://10.0.0.1:5999/") == "private"
    assert LOOPBACK.check_url("http://localhost:5999/") is None


def test_a_wrong_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"127\.0\.0\.1/8"):
        read_networks(["127.0.0.1/8"])


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def talk(
    handler: Handler,
    *,
    guard: Guard = LOOPBACK,
    url: str = "http://127.0.0.1:{port}/hook",
    lookup: Lookup | None = None,
    deadline: float = 5.0,
    tls: ssl.SSLContext | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[Answer, list[bytes]]:
    """One post to a server on the loopback; also what the server was sent, per connection."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            await handler(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def run() -> Answer:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        try:
            async with open_session(guard, lookup) as session:
                target = url.format(port=port)
                return await post(session, target, b'{"a": 1}', headers or {}, deadline)
        finally:
            server.close()

    return asyncio.run(run()), heard


def replies(raw: bytes) -> Handler:
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    return handler


def finds(*addresses: str) -> Lookup:
    return lambda host, port: addresses


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def test_a_good_answer_is_read() -> None:
    answer, heard = talk(replies(OK), headers={"webhook-id": "evt_1"})
    assert (answer.status, answer.body_excerpt, answer.error) == (200, "ok", None)
    assert answer.ms < 5000
    assert b"POST /hook HTTP/1.1" in heard[0]
    assert b"webhook-id: evt_1" in heard[0]
    assert b"Accept-Encoding: identity" in heard[0]


def test_a_name_is_dialled_at_its_checked_address_with_its_own_host_header() -> None:
    answer, heard = talk(replies(OK), url="http://hook.test:{port}/", lookup=finds("127.0.0.1"))
    assert answer.status == 200
    assert b"Host: hook.test:" in heard[0]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["::1"],
        ["::ffff:127.0.0.1"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"], ["169.254.169.254"],
    ],
)  # fmt: skip
def test_one_private_address_among_many_refuses_the_name(addresses: list[str]) -> None:
    answer, heard = talk(
        replies(OK), guard=CLOSED_GUARD, url="http://hook.test/", lookup=finds(*addresses)
    )
    assert (answer.status, answer.error, heard) == (None, "private", [])


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST"])
def test_real_names_of_ourselves_are_refused(host: str) -> None:
    answer, _ = talk(replies(OK), guard=CLOSED_GUARD, url=f"http://{host}:8000/")
    # Not every resolver knows the name with its final dot.
    assert answer.status is None
    assert answer.error in (("private", "dns") if host.endswith(".") else ("private",))


def test_an_answer_of_dns_that_changes_is_checked_each_time() -> None:
    turns = iter([["127.0.0.1"], ["10.0.0.1"]])

    def rebinding(host: str, port: int) -> Sequence[str]:
        return next(turns)

    async def run() -> list[Answer]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        url = f"http://hook.test:{server.sockets[0].getsockname()[1]}/"
        try:
            async with open_session(LOOPBACK, rebinding) as session:
                return [await post(session, url, b"", {}) for _ in range(2)]
        finally:
            server.close()

    first, second = asyncio.run(run())
    assert (first.status, second.error) == (200, "private")


def test_the_dial_itself_is_checked_when_the_first_layers_are_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Guard, "check_url", lambda self, url: None)
    answer, heard = talk(replies(OK), guard=CLOSED_GUARD)
    assert (answer.status, answer.error, heard) == (None, "private", [])


def test_an_unusual_port_is_only_for_allowed_networks() -> None:
    answer, _ = talk(replies(OK), url="http://hook.test:6379/", lookup=finds("8.8.8.8"))
    assert answer.error == "private"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:{port}/", "http://169.254.169.254/", "file:///"]
)
def test_redirects_are_not_followed(status: int, target: str) -> None:
    raw = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    answer, heard = talk(replies(raw))
    assert (answer.status, answer.error, len(heard)) == (status, "redirect", 1)


def test_a_dripping_body_ends_at_the_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    answer, _ = talk(drip, deadline=0.3)
    assert (answer.status, answer.error) == (200, "timeout")
    assert set(answer.body_excerpt) == {"x"}
    assert 300 <= answer.ms < 2000


async def endless_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        writer.write(b"X-%d: y\r\n" % number)
        await writer.drain()


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(1)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (silence, "timeout"),
        (hang_up, "reset"),
        (endless_headers, "protocol"),
        (replies(b"SSH-2.0-OpenSSH_9.2\r\n"), "protocol"),
        (replies(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"), "reset"),
    ],
)
def test_a_broken_answer_is_named_and_not_raised(handler: Handler, error: str) -> None:
    # Silence lasts 1 s; the others answer at once, however busy the machine is.
    answer, _ = talk(handler, deadline=0.8 if handler is silence else 20)
    assert answer.error == error


def test_a_huge_body_is_cut_and_the_connection_closed() -> None:
    sent = 0

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n")
        for _ in range(2000):
            writer.write(b"y" * 65536)
            await writer.drain()
            sent += 65536

    answer, _ = talk(flood)
    assert (answer.status, answer.error) == (200, None)
    assert answer.body_excerpt == "y" * EXCERPT
    assert sent < 200 * BODY_CAP


def test_a_compressed_body_is_not_unpacked() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
    answer, _ = talk(replies(raw))
    assert answer.status == 200
    assert answer.error is None
    assert "\0" not in answer.body_excerpt


def test_hostile_text_is_kept_as_text_without_nul() -> None:
    body = "<script>alert('é')</script>\0".encode()
    raw = b"HTTP/1.1 500 Oops\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    answer, _ = talk(replies(raw))
    assert answer.body_excerpt == "<script>alert('é')</script>\ufffd"
    assert (answer.status, answer.error) == (500, None)


def test_retry_after_is_handed_on_as_sent() -> None:
    raw = b"HTTP/1.1 429 Slow\r\nRetry-After: 999999999\r\nContent-Length: 0\r\n\r\n"
    assert talk(replies(raw))[0].retry_after == "999999999"


def test_nobody_listening_is_a_connection_error() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert talk(replies(OK), url=f"http://127.0.0.1:{port}/")[0].error == "connect"


def test_an_unknown_name_is_a_dns_error() -> None:
    def nowhere(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert talk(replies(OK), url="http://hook.test/", lookup=nowhere)[0].error == "dns"
    assert talk(replies(OK), url="http://hook.test/", lookup=finds())[0].error == "dns"
    long_label = "a" * 64
    assert talk(replies(OK), url=f"http://{long_label}.test/")[0].error in ("dns", "malformed")


@pytest.mark.parametrize(
    "headers",
    [{"X": "a\r\nHost: b"}, {"Host": "evil"}, {"X\n": "a"}, {"Content-Length": "1"}, {"X": "é"}],
)
def test_headers_that_would_change_the_request_are_refused(headers: dict[str, str]) -> None:
    answer, heard = talk(replies(OK), headers=headers)
    assert (answer.error, heard) == ("headers", [])


def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "hook.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.test")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    answer, heard = talk(
        replies(OK), url="https://hook.test:{port}/", lookup=finds("127.0.0.1"), tls=tls
    )
    assert (answer.status, answer.error, heard) == (None, "tls", [])
