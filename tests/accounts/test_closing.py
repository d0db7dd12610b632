"""Closing an account in stages, and every way back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.closing import HasSubaccounts, close_account, close_for_good, keep_account
from accounts.models import Account
from accounts.suspension import WrongState
from accounts.sweeps import close_accounts
from accounts.tenancy import scope
from apisettings import keys
from hub.lib.ids import uuid7
from senders.models import Sender
from tests.accounts.given import ACTOR, address, entries_of, member_of, save, shown
from tests.conftest import worker
from tests.line import Line, route, work
from tests.mailbox import letters_to
from tests.make import (
    EURO,
    PASSWORD,
    fund,
    make_account,
    make_key,
    make_member,
    make_user,
)

__all__ = ["route"]


def close(client: Client, account: Account, **given: str) -> int:
    sent = {"typed": account.name, "password": PASSWORD} | given
    return client.post(address(account, "account_close"), sent).status_code


def state_of(account: Account) -> str:
    return Account.objects.get(pk=account.pk).state


def closing(account: Account) -> None:
    with scope(account):
        close_account(account, actor=ACTOR)


def kept(account: Account) -> None:
    with scope(account):
        keep_account(account, actor=ACTOR)


# -- the page ------------------------------------------------------------------------------


def test_the_page_tells_what_happens_by_date_and_asks_for_name_and_password() -> None:
    line = Line()
    line.send(scheduled=(timezone.now() + timedelta(days=1)).isoformat())
    html = member_of(line.account).get(address(line.account, "account_close")).content.decode()
    assert "Close Maison Test" in html
    assert "1 message waits." in html
    assert "€99.95 stays in the wallet" in html or "€99.96 stays in the wallet" in html
    assert 'name="typed"' in html
    assert 'autocomplete="current-password"' in html


def test_a_sub_account_is_told_that_the_money_is_its_parents() -> None:
    line = Line()
    child = make_account("Atelier Test", parent=line.account, payer=line.account)
    html = member_of(child).get(address(child, "account_close")).content.decode()
    assert "The wallet is the parent account’s" in html
    assert "pay it back" not in html


MESSAGES = "Messages that wait will not be sent unless the account is reopened in time"
BALANCE = "balance stays in the wallet unless support pays it back"


def account_that_keeps(*, message: bool, money: bool) -> Account:
    """An open account with a message that waits, with money of its own, or with both."""
    line = Line()
    account = line.account
    if not money:  # the parent's pays
        account = make_account("Atelier Test", parent=line.account, payer=line.account)
    if message:
        tomorrow = (timezone.now() + timedelta(days=1)).isoformat()
        sent = {"content": "Bonjour", "destination_number": "+33612345670", "scheduled": tomorrow}
        assert line.post(sent, key=make_key(account)).status_code == 202
    return account


@pytest.mark.parametrize(
    ("message", "money", "told"),
    [
        (True, True, [MESSAGES, BALANCE]),
        (True, False, [MESSAGES]),
        (False, True, [BALANCE]),
    ],
)
def test_what_is_left_is_listed_and_nothing_closes_without_a_tick_for_it(
    message: bool, money: bool, told: list[str]
) -> None:
    account = account_that_keeps(message=message, money=money)
    client, page = member_of(account), address(account, "account_close")
    sent = {"typed": account.name, "password": PASSWORD}
    shown, refused = client.get(page), client.post(page, sent)
    assert refused.status_code == 422
    assert 'href="#id_sure"' in refused.content.decode()
    assert state_of(account) == "open"
    for answer in (shown, refused):
        html = answer.content.decode()
        label = html.split('<label for="id_sure">')[1].split("</label>")[0]
        assert [words for words in (MESSAGES, BALANCE) if words in label] == told
        assert ("1 message waits." in html) is message
        assert ("stays in the wallet. Ask support" in html) is money
    assert close(client, account, sure="on") == 302
    assert state_of(account) == "closing"


def test_without_anything_left_no_tick_is_asked_for() -> None:
    for account in (make_account(), account_that_keeps(message=False, money=False)):
        client = member_of(account)
        assert 'name="sure"' not in client.get(address(account, "account_close")).content.decode()
        assert close(client, account) == 302


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"typed": "Maison Tests"}, "This is not the account’s name."),
        ({"typed": ""}, "Type the account’s name."),
        ({"password": "wrong"}, "This is not your password."),
        ({"password": ""}, "Enter your password."),
    ],
)
def test_a_wrong_name_or_password_closes_nothing(given: dict[str, str], told: str) -> None:
    account = make_account()
    sent = {"typed": account.name, "password": PASSWORD} | given
    answer = member_of(account).post(address(account, "account_close"), sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert state_of(account) == "open"


def test_guessing_the_password_is_bounded() -> None:
    account = make_account()
    client = member_of(account)
    answers = [
        client.post(address(account, "account_close"), {"typed": "x", "password": f"no{n}"})
        for n in range(15)
    ]
    assert "Too many attempts" in answers[-1].content.decode()
    assert close(client, account) == 422
    assert state_of(account) == "open"


def test_the_typed_name_may_differ_in_case_and_spaces() -> None:
    account = make_account("Maison  Étoile".replace("  ", " "))
    assert close(member_of(account), account, typed=" MAISON\u00a0 e\u0301toile") == 302
    assert state_of(account) == "closing"


def test_only_owners_see_the_page_and_close() -> None:
    account = make_account()
    for role in ("administrator", "advanced", "basic", "billing", "developer"):
        client = member_of(account, role)
        assert client.get(address(account, "account_close")).status_code == 403
        assert close(client, account) == 403
    html = member_of(account, "administrator").get(address(account)).content.decode()
    assert "Only an owner can close this account." in html
    assert state_of(account) == "open"


# -- grace ---------------------------------------------------------------------------------


def test_closing_writes_one_entry_and_every_page_offers_the_way_back() -> None:
    account = make_account()
    client = member_of(account)
    assert close(client, account) == 302
    (entry,) = entries_of(account)
    assert entry.action == "account.closing"
    assert entry.changes["state"] == ["open", "closing"]
    for page in ("account_general", "numbers_settings", "contacts"):
        answer = client.get(address(account, page))
        html = answer.content.decode()
        assert answer.status_code == 200, answer.headers
        assert "This account is being closed" in html
        assert "Keep the account" in html
    reader = member_of(account, "administrator").get(address(account)).content.decode()
    assert "An owner can reopen it until then." in reader
    assert "Keep the account" not in reader


def test_a_closing_account_can_be_looked_at_and_not_changed() -> None:
    account = make_account("Before")
    client = member_of(account)
    sent = shown(client, account, "name") | {"name": "After"}
    closing(account)
    assert client.post(address(account), sent).status_code == 409
    assert close(client, account) == 409
    account.refresh_from_db()
    assert account.name == "Before"
    assert client.get(address(account, "account_close")).status_code == 302


def test_keys_are_refused_at_once_and_work_again_when_it_is_kept() -> None:
    line = Line()
    id_ = line.send()
    closing(line.account)
    keys.forget()
    assert line.post({"content": "x", "destination_number": "+33612345670"}).status_code == 401
    kept(line.account)
    keys.forget()
    assert line.show(id_)["status"]


def test_waiting_messages_wait_and_leave_when_it_is_kept() -> None:
    line = Line()
    id_ = line.send()
    closing(line.account)
    work()
    kept(line.account)
    keys.forget()
    found = line.show(id_)
    assert (found["status"], found["reason"]) == ("held", "closing_wait")
    assert line.balances()["held"] > 0
    line.becomes(id_, "delivered")


def test_an_account_that_never_changed_a_setting_feels_it_as_soon() -> None:
    """Without a row of sending settings the account's own row is what is reviewed."""
    id_ = uuid7()
    line = Line.__new__(Line)
    line.account = Account.objects.create(id=id_, name="Bare", path=[id_])
    with scope(line.account):
        Sender.objects.create(account=line.account, address="VERDIER", kind="alpha")
    fund(line.account)
    line.key, line.client = make_key(line.account), Client()
    sent = line.send(source_number="VERDIER")
    closing(line.account)
    work()
    kept(line.account)
    keys.forget()
    assert line.show(sent)["reason"] == "closing_wait"
    line.becomes(sent, "delivered")


