"""What carries a message to the API: content type, coding, size, key, method and address."""

import gzip
from typing import Final

import pytest

from tests.line import Line, route
from tests.test_api_input import nothing_is_left, one, refused, send, shared

__all__ = ["route", "shared"]

TOO_LARGE: Final = 10 * 1024 * 1024
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
    told = refused(send(shared, one(), **{"Idempotency-Key": key}), 400)
    assert [detail.partition(": ")[0] for detail in told["details"]] == ["Idempotency-Key"]
    nothing_is_left(shared)


@pytest.mark.parametrize("length", [1, 240, 241, 251, 252, 255])
def test_an_idempotency_key_of_any_allowed_length_works(length: int) -> None:
    line = Line()
    key = ("k" * length)[:length]
    first = send(line, one(), **{"Idempotency-Key": key})
    assert first.status_code == 202, first.content
    assert send(line, one(), **{"Idempotency-Key": key}).json() == first.json()
    told = refused(send(line, one(content="b"), **{"Idempotency-Key": key}), 422)
    assert told["details"] == ["Idempotency-Key: used with another body"]
    same_but_for_a_blank = one() + " "
    refused(send(line, same_but_for_a_blank, **{"Idempotency-Key": key}), 422)


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
