"""The activity log as a file, and who may have it."""

import csv
import io
import json
import re
from datetime import datetime
from html import unescape

import pytest
from django.db import transaction
from django.test import Client

from accounts.activity import CHUNK
from accounts.activity_export import as_text
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from tests import make
from tests.accounts.entries import address, fill, log, told
from tests.senders.given import entries_of, member_of


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


def exported(client: Client, account: Account, name: str, query: str = "") -> bytes:
    answer = client.post(address(account, query, f"account_activity_{name}"))
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    content: bytes = answer.getvalue()
    return content


def test_csv_holds_what_the_filter_says_and_no_formula(filled: Account, owner: Client) -> None:
    content = exported(owner, filled, "csv", "?area=contacts")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["subject"] for row in rows] == ["'+33698765432", "'+33612345678"]
    assert {row["description"] for row in rows} == {
        "API key “crm-prod” added the contact +33612345678",
        "API key “crm-prod” added the contact +33698765432",
    }
    assert rows[0]["time_zone"] == "Europe/Paris"


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-1", "@x", "\tx", "\rx", "\nx"])
def test_a_cell_is_never_a_formula(cell: str) -> None:
    assert as_text(cell) == f"'{cell}"
    assert as_text("a" + cell) == "a" + cell


def test_jsonl_has_an_object_a_line_with_the_values(account: Account, owner: Client) -> None:
    log(account, changes={"limit_day": [3000, 5000]}, subject="a\nb")
    lines = exported(owner, account, "jsonl").decode().splitlines()
    newest, changed = map(json.loads, lines)
    assert (newest["event"], newest["subject"]) == ("activity.exported", "JSONL")
    assert changed["changes"] == {"limit_day": [3000, 5000]}
    assert changed["subject"] == "a\nb"
    assert datetime.fromisoformat(changed["time"]).utcoffset() is not None


def test_an_export_crosses_the_chunks_it_is_read_in(account: Account, owner: Client) -> None:
    with scope(account), transaction.atomic():
        AuditEntry.objects.for_account(account).bulk_create(
            AuditEntry(account=account, actor_kind="clock", actor_label="Hub", channel="clock",
                       action="account.renamed", subject=str(number))
            for number in range(CHUNK + 7)
        )  # fmt: skip
    lines = exported(owner, account, "jsonl", "?event=account.renamed").decode().splitlines()
    assert {json.loads(line)["subject"] for line in lines} == {str(n) for n in range(CHUNK + 7)}
    assert len(lines) == CHUNK + 7


def test_an_export_is_an_entry_and_a_refused_one_is_none(filled: Account, owner: Client) -> None:
    answer = owner.post(address(filled, "?first=x", "account_activity_csv"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'class="note bad sum"' in page
    assert 'href="#id_first"' in page
    assert entries_of(filled, "activity.exported") == []
    exported(owner, filled, "csv", "?who=key")
    [entry] = entries_of(filled, "activity.exported")
    assert entry.subject == "CSV"
    assert entry.changes == {"filters": [None, "who key"]}


def test_another_accounts_entries_are_in_no_page_and_no_file(account: Account) -> None:
    other = make.make_account()
    log(other, "contact.added", subject="+33600000000")
    client = member_of(account)
    assert told(client, account) == []
    assert b"+33600000000" not in exported(client, account, "csv")
    assert client.get(address(other)).status_code == 404


def test_a_link_followed_makes_no_file_and_no_entry(filled: Account, owner: Client) -> None:
    answer = owner.get(address(filled, page="account_activity_csv"))
    assert answer.status_code == 405
    assert entries_of(filled, "activity.exported") == []


def test_the_page_sends_the_filter_with_the_form(filled: Account) -> None:
    person = make.make_user()
    make.make_member(filled, person, "owner")
    owner = Client(enforce_csrf_checks=True)
    owner.force_login(person)
    page = owner.get(address(filled, "?who=key&event=contact.added")).content.decode()
    for name in ("csv", "jsonl"):
        [action] = re.findall(rf'form="export" formaction="([^"]+/{name}/[^"]*)"', page)
        assert owner.post(unescape(action)).status_code == 403, "without its token"
        token = page.split('id="export"')[1].split('value="')[1].split('"')[0]
        answer = owner.post(unescape(action), {"csrfmiddlewaretoken": token})
        assert answer.getvalue().count(b"+33698765432") > 0
    assert entries_of(filled, "activity.exported")[0].changes["filters"] == [
        None,
        "who key, event contact.added",
    ]


@pytest.mark.parametrize("page", ["account_activity", "account_activity_csv"])
def test_only_owners_and_administrators_read_it(page: str, account: Account) -> None:
    for role in ("advanced", "basic", "billing", "developer"):
        assert member_of(account, role).post(address(account, page=page)).status_code == 403
