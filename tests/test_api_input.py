"""Bad input at the door of the message API: refused whole, with a pointer, and nothing is left.

Unusual but valid input is taken and comes back as it was.
"""

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tenancy import scope
from apisettings.models import Event
from messaging.models import Batch, Message
from tests.make import EURO
from tests.test_straight_line import Line, route

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
    return '{"messages": [{"content": "a", "destination_number": "%s", "%s": %s}]}' % (
        TO,
        field,
        value,
    )


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
        '{"messages": [{"content": "a", "content": "b", "destination_number": "%s"}]}' % TO,
        FIRST,
    ),
    "an optional name twice": (
        one(format="SMS").replace('"format"', '"format": "SMS", "format"'),
        FIRST,
    ),
    "the list twice": ('{"messages": [], "messages": [%s]}' % json.dumps(item()), "/"),
    "a member of metadata twice": (
        one(metadata={"a": "1"}).replace('"a": "1"', '"a": "1", "a": "2"'),
        FIRST + "/metadata",
    ),
    # content
    "content missing": ('{"messages": [{"destination_number": "%s"}]}' % TO, FIRST + "/content"),
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
            "2020-01-01T00:00:00Z", (NOW - timedelta(minutes=6)).isoformat(),
            "2999-12-24T" + "0" * 100, 4102444800, 4102444800.5, True, ["2999-12-24T09:30:00Z"],
        )
    },
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
    nothing_is_left(shared)


# -- PUT /v1/messages/{id} ---------------------------------------------------------------------

NO_CANCELLATION: Final = {
    **{name: body for name, body in NO_DOCUMENT.items() if name != "two documents"},
    "another state": b'{"status": "delivered"}',
    "wrong case": b'{"status": "Cancelled"}',
    "a line break": b'{"status": "cancelled\\n"}',
    "a list of it": b'{"status": ["cancelled"]}',
    "true": b'{"status": true}',
    "null": b'{"status": null}',
    "nothing": b"{}",
    "more": b'{"status": "cancelled", "content": "x"}',
    "half a character": b'{"status": "\\ud800"}',
}


@pytest.fixture(scope="module")
def waiting(route: None) -> tuple[Line, str]:
    line = Line()
    return line, line.send(scheduled="2999-01-01T08:00:00Z")


@pytest.mark.parametrize("body", NO_CANCELLATION.values(), ids=NO_CANCELLATION)
def test_what_asks_for_no_cancellation_changes_nothing(
    waiting: tuple[Line, str], body: bytes
) -> None:
    line, id_ = waiting
    told = refused(send(line, body, path=f"/v1/messages/{id_}", method="put"), 400)
    assert all(detail.startswith("/") for detail in told["details"])
    assert line.show(id_)["status"] == "scheduled"


@pytest.mark.parametrize(
    "id_", ["0", "x" * 64, "%00", "..", "null", "00000000-0000-0000-0000-000000000000", "🙂"]
)
def test_an_id_that_is_none_is_404(waiting: tuple[Line, str], id_: str) -> None:
    line, _ = waiting
    body = b'{"status": "cancelled"}'
    refused(send(line, body, path=f"/v1/messages/{id_}", method="put"), 404)
    refused(send(line, b"", path=f"/v1/messages/{id_}", method="get"), 404)


# -- anything at all -----------------------------------------------------------------------------

FIELDS: Final = (
    "content", "destination_number", "source_number", "source_number_type", "delivery_report",
    "format", "scheduled", "message_expiry_timestamp", "callback_url", "metadata",
    "message_class", "max_segments", "media", "subject", "extra",
)  # fmt: skip
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from([TO, "SMS", "standard", "", "\0", "\ud800", "2999-01-01T08:00:00Z", "a" * 600])
)  # fmt: skip
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner), max_leaves=6
)
likely = st.fixed_dictionaries(
    {"content": st.just("a") | scalars, "destination_number": st.just(TO) | scalars},
    optional=dict.fromkeys(FIELDS[2:], documents),
)
bodies = (
    st.binary(max_size=60)
    | documents.map(lambda found: json.dumps(found).encode())
    | st.lists(likely | documents, max_size=4).map(
        lambda found: json.dumps({"messages": found}).encode()
    )
)


