"""Duplicate contacts: asked for by the account, decided by staff, never a click."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AccountRequest
from tests.accounts.given import address, entries_of, member_of
from tests.make import make_account, make_user, signed_in

REASON = "Checked with the customer, ticket 88213"


@pytest.fixture
def staff() -> Client:
    return signed_in(make_user("Sam Support", is_staff=True))


def ask(client: Client, account: Account, why: str = "Families share a phone") -> None:
    answer = client.post(address(account, "account_duplicates"), {"why": why})
    assert (answer.status_code, answer["Location"]) == (302, address(account) + "#duplicates")


def decide(staff: Client, account: Account, act: str, reason: str = REASON) -> int:
    asked = AccountRequest.objects.filter(account=account).latest("id")
    url = reverse(f"admin:accounts_accountrequest_{act}", args=[asked.pk])
    return staff.post(url, {"reason": reason}).status_code


def test_a_request_waits_is_approved_and_obeyed(staff: Client) -> None:
    account = make_account()
    client = member_of(account)
    ask(client, account)
    html = client.get(address(account)).content.decode()
    assert "by Alice Martin on" in html
    assert "Request to turn on" not in html
    account.refresh_from_db()
    assert account.duplicate_contacts is False
    assert "Families share a phone" in staff.get(
        reverse("admin:accounts_accountrequest_change",
                args=[AccountRequest.objects.get(account=account).pk])
    ).content.decode()  # fmt: skip
    assert decide(staff, account, "approve") == 302
    account.refresh_from_db()
    assert account.duplicate_contacts is True
    html = client.get(address(account)).content.decode()
    assert REASON in html
    assert "Request to turn off" in html
    asked, approved = entries_of(account)
    assert (asked.action, asked.channel) == ("duplicate_contacts.requested", "console")
    assert (approved.action, approved.channel) == ("duplicate_contacts.approved", "staff")
    assert approved.changes["duplicate_contacts"] == [False, True]
    assert approved.changes["reason"] == [None, REASON]


def test_a_refusal_changes_nothing_but_tells_why_and_may_be_asked_again(staff: Client) -> None:
    account = make_account()
    client = member_of(account)
    ask(client, account)
    assert decide(staff, account, "refuse") == 302
    account.refresh_from_db()
    assert account.duplicate_contacts is False
    assert REASON in client.get(address(account)).content.decode()
    ask(client, account)
    assert AccountRequest.objects.filter(account=account, state="requested").count() == 1


def test_asking_twice_is_one_request() -> None:
    account = make_account()
    client = member_of(account)
    ask(client, account)
    ask(client, account)
    assert AccountRequest.objects.filter(account=account).count() == 1
    assert len(entries_of(account)) == 1


def test_a_request_that_waits_is_withdrawn_and_may_be_asked_again(staff: Client) -> None:
    account = make_account()
    client = member_of(account)
    ask(client, account)
    assert "Withdraw the request" in client.get(address(account)).content.decode()
    withdraw(client, account)
    decide(staff, account, "approve")
    html = client.get(address(account)).content.decode()
    assert "Request to turn on" in html
    assert "Withdraw the request" not in html
    account.refresh_from_db()
    assert account.duplicate_contacts is False
    _asked, withdrawn = entries_of(account)
    assert withdrawn.changes == {"request": ["requested", "cancelled"]}
    ask(client, account)
    assert AccountRequest.objects.filter(account=account, state="requested").count() == 1


def test_an_answer_that_came_first_is_not_withdrawn(staff: Client) -> None:
    account = make_account()
    client = member_of(account)
    ask(client, account)
    decide(staff, account, "approve")
    withdraw(client, account)
    assert "No request waits" in client.get(address(account)).content.decode()
    assert AccountRequest.objects.get(account=account).state == "approved"
    assert len(entries_of(account)) == 2


def withdraw(client: Client, account: Account) -> None:
    answer = client.post(address(account, "account_duplicates_withdraw"))
    assert (answer.status_code, answer["Location"]) == (302, address(account) + "#duplicates")


def test_deciding_twice_counts_once_and_needs_a_reason(staff: Client) -> None:
    account = make_account()
    ask(member_of(account), account)
    assert decide(staff, account, "approve", reason=" ") == 422
    decide(staff, account, "approve")
    decide(staff, account, "refuse")
    account.refresh_from_db()
    assert account.duplicate_contacts is True
    assert len(entries_of(account)) == 2


def test_only_those_who_may_change_ask_and_only_staff_decides() -> None:
    account = make_account()
    for role in ("advanced", "basic", "billing", "developer"):
        answer = member_of(account, role).post(address(account, "account_duplicates"))
        assert answer.status_code == 403
    owner = member_of(account)
    ask(owner, account)
    assert decide(owner, account, "approve") in (302, 403)
    account.refresh_from_db()
    assert account.duplicate_contacts is False
    assert AccountRequest.objects.get(account=account).state == "requested"


@pytest.mark.parametrize("why", ["A" * 201, "a\x00b", "a\u202eb"])
def test_a_reason_that_is_no_line_is_refused(why: str) -> None:
    account = make_account()
    answer = member_of(account).post(address(account, "account_duplicates"), {"why": why})
    assert answer.status_code == 422
    assert 'href="#id_why"' in answer.content.decode()
