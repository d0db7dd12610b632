"""Bad input at the door of the message API: refused whole, with a pointer, and nothing is left.

Unusual but valid input is taken and comes back as it was.
"""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from accounts.tenancy import scope
from apisettings.models import Event
from messaging.models import Batch, Message
from tests.line import Line, route
from tests.make import EURO

__all__ = ["route"]

TO: Final = "+33612345670"
UNPARSEABLE: Final = (
    "Request failed to parse correctly. Please ensure input is valid and try again."
)
TOO_LARGE: Final = 10 * 1024 * 1024


@pytest.fixture(scope="module")
def shared(route: None) -> Line:
    """One account for all refusals: it must stay empty."""
    return Line()


def send(
    line: Line,
    body: bytes | str,
    kind: str = "application/json",
    path: str = "/v1/messages",
    method: str = "post",
    **headers: str,
) -> Any:
    call = getattr(line.client, method)
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    return call(
        path,
        data=data,
        content_type=kind,
        headers={"Authorization": line.key.header, **headers},
        CONTENT_TYPE=kind,
    )


def item(**fields: Any) -> dict[str, Any]:
    return {"content": "Bonjour", "destination_number": TO, **fields}


def one(**fields: Any) -> str:
    return json.dumps({"messages": [item(**fields)]})


def nothing_is_left(line: Line) -> None:
    with scope(line.account):
        assert not Message.objects.for_account(line.account).exists()
        assert not Batch.objects.for_account(line.account).exists()
        assert not Event.unscoped.filter(account=line.account.pk).exists()
    assert line.balances()["main"] == 100 * EURO
    assert line.balances()["held"] == 0


