"""One rule for two doors: what a program may send to, a person may type."""

import pytest

from hub.lib.phones import show
from tests.line import Line, route
from tests.make import make_member, make_user, signed_in
from tests.messaging.given import url
from tests.messaging.test_new_message import token_of

__all__ = ["route"]


def typed(line: Line, text: str) -> int:
    """What the console answers to a message to the number as it was typed."""
    user = make_user()
    make_member(line.account, user, "owner")
    client = signed_in(user)
    address = url(line.account, "message_new")
    form = {
        "to": text,
        "source": "VERDIER",
        "text": "Bonjour",
        "token": token_of(client.get(address).content.decode()),
        "do": "send",
    }
    return int(client.post(address, form).status_code)


@pytest.mark.parametrize(
    "number",
    [
        "+33612345670",
        # Kept for fiction: possible, and of no operator.
        "+33639980123",
        "+447700900123",
        "+12025550123",
        # A range that is not in use now and may be tomorrow.
        "+33500000000",
    ],
)
def test_both_doors_take_it(number: str, route: None) -> None:
    line = Line()
    line.send(number)
    assert typed(line, show(number)) == 302
    assert typed(line, number) == 302


@pytest.mark.parametrize("number", ["+0033612345670", "+336", "+3361234567012345", "++33612345670"])
def test_neither_door_takes_it(number: str, route: None) -> None:
    line = Line()
    answer = line.post({"content": "Bonjour", "destination_number": number})
    assert answer.status_code == 400
    assert typed(line, number) == 422
