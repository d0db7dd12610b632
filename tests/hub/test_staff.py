"""The staff desk: who gets in, what is found, and that every act leaves its trace."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from billing.balance import balance_of
from senders.models import SendingSettings
from tests import make

REASON = "Asked by the customer, ticket 4711"


@pytest.fixture
def staff() -> Client:
    return make.signed_in(make.make_user("Sam Support", is_staff=True))


def act(account: Account, name: str) -> str:
    return reverse(f"admin:accounts_account_{name}", args=[account.pk])


def entries(account: Account, action: str) -> list[AuditEntry]:
    with scope(account):
        return list(AuditEntry.objects.for_account(account).filter(action=action))


def available(account: Account) -> int:
    with scope(account):
        balance = balance_of(account)
    assert balance is not None
    return balance.available


def credit_form(staff: Client, account: Account) -> dict[str, str]:
    page = staff.get(act(account, "credit")).content.decode()
    found = re.search(r'name="cause" value="([^"]+)"', page)
    assert found is not None
    return {"cause": found[1], "amount": "25", "reason": REASON}


def test_the_desk_sends_strangers_to_the_consoles_own_sign_in() -> None:
    answer = Client().get("/staff/", follow=True)
    assert [url.split("?")[0] for url, _status in answer.redirect_chain] == [
        "/staff/login/",
        reverse("account_login"),
    ]


def test_a_customer_is_not_let_in(alice: Client, cast: make.Cast) -> None:
    for address in ("/staff/", act(cast.account, "change"), act(cast.account, "suspend")):
        assert alice.get(address, follow=True).status_code == 403
    alice.post(act(cast.account, "suspend"), {"reason": REASON})
    cast.account.refresh_from_db()
    assert cast.account.state == "open"


def test_an_account_is_found_by_its_id_its_name_and_its_owner(
    staff: Client, cast: make.Cast
) -> None:
    listing = reverse("admin:accounts_account_changelist")
    for asked in (cast.account.public_id, cast.account.public_id.lower(), cast.alice.email):
        page = staff.get(listing, {"q": asked}).content.decode()
        assert cast.account.public_id in page
        assert cast.child.public_id not in page
    named = staff.get(listing, {"q": cast.child.name.upper()}).content.decode()
    assert cast.child.public_id in named
    readers = staff.get(listing, {"q": cast.bob.email}).content.decode()
    assert cast.account.public_id not in readers


def test_the_page_of_an_account_shows_its_owner_and_offers_no_field_to_change(
    staff: Client, cast: make.Cast
) -> None:
    page = staff.get(act(cast.account, "change"))
    assert cast.alice.email in page.content.decode()
    assert 'name="name"' not in page.content.decode()
    refused = staff.post(act(cast.account, "change"), {"name": "Changed"})
    assert refused.status_code == 403


@pytest.mark.parametrize("path", ["users/user", "accounts/membership", "billing/price",
                                  "messaging/route", "apisettings/heartbeat"])  # fmt: skip
def test_directories_can_be_looked_at_and_not_changed(staff: Client, path: str) -> None:
    assert staff.get(f"/staff/{path}/").status_code == 200
    assert staff.get(f"/staff/{path}/add/").status_code == 403


def test_pages_that_libraries_bring_are_not_there(staff: Client) -> None:
    index = staff.get("/staff/").content.decode()
    for path in ("django_celery_beat", "mfa", "auth/group", "account/emailaddress"):
        assert f"/staff/{path}" not in index


def test_suspending_needs_a_reason(staff: Client, cast: make.Cast) -> None:
    answer = staff.post(act(cast.account, "suspend"), {"reason": " "})
    assert answer.status_code == 422
    cast.account.refresh_from_db()
    assert cast.account.state == "open"


def test_suspending_and_reopening_each_write_one_entry_in_the_accounts_own_log(
    staff: Client, cast: make.Cast
) -> None:
    staff.post(act(cast.account, "suspend"), {"reason": REASON})
    staff.post(act(cast.account, "suspend"), {"reason": REASON})
    cast.account.refresh_from_db()
    assert cast.account.state == "suspended"
    (entry,) = entries(cast.account, "account.suspended")
    assert entry.channel == "staff"
    assert entry.changes == {"state": ["open", "suspended"], "reason": [None, REASON]}
    staff.post(act(cast.account, "reopen"), {"reason": REASON})
    cast.account.refresh_from_db()
    assert cast.account.state == "open"
    assert len(entries(cast.account, "account.reopened")) == 1


def test_credit_needs_a_reason(staff: Client, cast: make.Cast) -> None:
    make.fund(cast.account, 0)
    answer = staff.post(
        act(cast.account, "credit"), {**credit_form(staff, cast.account), "reason": ""}
    )
    assert answer.status_code == 422
    assert available(cast.account) == 0


def test_credit_is_given_once_however_often_the_form_is_sent(
    staff: Client, cast: make.Cast
) -> None:
    make.fund(cast.account, 0)
    form = credit_form(staff, cast.account)
    for _click in range(2):
        staff.post(act(cast.account, "credit"), form)
    assert available(cast.account) == 25 * make.EURO
    (entry,) = entries(cast.account, "credit.granted")
    assert entry.changes["amount"] == [None, 25 * make.EURO]
    assert entry.changes["reason"] == [None, REASON]


def test_an_account_without_a_wallet_gets_no_credit(staff: Client, cast: make.Cast) -> None:
    answer = staff.post(act(cast.child, "credit"), credit_form(staff, cast.child), follow=True)
    assert "has no wallet of its own" in answer.content.decode()
    assert entries(cast.child, "credit.granted") == []


def test_the_right_to_transactional_messages_is_granted_with_a_reason(
    staff: Client, cast: make.Cast
) -> None:
    for _click in range(2):
        staff.post(act(cast.account, "grant_transactional"), {"reason": REASON})
    with scope(cast.account):
        settings = SendingSettings.objects.for_account(cast.account).get()
    assert settings.transactional_granted
    assert settings.version == 2
    assert len(entries(cast.account, "transactional.granted")) == 1