def test_keep_is_for_owners_and_once() -> None:
    account = make_account()
    owner, admin = member_of(account), member_of(account, "administrator")
    closing(account)
    assert admin.post(address(account, "account_keep")).status_code == 403
    assert owner.get(address(account, "account_keep")).status_code == 405
    for _click in range(2):
        assert owner.post(address(account, "account_keep")).status_code == 302
    assert state_of(account) == "open"
    assert [entry.action for entry in entries_of(account)] == [
        "account.closing", "account.reopened",
    ]  # fmt: skip
    assert save(owner, account, "name", name="Again").status_code == 302


# -- the end -------------------------------------------------------------------------------


def test_after_the_grace_it_is_closed_and_what_waited_is_not_sent_and_not_billed() -> None:
    line = Line()
    client = member_of(line.account)
    line.send()
    closing(line.account)
    work()
    with worker():
        close_accounts()
    assert state_of(line.account) == "closing"
    Account.objects.filter(pk=line.account.pk).update(closes_at=timezone.now())
    with worker():
        close_accounts()
        close_accounts()
    assert state_of(line.account) == "closed"
    work()
    assert line.balances()["held"] == 0
    assert line.balances()["main"] == 100 * EURO
    assert client.get(address(line.account)).status_code == 404
    entry = entries_of(line.account)[-1]
    assert (entry.action, entry.actor_label, entry.channel) == ("account.closed", "Hub", "clock")


