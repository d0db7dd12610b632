"""docs/openapi.yaml tells what the door does; `make check-api` tells whether it is current."""

import re
from typing import Any

import pytest
import yaml
from django.conf import settings

OPERATIONS = [
    (method, path)
    for method, path in (
        ("post", "/v1/messages"), ("post", "/v1/messages/check"),
        ("get", "/v1/messages/{message_id}"), ("put", "/v1/messages/{message_id}"),
    )
]  # fmt: skip


@pytest.fixture(scope="module")
def written() -> Any:
    return yaml.safe_load((settings.BASE_DIR / "docs" / "openapi.yaml").read_text("utf-8"))


def test_these_are_all_operations(written: Any) -> None:
    found = [(method, path) for path, all_ in written["paths"].items() for method in all_]
    assert sorted(found) == sorted(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_an_operation_lists_what_it_may_answer_and_the_account_it_acts_for(
    written: Any, method: str, path: str
) -> None:
    described = written["paths"][path][method]
    answers = described["responses"]
    assert {"400", "401", "403", "503"} <= answers.keys()
    assert ("requestBody" in described) == ({"411", "413", "415"} <= answers.keys())
    assert "Retry-After" in answers["503"]["headers"]
    headers = {one["name"] for one in described["parameters"] if one["in"] == "header"}
    assert headers - {"Idempotency-Key"} == {"Account"}
    assert ("422" in answers) == ("Idempotency-Key" in headers) == (path == "/v1/messages")


def test_the_idempotency_key_is_described_with_its_rule(written: Any) -> None:
    [key] = [
        one for one in written["paths"]["/v1/messages"]["post"]["parameters"]
        if one["name"] == "Idempotency-Key"
    ]  # fmt: skip
    assert "byte for byte" in key["description"]
    taken = re.compile(key["schema"]["pattern"])
    for number in range(0x100):
        char = chr(number)
        good = char.isascii() and char.isprintable() and char != ","
        assert bool(taken.fullmatch(char)) == good, char
