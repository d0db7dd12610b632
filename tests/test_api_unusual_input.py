"""The rest of the message API's input: cancellations, anything at all, and the unusual but good.

What is taken comes back as it was; everything else is refused whole.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tenancy import scope
from messaging.models import Message
from tests.line import Line, route
from tests.test_api_input import NO_DOCUMENT, TO, item, one, refused, send

__all__ = ["route"]

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
    "twice": b'{"status": "cancelled", "status": "cancelled"}',
    "twice, once spelt in code": b'{"status": "cancelled", "\\u0073tatus": "cancelled"}',
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


def test_every_fault_of_a_cancellation_is_named(waiting: tuple[Line, str]) -> None:
    line, id_ = waiting
    body = b'{"status": "x", "a/b": 1, "status": "y"}'
    told = refused(send(line, body, path=f"/v1/messages/{id_}", method="put"), 400)
    assert told["details"] == [
        "/a~1b: unknown field", "/status: named twice", '/status: expected "cancelled"',
    ]  # fmt: skip


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
    | st.sampled_from([TO, "SMS", "standard", "", "\0", "\ud800"])
    | st.sampled_from(["2999-01-01T08:00:00Z", "a" * 600])
)  # fmt: skip
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
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


@pytest.mark.parametrize("document", ['"hello"', '"\\ud800"', "[]", "7", "null"])
def test_a_document_that_is_no_object_is_told_so(everything: Line, document: str) -> None:
    answer = send(everything, document.encode(), "application/json")
    assert answer.status_code == 400
    assert answer.json()["details"] == ["/: expected an object with the field messages"]


# -- unusual and good ------------------------------------------------------------------------------

TEXTS: Final = (
    "👍🏽 👨‍👩‍👧‍👦 🇫🇷", "שלום עולם", "مرحبا بالعالم", "日本語のテキスト", "a\nb\r\nc\td",
    "\\", "\\\\",
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
    {"message_expiry_timestamp": "2999-12-24T09:30:00Z"},
    {"source_number": "VERDIER", "source_number_type": "ALPHANUMERIC", "delivery_report": False},
    {"source_number": "verdier"},
    {"source_number": "38080", "source_number_type": "SHORTCODE"},
    {"source_number": "+33644600000", "source_number_type": "INTERNATIONAL"},
    {"source_number": "33644600000", "source_number_type": "INTERNATIONAL"},
    {"source_number": None, "source_number_type": None},
    {"callback_url": "https://example.test:8443/~a?b=c"},
    {"callback_url": "http://127.0.0.1:9999/opened-by-the-operator"},
    {"source_number": 'a"b\\{c}'},
    {"callback_url": "https://example.test/" + "a" * 2000},
    {"max_segments": 1},
    {"max_segments": 255},
    {"message_class": "standard", "format": "SMS"},
    {"destination_number": "+33612345"},
    {"destination_number": "+336123456701234"},
]


def test_a_schedule_a_minute_ago_is_now(everything: Line) -> None:
    just = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert send(everything, one(scheduled=just)).status_code == 202


@pytest.mark.parametrize("number", range(len(GOOD)))
def test_unusual_fields_are_accepted_and_shown(everything: Line, number: int) -> None:
    fields = GOOD[number]
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
