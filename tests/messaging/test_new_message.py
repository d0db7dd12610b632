"""A message to a few people at once: read line by line, each with a text of its own."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from accounts.tenancy import scope
from messaging.models import Batch, Message, MessageTemplate
from senders.models import Sender, SendingSettings
from tests import make
from tests.messaging.given import count_of, funded, given, url, words, words_of

MOST_QUERIES = 12
ANA, BEN, CID = "+33612345670", "+33612345671", "+33612345672"


def template_of(account: Account, body: str, **fields: Any) -> str:
    with scope(account):
        made = MessageTemplate.objects.create(
            account=account, name=f"T {uuid4()}", body=body, changed_at=timezone.now(),
            changed_by="Alice", **fields,
        )  # fmt: skip
    return str(made.pk)


def filled(client: Client, account: Account, **changed: str) -> dict[str, str]:
    """What a person who opens the page and types would submit."""
    page = client.get(url(account, "message_new")).content.decode()
    return {
        "to": f"{ANA}\r\n06 12 34 56 71\r\n\r\n{CID}", "source": "VERDIER", "text": "Bonjour",
        "token": token_of(page), "do": "send", **changed,
    }  # fmt: skip


def token_of(page: str) -> str:
    [token] = re.findall(r'name="token" value="([^"]+)"', page)
    return str(token)


def text_in(page: bytes) -> str:
    [text] = re.findall(r"<textarea[^>]*id=\"id_text\"[^>]*>\n?([^<]*)</textarea>", page.decode())
    return str(text)


def sent_to(account: Account) -> dict[str, str]:
    with scope(account):
        return dict(Message.objects.for_account(account).values_list("to", "body"))


def test_every_line_gets_its_message_in_one_batch_and_the_list_shows_them() -> None:
    account, owner = funded()
    given(account, "An earlier one")
    answer = owner.post(url(account, "message_new"), filled(owner, account), follow=True)
    [(address, status)] = answer.redirect_chain
    assert status == 302
    page = words_of(answer.content)
    assert "3 messages accepted." in page
    assert "Written together" in page
    assert page.count("Bonjour") == 3
    assert "An earlier one" not in page
    with scope(account):
        batch = Batch.objects.for_account(account).get(count=3)
    assert address == f"{url(account)}?batch={batch.pk}"
    assert sent_to(account).keys() >= {ANA, BEN, CID}


def test_submitting_twice_sends_each_once() -> None:
    account, owner = funded()
    form = filled(owner, account)
    first, second = (owner.post(url(account, "message_new"), form) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert count_of(account) == 3


def test_a_contact_renamed_between_two_submits_makes_no_other_message() -> None:
    account, owner = funded()
    contact = make.make_contact(account, ANA, name="Ana")
    form = filled(owner, account, to=ANA, text="Hi {name}")
    owner.post(url(account, "message_new"), form)
    with scope(account):
        contact.name = "Anna"
        contact.save()
    assert owner.post(url(account, "message_new"), form).status_code == 302
    assert sent_to(account) == {ANA: "Hi Ana"}


def test_fields_are_filled_for_each_from_the_contacts() -> None:
    account, owner = funded()
    make.make_contact(account, ANA, name="Ana Sol")
    make.make_contact(account, ANA)
    make.make_contact(account, BEN, name="{number}")
    elsewhere, _its_owner = funded()
    make.make_contact(elsewhere, CID, name="Not ours")
    text = "{name|you}: {number}"
    owner.post(url(account, "message_new"), filled(owner, account, text=text))
    assert sent_to(account) == {
        ANA: "Ana Sol: +33 6 12 34 56 70",
        BEN: "{number}: +33 6 12 34 56 71",
        CID: "you: +33 6 12 34 56 72",
    }


def test_who_has_no_name_and_no_word_instead_is_named_and_nothing_is_sent() -> None:
    account, owner = funded()
    make.make_contact(account, ANA, name="Ana")
    form = filled(owner, account, text="Hi {name}")
    answer = owner.post(url(account, "message_new"), form)
    page = words_of(answer.content)
    assert answer.status_code == 422
    assert "No contact with a name has +33 6 12 34 56 71" in page
    assert "No contact with a name has +33 6 12 34 56 72" in page
    assert "has +33 6 12 34 56 70" not in page
    assert count_of(account) == 0


def test_a_text_that_its_fields_make_too_long_is_refused() -> None:
    account, owner = funded()
    make.make_contact(account, ANA, name="x" * 80)
    form = filled(owner, account, to=ANA, text="{name}" * 70)
    answer = owner.post(url(account, "message_new"), form)
    assert answer.status_code == 422
    assert "too long once the fields are filled in for +33 6 12 34 56 70" in words_of(
        answer.content
    )
    assert count_of(account) == 0


@pytest.mark.parametrize(
    ("to", "said"),
    [
        (f"{ANA}\n12\n\ncall me", ["Line 2: Nobody can have", "Line 4: A number has digits"]),
        (f"{ANA}\n\n06 12 34 56 70", ["Line 3: +33 6 12 34 56 70 stands in line 1 already."]),
        (f"112\n{ANA}\n112", ["Line 1: This is an emergency", "Line 3: This is an emergency"]),
        ("\n \n", ["Enter the number to send to."]),
        ("\n".join(f"+336123456{n}" for n in range(10, 31)), ["At most 20 numbers", "are 21"]),
        ("+33 " * 600, ["2000"]),
    ],
)
def test_each_line_at_fault_is_named(to: str, said: list[str]) -> None:
    account, owner = funded()
    answer = owner.post(url(account, "message_new"), filled(owner, account, to=to))
    page = words_of(answer.content)
    assert answer.status_code == 422
    for sentence in said:
        assert page.count(sentence) >= 2, sentence
    assert 'href="#id_to"' in answer.content.decode()
    assert count_of(account) == 0


def test_twenty_numbers_are_taken() -> None:
    account, owner = funded()
    to = "\n".join(f"+336123456{number}" for number in range(10, 30))
    owner.post(url(account, "message_new"), filled(owner, account, to=to))
    assert count_of(account) == 20


def test_checking_gives_a_row_for_each_and_stores_nothing() -> None:
    account, owner = funded()
    make.opt_out(account, BEN)
    make.make_contact(account, ANA, name="Ana Sol")
    form = filled(owner, account, text="Hi {name|you}", do="check")
    answer = owner.post(url(account, "message_new"), form)
    page = words_of(answer.content)
    assert answer.status_code == 200
    assert "Nothing was sent, stored or charged." in page
    assert "Every check passes: it would leave at once. Hi Ana Sol 1 €0.045" in page
    assert "Blocked This person replied STOP." in page
    assert "2 segments that would leave or wait" in page
    assert "€0.09" in page
    assert token_of(answer.content.decode()) == form["token"]
    assert count_of(account) == 0


def test_a_check_that_asks_for_more_than_there_is_says_so_of_every_row() -> None:
    account = make.make_account()
    make.fund(account, 100_000)
    user = make.make_user()
    make.make_member(account, user, "owner")
    client = make.signed_in(user)
    answer = client.post(url(account, "message_new"), filled(client, account, do="check"))
    page = words_of(answer.content)
    assert page.count("Blocked") == 3
    assert "0 segments that would leave or wait" in page
    assert count_of(account) == 0


def test_a_template_named_in_the_address_fills_the_text() -> None:
    account, owner = funded()
    template_id = template_of(account, "Hello {name|you}")
    page = owner.get(url(account, "message_new"), {"template": template_id})
    assert text_in(page.content) == "Hello {name|you}"
    assert f'value="{template_id}" selected' in page.content.decode()


def test_a_template_is_used_without_script_and_keeps_the_rest() -> None:
    account, owner = funded()
    template_id = template_of(account, "From the template")
    form = filled(owner, account, template=template_id, do="use")
    answer = owner.post(url(account, "message_new"), form)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert text_in(answer.content) == "From the template"
    assert "06 12 34 56 71" in html
    assert token_of(html) == form["token"]
    assert count_of(account) == 0


def test_a_template_that_is_not_there_changes_nothing() -> None:
    account, owner = funded()
    template_of(account, "There is one, so that the choice is shown")
    gone = template_of(account, "Archived", archived_at=timezone.now())
    elsewhere, _its_owner = funded()
    foreign = template_of(elsewhere, "Not ours")
    for asked in (gone, foreign, str(uuid4()), "x"):
        page = owner.get(url(account, "message_new"), {"template": asked})
        assert text_in(page.content) == ""
        assert "archived or no longer there" in words_of(page.content)
        form = filled(owner, account, template=asked, do="use")
        used = owner.post(url(account, "message_new"), form)
        assert text_in(used.content) == "Bonjour"
        assert "Choose a template first" in words_of(used.content)
    form = filled(owner, account, template=gone)
    assert owner.post(url(account, "message_new"), form).status_code == 302


def test_plain_spellings_are_put_in_on_request() -> None:
    account, owner = funded()
    form = filled(owner, account, text="À bientôt", do="plain")
    answer = owner.post(url(account, "message_new"), form)
    assert text_in(answer.content) == "A bientot"
    assert "Replaced: À → A · ô → o" in words_of(answer.content)
    assert ANA in answer.content.decode()


def test_a_field_that_does_not_exist_is_said_and_nothing_is_sent() -> None:
    account, owner = funded()
    answer = owner.post(url(account, "message_new"), filled(owner, account, text="{a.__class__}"))
    assert answer.status_code == 422
    assert "character 1: a field looks like {name}" in words_of(answer.content)
    assert count_of(account) == 0


def test_a_batch_that_is_not_ours_shows_nothing_and_a_mangled_one_everything() -> None:
    account, owner = funded()
    given(account, "Ours")
    elsewhere, _its_owner = funded()
    given(elsewhere, "Theirs")
    with scope(elsewhere):
        batch = Batch.objects.for_account(elsewhere).get()
    page = words(owner, url(account), {"batch": str(batch.pk)})
    assert "No message fits these filters" in page
    assert "Ours" in words(owner, url(account), {"batch": "x"})


def test_the_page_asks_the_database_little() -> None:
    account, owner = funded()
    for number in range(3):
        template_of(account, f"Text {number}")
    form = filled(owner, account, text="{name|you}", do="check")
    for ask in (
        lambda: owner.get(url(account, "message_new")),
        lambda: owner.post(url(account, "message_new"), form),
    ):
        with CaptureQueriesContext(connection) as asked:
            ask()
        assert len(asked) <= MOST_QUERIES


@pytest.mark.parametrize(("role", "led_on"), [("owner", True), ("basic", False)])
def test_an_account_without_a_sender_is_told_before_it_writes(role: str, led_on: bool) -> None:
    account, _owner = funded()
    person = make.make_user()
    make.make_member(account, person, role)
    member, place = make.signed_in(person), url(account, "message_new")
    assert "its messages are blocked" not in words(member, place)
    with scope(account):
        SendingSettings.objects.for_account(account).update(default_sender=None)
        Sender.objects.for_account(account).update(state=Sender.State.ENDED)
    told = words(member, place)
    assert "its messages are blocked" in told
    assert ("View senders" in told) is led_on