def refused(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content[:300]
    assert answer["Content-Type"] == "application/json"
    told: dict[str, Any] = answer.json()
    assert set(told) <= {"message", "details"}
    assert told["message"]
    return told


# -- no JSON at all ------------------------------------------------------------------------

ROOT: Final = "/:"
NO_DOCUMENT: Final = {
    "empty": b"",
    "blank": b"   ",
    "a word": b"hello",
    "an open brace": b"{",
    "a trailing comma": b'{"messages": [],}',
    "single quotes": b"{'messages': []}",
    "two documents": b'{"messages": []}{"messages": []}',
    "a comment": b'{"messages": []} // done',
    "deep lists": b"[" * 100_000,
    "deep closed lists": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"messages":' * 50_000 + b"1" + b"}" * 50_000,
    "deep inside": b'{"messages": [' + b"[" * 40 + b"]" * 40 + b"]}",
    "not UTF-8": b'{"messages": [{"content": "\xff\xfe", "destination_number": "+33612345670"}]}',
    "Latin-1": one(content="é").encode().replace(b"\\u00e9", b"\xe9"),
    "an encoded surrogate": b'{"messages": [{"content": "\xed\xa0\x80"}]}',
    "UTF-16": one().encode("utf-16"),
    "UTF-16 without mark": one().encode("utf-16-le"),
    "UTF-32": one().encode("utf-32-le"),
    "a byte order mark": b"\xef\xbb\xbf" + one().encode(),
    "a raw NUL": one().encode().replace(b"Bonjour", b"a\x00b"),
    "a raw line break": one().encode().replace(b"Bonjour", b"a\nb"),
    "NaN": b'{"messages": [{"max_segments": NaN}]}',
    "Infinity": b'{"messages": [{"max_segments": -Infinity}]}',
    "a list": b"[]",
    "a list of messages": json.dumps([item()]).encode(),
    "a string": b'"messages"',
    "a number": b"1",
    "null": b"null",
    "true": b"true",
}


@pytest.mark.parametrize("body", NO_DOCUMENT.values(), ids=NO_DOCUMENT)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/check"])
def test_what_is_no_document_is_refused_at_the_root(shared: Line, body: bytes, path: str) -> None:
    told = refused(send(shared, body, path=path), 400)
    assert told["message"] == UNPARSEABLE
    [detail] = told["details"]
    assert detail.startswith(ROOT)
    nothing_is_left(shared)


# -- one fault in a document -----------------------------------------------------------------

NOW: Final = datetime.now(UTC)
FIRST: Final = "/messages/0"


def raw(field: str, value: str) -> str:
    """A message whose `field` has a value json.dumps would not write."""
    return f'{{"messages": [{{"content": "a", "destination_number": "{TO}", "{field}": {value}}}]}}'


FAULTS: Final[dict[str, tuple[str, str]]] = {
    # the envelope
    "no messages": ("{}", "/messages"),
    "messages null": ('{"messages": null}', "/messages"),
    "messages an object": ('{"messages": {}}', "/messages"),
    "messages a string": ('{"messages": "all"}', "/messages"),
    "no message": ('{"messages": []}', "/messages"),
    "101 messages": (json.dumps({"messages": [item()] * 101}), "/messages"),
    "a message null": ('{"messages": [null]}', FIRST),
    "a message a list": ('{"messages": [[]]}', FIRST),
    "unknown field above": (json.dumps({"messages": [item()], "dry_run": True}), "/dry_run"),
    "unknown field": (one(transactional=True), FIRST + "/transactional"),
    "unknown field, wrong case": (one(Content="a"), FIRST + "/Content"),
    "unknown field with a slash": (one(**{"a/b~c": 1}), FIRST + "/a~1b~0c"),
    "half a character as a name": ('{"messages": [], "\\ud800": 1}', "/?"),
    "a name twice": (
        one().replace('"content"', '"content": "b", "content"'),
        FIRST,
    ),
    "a name twice, once spelt in code": (
        one().replace('"content"', '"content": "b", "\\u0063ontent"'),
        FIRST,
    ),
    "a member of metadata twice, once spelt in code": (
        one(metadata={"a": "1"}).replace('"a": "1"', '"a": "1", "\\u0061" : "2"'),
        FIRST + "/metadata",
    ),
    "an optional name twice": (
        one(format="SMS").replace('"format"', '"format": "SMS", "format"'),
        FIRST,
    ),
    "the list twice": (one().replace("{", '{"messages": [], ', 1), "/"),
    "a member of metadata twice": (
        one(metadata={"a": "1"}).replace('"a": "1"', '"a": "1", "a": "2"'),
        FIRST + "/metadata",
    ),
    # content
    "content missing": (json.dumps({"messages": [{"destination_number": TO}]}), FIRST + "/content"),
    "content null": (one(content=None), FIRST + "/content"),
    "content empty": (one(content=""), FIRST + "/content"),
    "content blank": (one(content=" \n\t\u00a0"), FIRST + "/content"),
    "content too long": (one(content="a" * 5001), FIRST + "/content"),
    "content a number": (one(content=1), FIRST + "/content"),
    "content true": (one(content=True), FIRST + "/content"),
    "content a list": (one(content=["a"]), FIRST + "/content"),
    "content with NUL": (one(content="a\0b"), FIRST + "/content"),
    "content half a character": (raw("x", "1").replace('"a"', '"\\ud800"'), FIRST + "/content"),
    "content the other half": (raw("x", "1").replace('"a"', '"\\udc00b"'), FIRST + "/content"),
    # destination_number
    "number missing": ('{"messages": [{"content": "a"}]}', FIRST + "/destination_number"),
    **{
        f"number {number!r}": (one(destination_number=number), FIRST + "/destination_number")
        for number in (
            "", "0612345670", "33612345670", "+0612345670", "++33612345670", "+336123",
            "+3361234567012345", "+33 6 12 34 56 70", "+33-612-345-670", "+1800FLOWERS",
            "+3361234567O", "+33612345670;ext=5", "+33612345670,+33612345671", " +33612345670",
            "+33612345670 ", "+33612345670\n", "+123456789012345\n", "+33612345670\u202e",
            "\u202a+33612345670", "+٣٣٦١٢٣٤٥٦٧٠", "+３３６１２３４５６７０", "+3361234567\u00b2",
            "\uff0b33612345670", "+33612345670\0", 33612345670, True, ["+33612345670"], {}, 3.3e10,
        )
    },
    # source_number
    **{
        f"source {source!r}": (one(source_number=source), FIRST + "/source_number")
        for source in ("", "   ", "A" * 17, 38080, True, [], "VER\0DIER")
    },
    "source type": (one(source_number_type="PIGEON"), FIRST + "/source_number_type"),
    "source type a number": (one(source_number_type=1), FIRST + "/source_number_type"),
    # times
    **{
        f"{field} {time!r}": (one(**{field: time}), f"{FIRST}/{field}")
        for field in ("scheduled", "message_expiry_timestamp")
        for time in (
            "", "tomorrow", "2999-12-24", "2999-12-24 09:30:00", "2999-02-30T09:30:00Z",
            "2999-12-24T24:00:00Z", "2999-12-24T24:00:00", "2999-12-24T23:59:60Z",
            "2999-12-24T25:00:00Z", "2999-13-01T00:00:00Z", "2999-12-24T09:30:00+25:00",
            "2999-12-24T09:30:00 Europe/Paris", "2999-12-24T09:30:00Z\n", "٢٩٩٩-12-24T09:30:00Z",
            "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00",
            "2020-01-01T00:00:00Z",
            "2999-12-24T" + "0" * 100, 4102444800, 4102444800.5, True, ["2999-12-24T09:30:00Z"],
        )
    },
    "scheduled six minutes ago": (
        one(scheduled=(NOW - timedelta(minutes=6)).isoformat()),
        FIRST + "/scheduled",
    ),
    "expires now": (
        one(message_expiry_timestamp=NOW.isoformat()), FIRST + "/message_expiry_timestamp",
    ),
    "expires before it is due": (
        one(scheduled="2999-12-24T09:30:00Z", message_expiry_timestamp="2999-12-24T09:30:00Z"),
        FIRST + "/message_expiry_timestamp",
    ),
    # metadata
    **{
        f"metadata {str(metadata)[:40]}": (one(metadata=metadata), FIRST + "/metadata")
        for metadata in (
            "a", 1, True, ["a"], {"": "a"}, {"a": ""} | {"a" * 101: "b"}, {"a": "b" * 257},
            {"a": 1}, {"a": None}, {"a": True}, {"a": {"b": "c"}}, {"a": ["b"]}, {"a": "\0"},
            {"\0": "a"}, {str(n): "a" for n in range(11)},
        )
    },
    "metadata half a character": (raw("metadata", '{"a": "\\udfff"}'), FIRST + "/metadata"),
    # the rest
    **{
        f"{field} {value!r}": (one(**{field: value}), f"{FIRST}/{field}")
        for field, values in {
            "delivery_report": (1, 0, "true", [], {}),
            "format": ("MMS", "TTS", "sms", "", 1, True),
            "callback_url": (
                "", "ftp://example.test", "javascript:alert(1)", "//example.test", 1, True,
                "https://example.test/" + "a" * 2048, "https://example.test/\0",
            ),
            "message_class": ("urgent", "", "Transactional", 1, True),
            "max_segments": (0, -1, 256, 1.0, 1.5, "1", True, [], 10**400),
            "media": (["https://example.test/a.png"], "a", 1, [1]),
            "subject": ("Bonjour", 1),
        }.items()
        for value in values
    },
    **{
        f"max_segments {number[:12]}": (raw("max_segments", number), FIRST + "/max_segments")
        for number in ("1e0", "1e400", "-1e400", "9" * 5000, "1.0e2", "18446744073709551616")
    },
}  # fmt: skip


@pytest.mark.parametrize(("body", "pointer"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_its_pointer(shared: Line, body: str, pointer: str) -> None:
    told = refused(send(shared, body), 400)
    assert told["message"] == UNPARSEABLE
    named = [detail.partition(": ") for detail in told["details"]]
    assert all(reason for _where, _colon, reason in named), told
    assert pointer in [where for where, _colon, _reason in named], told
    nothing_is_left(shared)


def test_every_fault_is_named_at_once_and_no_message_is_taken(shared: Line) -> None:
    messages = [item(), item(content=""), item(destination_number="x", max_segments=0), 7]
    told = refused(send(shared, json.dumps({"messages": messages, "extra": 1})), 400)
    assert [detail.partition(":")[0] for detail in told["details"]] == [
        "/extra", "/messages/1/content", "/messages/2/destination_number",
        "/messages/2/max_segments", "/messages/3",
    ]  # fmt: skip
    nothing_is_left(shared)


def test_a_content_of_blanks_is_told_so(shared: Line) -> None:
    told = refused(send(shared, one(content=" \n")), 400)
    assert told["details"] == ["/messages/0/content: must not be blank"]


def test_ten_thousand_faults_make_a_short_answer(shared: Line) -> None:
    unknown = {f"field{number}": 1 for number in range(10_000)}
    told = refused(send(shared, one(**unknown)), 400)
    assert 1 <= len(told["details"]) <= 500
    nothing_is_left(shared)


# -- transport ---------------------------------------------------------------------------------

KINDS: Final = (
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "application/xml", "text/json", "application/jsonp", "", "application/json; charset=utf-16",
    "application/json; charset=latin-1",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/check"])
def test_another_content_type_is_415(shared: Line, kind: str, path: str) -> None:
    refused(send(shared, one(), kind, path), 415)
    nothing_is_left(shared)


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, gzip", "x"])
def test_a_packed_body_is_415(shared: Line, coding: str) -> None:
    packed = gzip.compress(one().encode() + b" " * 1_000_000)
    refused(send(shared, packed, **{"Content-Encoding": coding}), 415)
    nothing_is_left(shared)


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/check"])
def test_a_body_over_10_mib_is_413_and_one_at_the_limit_is_read(shared: Line, path: str) -> None:
    told = refused(send(shared, b" " * (TOO_LARGE + 1), path=path), 413)
    assert "10 MiB" in told["message"]
    refused(send(shared, b" " * TOO_LARGE, path=path), 400)
    nothing_is_left(shared)


@pytest.mark.parametrize(
    "key", ["", "a" * 256, "clé", "a\tb", "one,two", "\x7f"], ids=lambda key: repr(key)[:20]
)
def test_a_bad_idempotency_key_is_refused(shared: Line, key: str) -> None:
    refused(send(shared, one(), **{"Idempotency-Key": key}), 400)
    nothing_is_left(shared)


@pytest.mark.parametrize("length", [1, 240, 241, 251, 252, 255])
def test_an_idempotency_key_of_any_allowed_length_works(length: int) -> None:
    line = Line()
    key = ("k" * length)[:length]
    first = send(line, one(), **{"Idempotency-Key": key})
    assert first.status_code == 202, first.content
    assert send(line, one(), **{"Idempotency-Key": key}).json() == first.json()
    assert send(line, one(content="b"), **{"Idempotency-Key": key}).status_code == 422


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
def test_another_method_is_405_and_names_the_right_one(shared: Line, method: str) -> None:
    answer = send(shared, b"", method=method)
    refused(answer, 405)
    assert answer["Allow"] == "POST"


def test_a_secret_in_the_url_is_refused(shared: Line) -> None:
    refused(send(shared, one(), path="/v1/messages?api_secret=abc"), 400)
    told = refused(send(shared, one(), path="/v1/messages?x=1&x=2&y"), 400)
    assert told["details"] == ["?x: unknown parameter", "?y: unknown parameter"]
    nothing_is_left(shared)
