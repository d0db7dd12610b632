"""The dry run says what sending then does, also where only the gate finds it out."""

import json

import pytest

from tests.line import Line, route, work
from tests.make import fund, make_account

__all__ = ["route"]

NUMBER = "+33612345600"
ABROAD = "+4915112345670"
pytestmark = pytest.mark.usefixtures("route")


def check(line: Line, *numbers: str) -> list[tuple[str, str, str | None]]:
    """Verdict, status and reason for a message to each."""
    messages = [{"content": "Bonjour", "destination_number": number} for number in numbers]
    answer = line.client.post(
        "/v1/messages/check",
        data=json.dumps({"messages": messages}),
        content_type="application/json",
        headers={"Authorization": line.key.header},
    )
    assert answer.status_code == 200, answer.content
    return [(one["verdict"], one["status"], one["reason"]) for one in answer.json()["messages"]]


def really(line: Line, number: str) -> tuple[str, str | None]:
    """What the gate makes of the same message."""
    id_ = line.send(number)
    work()
    shown = line.show(id_)
    return shown["status"], shown["reason"]


@pytest.mark.parametrize(
    ("over_limit", "verdict", "status", "reason"),
    [("hold", "hold", "held", "limit_held"), ("discard", "refuse", "rejected", "limit_reached")],
)
def test_a_full_limit(over_limit: str, verdict: str, status: str, reason: str) -> None:
    line = Line(limit_day=2, over_limit=over_limit)
    assert check(line, NUMBER, NUMBER, NUMBER) == [
        ("send", "queued", None), ("send", "queued", None), (verdict, status, reason),
    ]  # fmt: skip
    for _one in range(2):
        line.becomes(line.send(NUMBER), "delivered")
    assert check(line, NUMBER) == [(verdict, status, reason)]
    assert really(line, NUMBER) == (status, reason)
    assert check(line, NUMBER) == [(verdict, status, reason)]


def test_a_limit_of_the_account_above() -> None:
    parent = make_account(limit_month=1)
    fund(parent)
    line = Line(parent=parent)
    assert check(line, NUMBER, NUMBER)[1] == ("hold", "held", "limit_held")
    line.becomes(line.send(NUMBER), "delivered")
    assert check(line, NUMBER) == [("hold", "held", "limit_held")]
    assert really(line, NUMBER) == ("held", "limit_held")


def test_a_number_that_no_route_serves() -> None:
    line = Line()
    assert check(line, ABROAD, NUMBER) == [
        ("refuse", "failed", "no_route"), ("send", "queued", None),
    ]  # fmt: skip
    assert really(line, ABROAD) == ("failed", "no_route")
