"""Bad input at the door of the message API: refused whole, with a pointer, and nothing is left.

Unusual but valid input is taken and comes back as it was.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from django.core.exceptions import ValidationError

from accounts.tenancy import scope
from apisettings.models import Event
from hub.lib.phones import Doubt
from messaging.models import Batch, Message
from messaging.writing.recipients import DOUBTS, NumbersField
from tests.line import Line, route
from tests.make import EURO

__all__ = ["route"]

TO: Final = "+33612345670"
UNPARSEABLE: Final = (
    "Request failed to parse correctly. Please ensure input is valid and try again."
)


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
        FIRST + "/content",
    ),
    "a name twice, once spelt in code": (
        one().replace('"content"', '"content": "b", "\\u0063ontent"'),
        FIRST + "/content",
    ),
    "a member of metadata twice, once spelt in code": (
        one(metadata={"a": "1"}).replace('"a": "1"', '"a": "1", "\\u0061" : "2"'),
        FIRST + "/metadata/a",
    ),
    "an optional name twice": (
        one(format="SMS").replace('"format"', '"format": "SMS", "format"'),
        FIRST + "/format",
    ),
    "the list twice": (one().replace("{", '{"messages": [], ', 1), "/messages"),
    "a member of metadata twice": (
        one(metadata={"a": "1"}).replace('"a": "1"', '"a": "1", "a": "2"'),
        FIRST + "/metadata/a",
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
    **{
        f"source type {kind!r} of {source!r}": (
            one(source_number=source, source_number_type=kind), FIRST + "/source_number_type",
        )
        for kind, source in (
            ("PIGEON", "VERDIER"), (1, "VERDIER"), (["SHORTCODE"], "38080"), ("", "VERDIER"),
            ("alphanumeric", "VERDIER"), ("ALPHANUMERIC", None), ("INTERNATIONAL", "VERDIER"),
            ("SHORTCODE", "VERDIER"), ("ALPHANUMERIC", "38080"), ("INTERNATIONAL", "38080"),
            ("SHORTCODE", "+33612345670"), ("ALPHANUMERIC", "33612345670"),
            ("SHORTCODE", "33612345670"), ("INTERNATIONAL", "٣٨٠٨٠"),
        )
    },
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
        for metadata in ("a", 1, True, ["a"], {str(n): "a" for n in range(11)})
    },
    **{
        f"member {name[:20]!r} {str(value)[:20]!r}": (
            one(metadata={"good": "a", name: value}), f"{FIRST}/metadata/{pointer}",
        )
        for name, value, pointer in (
            ("", "a", ""), ("a" * 101, "b", "a" * 100), ("a", "b" * 257, "a"), ("a", 1, "a"),
            ("a", None, "a"), ("a", True, "a"), ("a", {"b": "c"}, "a"), ("a", ["b"], "a"),
            ("a", "\0", "a"), ("\0", "a", "\0"), ("a/b~c", 1, "a~1b~0c"), ("~1", 1, "~01"),
        )
    },
    "member half a character": (raw("metadata", '{"a": "\\udfff"}'), FIRST + "/metadata/a"),
    # the rest
    **{
        f"{field} {value!r}": (one(**{field: value}), f"{FIRST}/{field}")
        for field, values in {
            "delivery_report": (1, 0, "true", [], {}),
            "format": ("MMS", "TTS", "sms", "", 1, True),
            "callback_url": (
                "", "ftp://example.test", "javascript:alert(1)", "//example.test", 1, True,
                "http://example.test/", "https://10.0.0.1/", "https://[::1]/", "https://8.8.8.8/",
                "https://169.254.169.254/latest", "https://2130706433/", "https://me@example.test/",
                "https://example.test/#part", "https://example test/", "https://éxample.test/",
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


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ('{"messages": [\n  {"content": "NaN",\n   "max_segments": NaN}]}', "line 3 column 20"),
        ('{"messages": [\n  {"max_segments": -Infinity}]}', "line 2 column 20"),
        ('{"messages": "\\"Infinity", "a": Infinity}', "line 1 column 33"),
        ('{"messages": [\n  {"content" "a"}]}', "line 2 column 14"),
        ("{", "line 1 column 2"),
    ],
)
def test_what_is_no_json_is_told_its_line_and_column(shared: Line, body: str, place: str) -> None:
    [detail] = refused(send(shared, body), 400)["details"]
    assert place in detail


@pytest.mark.parametrize(
    "number", ["+33899123456", "+330899123456", "+19002345678", "+448431234567", "+979123456789"]
)
def test_a_number_that_pays_its_owner_is_refused_at_both_doors(shared: Line, number: str) -> None:
    told = refused(send(shared, one(destination_number=number)), 400)
    words = str(DOUBTS[Doubt.PREMIUM])
    assert told["details"] == [f"/messages/0/destination_number: {words}"]
    nothing_is_left(shared)
    if not number.startswith("+330"):
        with pytest.raises(ValidationError, match=words):
            NumbersField().clean(number)


def test_ten_thousand_faults_make_a_short_answer(shared: Line) -> None:
    unknown = {f"field{number}": 1 for number in range(10_000)}
    told = refused(send(shared, one(**unknown)), 400)
    assert 1 <= len(told["details"]) <= 500
    nothing_is_left(shared)