@given(body=bodies, kind=st.sampled_from(["application/json"] * 9 + ["text/plain"]))
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_anything_is_taken_whole_or_refused_whole(everything: Line, body: bytes, kind: str) -> None:
    line = everything
    before = stored(line)
    answer = send(line, body, kind)
    assert answer.status_code in (202, 400, 413, 415), (answer.content, body)
    taken = len(answer.json()["messages"]) if answer.status_code == 202 else 0
    assert stored(line) == before + taken
    if answer.status_code == 202:
        asked = json.loads(body)["messages"]
        assert taken == len(asked)
        ids = [one["message_id"] for one in answer.json()["messages"]]
        assert [line.show(id_)["content"] for id_ in ids] == [one["content"] for one in asked]


def stored(line: Line) -> int:
    with scope(line.account):
        return Message.objects.for_account(line.account).count()


@pytest.fixture(scope="module")
def everything(route: None) -> Line:
    return Line()


# -- unusual and good ------------------------------------------------------------------------------

TEXTS: Final = (
    "👍🏽 👨‍👩‍👧‍👦 🇫🇷", "שלום עולם", "مرحبا بالعالم", "日本語のテキスト", "a\nb\r\nc\td", "\\", "\\\\",
    '"quoted"', "'", "{}", "{name}", "%s %(name)s", "</script><b>", "=1+1", "null", "\\u0000",
    "\\ud800", "content", "destination_number", "messages", "[" * 60 + "{" * 60, "é", "e\u0301",
    "\u202eabc", "\u200d", "\x7f", "\x1b[31m", "￿", "\U0010ffff", "0", " a ", "a" * 5000,
    "🙂" * 5000, '", "content": "x',
)  # fmt: skip


@pytest.mark.parametrize("escaped", [True, False], ids=["escaped", "plain"])
def test_unusual_texts_come_back_unchanged(everything: Line, escaped: bool) -> None:
    messages = [item(content=text) for text in TEXTS]
    body = json.dumps({"messages": messages}, ensure_ascii=escaped)
    answer = send(everything, body)
    assert answer.status_code == 202, answer.content
    echoed = answer.json()["messages"]
    assert [one["content"] for one in echoed] == list(TEXTS)
    for text, one_ in zip(TEXTS, echoed, strict=True):
        assert everything.show(one_["message_id"])["content"] == text


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:30])
def test_an_unusual_text_alone_is_accepted(everything: Line, text: str) -> None:
    assert send(everything, one(content=text)).status_code == 202


GOOD: Final[list[dict[str, Any]]] = [
    {"metadata": {"content": "a", "messages": "b", "format": "c", "a": "content"}},
    {"metadata": {"🙂": "👍", "é": "\\u0000", "a" * 100: "b" * 256}},
    {"metadata": {}},
    {"metadata": None, "scheduled": None, "format": None, "source_number": None},
    {"media": [], "subject": ""},
    {"scheduled": "2999-12-24T09:30:00Z"},
    {"scheduled": "2999-12-24t09:30:00.123456+05:45"},
    {"scheduled": "2999-12-24T09:30"},
    {"scheduled": (NOW - timedelta(minutes=1)).isoformat()},
    {"message_expiry_timestamp": "2999-12-24T09:30:00Z"},
    {"source_number": "VERDIER", "source_number_type": "ALPHANUMERIC", "delivery_report": False},
    {"source_number": "verdier"},
    {"source_number": 'a"b\\{c}'},
    {"callback_url": "https://example.test/" + "a" * 2000},
    {"max_segments": 1},
    {"max_segments": 255},
    {"message_class": "standard", "format": "SMS"},
    {"destination_number": "+33612345"},
    {"destination_number": "+336123456701234"},
]


@pytest.mark.parametrize("fields", GOOD, ids=lambda fields: ascii(fields)[:50])
def test_unusual_fields_are_accepted_and_shown(everything: Line, fields: dict[str, Any]) -> None:
    answer = send(everything, one(**fields))
    assert answer.status_code == 202, answer.content
    [echoed] = answer.json()["messages"]
    for name, value in fields.items():
        if name not in ("scheduled", "message_expiry_timestamp"):
            assert echoed[name] == value
    shown = everything.show(echoed["message_id"])
    assert shown["metadata"] == (fields.get("metadata") or {})
    if fields.get("scheduled"):
        assert datetime.fromisoformat(shown["scheduled"]) == datetime.fromisoformat(
            fields["scheduled"]
        ).replace(tzinfo=datetime.fromisoformat(fields["scheduled"]).tzinfo or UTC)


def test_a_hundred_messages_and_one_number_twice_are_a_hundred(everything: Line) -> None:
    before = stored(everything)
    answer = send(everything, json.dumps({"messages": [item()] * 100}))
    assert answer.status_code == 202
    assert len({one["message_id"] for one in answer.json()["messages"]}) == 100
    assert stored(everything) == before + 100
