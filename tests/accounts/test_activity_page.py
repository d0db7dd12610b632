"""The activity log as a page: narrowed by its address, and paged."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.activity import SIZE
from accounts.audit import record
from accounts.models import Account
from accounts.tenancy import scope
from tests import make
from tests.accounts.entries import KEY, address, fill, html, log, told
from tests.senders.given import member_of, save


@pytest.fixture
def account() -> Account:
    return make.make_account()


@pytest.fixture
def owner(account: Account) -> Client:
    return member_of(account)


@pytest.fixture
def filled(account: Account) -> Account:
    fill(account)
    return account


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?who=key", 2),
        ("?who=clock", 1),
        ("?who=person", 2),
        ("?area=contacts", 2),
        ("?area=api&who=person", 1),
        ("?event=sms_limit.changed", 1),
        ("?text=%2B336123", 1),
        ("?text=%2B336", 2),
        ("?text=HK7F3A", 1),
        ("?text=hk7", 0),
        ("?text=%25", 0),
        ("?text=%27%3B--", 0),
        ("?first=2020-01-01", 5),
        ("?last=2020-01-01", 0),
        ("?first=2020-01-01&last=2029-12-31", 5),
    ],
)
def test_a_filter_narrows_the_log(
    query: str, expected: int, filled: Account, owner: Client
) -> None:
    assert len(told(owner, filled, query)) == expected


def test_days_are_those_of_the_accounts_zone(owner: Client, account: Account) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), tick=False):
        log(account)  # 00:30 on the 23rd in Paris
    assert len(told(owner, account, "?first=2026-11-23&last=2026-11-23")) == 1
    assert told(owner, account, "?last=2026-11-22") == []


def test_a_person_can_be_chosen_by_name(account: Account) -> None:
    user = make.make_user("Camille Roux")
    make.make_member(account, user, "owner")
    client = make.signed_in(user)
    save(client, account, "limit", limit_day="500")
    log(account)
    assert f'value="person:{user.pk}"' in html(client, account)
    assert told(client, account, f"?who=person:{user.pk}") == ["Camille Roux changed the SMS limit"]


def test_filters_in_use_are_chips_that_can_be_removed_and_an_empty_answer_keeps_them(
    filled: Account, owner: Client
) -> None:
    page = html(owner, filled, "?who=staff&area=contacts")
    assert "No entry fits these filters" in page
    assert "Nothing yet" not in page
    base = address(filled)
    assert f'href="{base}?area=contacts">Hub support' in page
    assert f'href="{base}?who=staff">Contacts' in page
    assert f'href="{base}">Clear filters' in page


@pytest.mark.parametrize(
    "query", ["?first=x", "?first=2026-11-23&last=2026-11-01", "?who=me", "?event=x"]
)
def test_a_filter_that_cannot_be_read_is_said_and_the_rest_counts(
    query: str, filled: Account, owner: Client
) -> None:
    page = html(owner, filled, f"{query}&area=contacts", status=422)
    assert page.count("changed the SMS limit") == 0
    assert page.count("added the contact") == 2 or "last=" in query


def test_before_anything_happened_the_log_says_what_will_be_in_it(
    account: Account, owner: Client
) -> None:
    page = html(owner, account)
    assert "Changes to settings, sign-ins and exports will appear here." in page
    assert "Nobody can edit or delete one." in page


def test_pages_follow_each_other_without_loss_and_back(account: Account, owner: Client) -> None:
    with scope(account), transaction.atomic():
        for number in range(SIZE * 2 + 5):
            record(account, actor=KEY, action="contact.added", subject=f"+{number:03}")
    seen, query, back = [], "", []
    while True:
        page = html(owner, account, query)
        seen.append(re.findall(r"added the contact \+(\d+)", page))
        older = re.search(r'href="[^"?]*(\?older=[^"]+)" rel="next"', page)
        newer = re.search(r'href="[^"?]*(\?newer=[^"]+)" rel="prev"', page)
        back.append(newer[1] if newer else "")
        if not older:
            break
        query = older[1]
    assert [len(some) for some in seen] == [SIZE, SIZE, 5]
    assert [n for some in seen for n in some] == [f"{n:03}" for n in range(104, -1, -1)]
    assert re.findall(r"added the contact \+(\d+)", html(owner, account, back[2])) == seen[1]


def test_a_cursor_of_another_account_gives_the_first_page(account: Account, owner: Client) -> None:
    log(account)
    other = make.make_account()
    with scope(other), transaction.atomic():
        for _ in range(SIZE + 1):
            record(other, actor=KEY, action="contact.added")
    found = re.search(r"(\?older=[^\"]+)", html(member_of(other), other))
    assert found
    assert told(owner, account, found[1]) == ["Nadia Benali changed the SMS limit"]


def test_the_page_asks_no_more_for_more_entries(account: Account, owner: Client) -> None:
    counts = []
    # A person's first page also notes that the session is in use.
    owner.get(address(account))
    for _ in range(2):
        log(account)
        with CaptureQueriesContext(connection) as queries:
            owner.get(address(account))
        counts.append(len(queries))
        for _more in range(2):
            log(account)
    assert counts[0] == counts[1]
    assert counts[0] <= 12


@pytest.mark.parametrize(
    "query",
    ["?first=1926-07-01&last=2026-07-01", "?first=0001-01-01&last=9999-12-31", "?first=0001-01-01",
     "?first=2026-07-01&last=9999-12-31"],
)  # fmt: skip
def test_more_than_ten_years_are_refused_by_name(
    query: str, account: Account, owner: Client
) -> None:
    page = html(owner, account, query, status=422)
    summary = page.split('class="note bad sum"')[1].split("</div>")[0]
    assert 'href="#id_first">From: Look at 10 years at most' in summary