def test_it_is_not_closed_one_second_early() -> None:
    account = make_account()
    closing(account)
    closes_at = account.closes_at
    assert closes_at is not None
    with worker():
        assert close_for_good(account, now=closes_at - timedelta(seconds=1)) is False
        assert close_for_good(account, now=closes_at) is True
        assert close_for_good(account, now=closes_at) is False


def test_a_closed_account_cannot_be_kept() -> None:
    account = make_account()
    closing(account)
    with worker():
        close_for_good(account, now=timezone.now() + timedelta(days=15))
    with pytest.raises(WrongState):
        kept(account)


def test_a_suspended_account_cannot_close_and_reopen_itself_free() -> None:
    account = make_account(state="suspended")
    with pytest.raises(WrongState):
        closing(account)
    assert close(member_of(account), account) == 302
    assert state_of(account) == "suspended"


def test_sub_accounts_are_closed_first() -> None:
    parent = make_account()
    make_account("Atelier", parent=parent)
    with pytest.raises(HasSubaccounts):
        closing(parent)
    sent = {"typed": parent.name, "password": PASSWORD}
    answer = member_of(parent).post(address(parent, "account_close"), sent)
    assert answer["Location"] == address(parent) + "#close"
    assert state_of(parent) == "open"
    html = member_of(parent).get(address(parent)).content.decode()
    assert "Close the accounts below this one first: Atelier." in html


# -- letters -------------------------------------------------------------------------------


def test_every_owner_is_written_to_in_their_language_once() -> None:
    account = make_account("Maison Lettres")
    english, french = make_user(), make_user("Léa Roux", language="fr")
    for user in (english, french):
        make_member(account, user, "owner")
    make_member(account, (other := make_user("Bob")), "administrator")
    closing(account)
    (letter,), (lettre,) = letters_to(english.email), letters_to(french.email)
    assert letters_to(other.email) == []
    assert letter.subject == "Maison Lettres is being closed"
    assert "Alice Martin" in letter.body
    assert account.public_id in letter.body
    assert "Keep the account" in " ".join(letter.body.split())
    assert "Léa Roux" in lettre.body
    assert lettre.subject != letter.subject


def test_a_change_that_fails_writes_to_nobody() -> None:
    account = make_account(state="suspended")
    make_member(account, (owner := make_user()), "owner")
    with pytest.raises(WrongState):
        closing(account)
    assert letters_to(owner.email) == []


def test_names_with_line_breaks_cannot_reach_a_subject() -> None:
    account = make_account()
    assert save(member_of(account), account, "name", name="A\r\nBcc: x").status_code == 422
