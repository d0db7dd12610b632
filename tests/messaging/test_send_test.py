"""Sending from the console: checked only, sent once, explained."""

import re

import pytest
from django.test import Client

from accounts.models import Account
from messaging import states
from tests import make
from tests.messaging.given import NEVER, count_of, funded, sent, state_of, url, words_of


def filled(client: Client, account: Account, **changed: str) -> dict[str, str]:
    """What a person who opens the page and types would submit."""
    page = client.get(url(account, "message_new")).content.decode()
    [token] = re.findall(r'name="token" value="([^"]+)"', page)
    return {
        "to": "06 12 34 56 70", "source": "VERDIER", "text": "Bonjour", "token": token,
        "do": "send", **changed,
    }  # fmt: skip


def test_a_message_is_sent_and_its_page_follows() -> None:
    account, owner = funded()
    answer = owner.post(url(account, "message_new"), filled(owner, account))
    assert answer.status_code == 302
    message_id = answer["Location"].rstrip("/").rpartition("/")[2]
    assert answer["Location"] == url(account, "message", message_id=message_id)
    page = words_of(owner.get(answer["Location"]).content)
    assert "Message to +33 6 12 34 56 70" in page
    assert "From this console, by Alice Martin" in page
    sent(account, message_id, states.DELIVERED)


def test_submitting_twice_sends_once() -> None:
    account, owner = funded()
    form = filled(owner, account)
    first, second = (owner.post(url(account, "message_new"), form) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert count_of(account) == 1


def test_the_same_page_cannot_send_something_else() -> None:
    account, owner = funded()
    form = filled(owner, account)
    owner.post(url(account, "message_new"), form)
    answer = owner.post(url(account, "message_new"), {**form, "text": "Another text"})
    assert answer.status_code == 422
    assert "already sent another message" in words_of(answer.content)
    assert count_of(account) == 1


def test_checking_shows_every_rule_and_stores_nothing() -> None:
    account, owner = funded(hours_on=True, week=NEVER)
    answer = owner.post(url(account, "message_new"), filled(owner, account, do="check"))
    page = words_of(answer.content)
    assert answer.status_code == 200
    assert "Nothing was sent, stored or charged." in page
    assert "Held The sending hours leave no minute open." in page
    assert "Sender Passed The sender VERDIER is registered for this account." in page
    assert "Sending hours Holds it" in page
    assert "1 (GSM-7)" in page
    assert "€0.045" in page
    assert count_of(account) == 0


def test_a_check_that_passes_can_be_sent_from_its_page() -> None:
    account, owner = funded()
    checked = owner.post(url(account, "message_new"), filled(owner, account, do="check"))
    assert "it would leave at once" in words_of(checked.content)
    [token] = re.findall(r'name="token" value="([^"]+)"', checked.content.decode())
    form = filled(owner, account, token=token)
    assert owner.post(url(account, "message_new"), form).status_code == 302
    assert count_of(account) == 1


def test_a_rule_that_blocks_is_explained_and_is_no_error() -> None:
    account, owner = funded()
    make.opt_out(account, "+33612345699")
    form = filled(owner, account, to="+33612345699")
    answer = owner.post(url(account, "message_new"), form, follow=True)
    assert answer.status_code == 200
    assert "Blocked This person replied STOP." in words_of(answer.content)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("to", "", "Enter the number to send to."),
        ("to", "12", "Nobody can have this number."),
        ("to", "call me", "A number has digits"),
        ("to", "112", "emergency number"),
        ("text", "   ", "Write the text to send."),
        ("text", "x" * 5001, "5000"),
        ("source", "NOTOURS", "NOTOURS"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field_and_above(
    field: str, value: str, said: str
) -> None:
    account, owner = funded()
    form = filled(owner, account, **{field: value})
    answer = owner.post(url(account, "message_new"), form)
    page = words_of(answer.content)
    assert answer.status_code == 422
    assert "There is a problem" in page
    assert page.count(said) >= 2
    assert f'href="#id_{field}"' in answer.content.decode()
    assert count_of(account) == 0


def test_line_breaks_count_once() -> None:
    account, owner = funded()
    text = "a\r\n" * 80
    answer = owner.post(url(account, "message_new"), filled(owner, account, text=text, do="check"))
    assert "1 (GSM-7)" in words_of(answer.content)


def test_the_counter_stands_on_the_page_without_script() -> None:
    account, owner = funded()
    page = words_of(owner.get(url(account, "message_new")).content)
    assert "1 segment, 160 characters left (GSM-7)" in page


def test_a_form_without_its_token_is_refused() -> None:
    account, owner = funded()
    form = filled(owner, account, token="")
    assert owner.post(url(account, "message_new"), form).status_code == 422
    assert count_of(account) == 0


def test_only_roles_that_send_are_let_in() -> None:
    account, _owner = funded()
    user = make.make_user()
    make.make_member(account, user, "billing")
    client = make.signed_in(user)
    assert client.get(url(account, "message_new")).status_code == 403
    assert client.post(url(account, "message_new"), {"to": "+33612345670"}).status_code == 403


def test_a_message_from_the_console_waits_like_any_other() -> None:
    account, owner = funded(hours_on=True, week=NEVER)
    answer = owner.post(url(account, "message_new"), filled(owner, account))
    message_id = answer["Location"].rstrip("/").rpartition("/")[2]
    assert state_of(account, message_id) == states.HELD
