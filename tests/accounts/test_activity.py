"""The activity log: what stands in it, how it is narrowed, paged and taken away as a file."""

import ast
import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.activity import CHUNK, SIZE
from accounts.activity_export import as_text
from accounts.activity_words import AREAS, WORDS, did, value_words
from accounts.audit import CLOCK, Actor, record
from accounts.models import Account, AuditEntry
from accounts.permissions import PERMISSIONS
from accounts.tenancy import scope
from apisettings.events import Kind
from tests import make
from tests.senders.given import entries_of, member_of, save

NADIA: Final = Actor("person", "1", "Nadia Benali", "console", "203.0.113.24")
KEY: Final = Actor("key", "K1", "crm-prod", "api", "198.51.100.7")
STAFF: Final = Actor("staff", "9", "Sofia M.", "staff")
ROOT: Final = Path(__file__).resolve().parents[2]
CODE: Final = (
    "accounts", "users", "contacts", "apisettings", "billing", "senders", "messaging",
    "subaccounts", "hub",
)  # fmt: skip


@pytest.fixture
def account() -> Account:
    return make.make_account()


@pytest.fixture
def owner(account: Account) -> Client:
    return member_of(account)


def log(account: Account, action: str = "sms_limit.changed", actor: Actor = NADIA, **more: Any
        ) -> AuditEntry:  # fmt: skip
    with scope(account), transaction.atomic():
        return record(account, actor=actor, action=action, **more)


def address(account: Account, query: str = "", page: str = "account_activity") -> str:
    return reverse(f"console:{page}", args=[account.public_id]) + query


def html(client: Client, account: Account, query: str = "", status: int = 200) -> str:
    answer = client.get(address(account, query))
    assert answer.status_code == status
    return unescape(answer.content.decode())


def told(client: Client, account: Account, query: str = "") -> list[str]:
    """What the entries of the page say, newest first, without tags."""
    found = re.findall(r'<p id="e-[^"]+">(.*?)<small>', html(client, account, query))
    return [re.sub(r"<[^>]+>", "", each) for each in found]


# -- what an entry says -----------------------------------------------------------------------


def test_a_change_is_told_with_actor_time_channel_address_and_both_values(
    account: Account, owner: Client
) -> None:
    with time_machine.travel(datetime(2026, 11, 23, 13, 30, 18, tzinfo=UTC), tick=False):
        log(account, changes={"limit_day": [3000, 5000], "over_limit": ["discard", "hold"]})
    page = html(owner, account)
    assert "<h2>Monday 23 November 2026</h2>" in page
    assert "<b>Nadia Benali</b> changed the SMS limit" in page
    assert "14:30:18 CET</time> · Console, 203.0.113.24" in page
    for heading in ("Field", "Before", "After"):
        assert f'<th scope="col">{heading}</th>' in page
    assert "<del>3,000</del></td><td><ins>5,000</ins>" in page
    assert "<ins>Hold messages until the limit resets</ins>" in page


def test_keys_and_support_are_called_what_they_are(account: Account, owner: Client) -> None:
    log(account, "contact.added", KEY, subject="+33612345678")
    log(account, "account.suspended", STAFF)
    assert told(owner, account) == [
        "Hub support (Sofia M.) suspended the account",
        "API key “crm-prod” added the contact +33612345678",
    ]
    assert "Support access" in html(owner, account)


def test_what_people_wrote_is_shown_as_text(account: Account, owner: Client) -> None:
    log(account, "template.created", subject="<b>x</b>",
        changes={"body": [None, "<script>alert(1)</script>"]})  # fmt: skip
    raw = owner.get(address(account)).content.decode()
    assert "<script>alert" not in raw
    assert "&lt;b&gt;x&lt;/b&gt;" in raw


def test_a_secret_is_never_shown_even_if_an_action_wrote_it(
    account: Account, owner: Client
) -> None:
    log(account, "webhook.changed", changes={"signing_secret": ["whsec_old", "whsec_new"]})
    page = html(owner, account)
    assert "whsec" not in page
    assert "changed (not shown)" in page


def test_sending_hours_are_told_in_words(account: Account, owner: Client) -> None:
    shown = {"mon": [["08:00", "20:00"]]}
    log(account, "sending_hours.changed", changes={"week": [{}, shown]})
    assert "Monday 08:00–20:00; Tuesday to Sunday closed." in html(owner, account)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("hours_on", True, "On"),
        ("limit_day", None, "No limit"),
        ("limit_day", 0, "0"),
        ("name", "", "–"),
        ("closes_at", "2026-11-23T13:30:18+00:00", "23 Nov 2026, 14:30"),
        ("scopes", ["messages:send", "messages:read"], "messages:send, messages:read"),
        ("api_token", "abc", "changed (not shown)"),
    ],
)
def test_values_are_told_as_people_read_them(field: str, value: Any, words: str) -> None:
    assert value_words(field, value, "Europe/Paris", {}) == words


# -- every action has words ---------------------------------------------------------------------


def actions_in_code() -> Iterator[tuple[str, str]]:
    """Every text `noun.past_participle` in a module that records."""
    for app in CODE:
        for file in (ROOT / app).rglob("*.py"):
            tree = ast.parse(file.read_text())
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            if "record" not in names or "migrations" in file.parts:
                continue
            texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
            for text in texts:
                if isinstance(text, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", text):
                    yield text, str(file.relative_to(ROOT))


NOT_ACTIONS: Final = {*PERMISSIONS, *(kind.value for kind in Kind), "demo.json"} - {
    "webhook.tested", "message.cancelled",
}  # fmt: skip


def test_every_action_in_the_code_has_its_sentence() -> None:
    found = {action for action, _file in actions_in_code()} - NOT_ACTIONS
    assert {"sms_limit.changed", "api_key.created", "person.signed_in"} <= found
    assert found == WORDS.keys()


def test_every_kind_of_entry_has_an_area_and_names_its_subject_at_most_once() -> None:
    assert {of.area for of in WORDS.values()} <= AREAS.keys()
    for action, of in WORDS.items():
        assert "%" not in did(action, "x"), action
        assert str(of.name)


def test_an_action_of_a_later_version_is_shown_by_its_name(account: Account, owner: Client) -> None:
    log(account, "moon.landed")
    assert told(owner, account) == ["Nadia Benali moon.landed"]


# -- filters ------------------------------------------------------------------------------------


@pytest.fixture
def filled(account: Account) -> Account:
    log(account, "api_key.created", NADIA, subject="HK7F3A")
    log(account, "contact.added", KEY, subject="+33612345678")
    log(account, "contact.added", KEY, subject="+33698765432")
    log(account, "account.closed", CLOCK)
    log(account, "sms_limit.changed", Actor("person", "2", "Léa Fontaine", "console"))
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
        ("?first=2020-01-01&last=2120-01-01", 5),
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


# -- paging ---------------------------------------------------------------------------------------


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
    for _ in range(2):
        log(account)
        with CaptureQueriesContext(connection) as queries:
            owner.get(address(account))
        counts.append(len(queries))
        for _more in range(2):
            log(account)
    assert counts[0] == counts[1]
    assert counts[0] <= 12


# -- export ---------------------------------------------------------------------------------------


def exported(client: Client, account: Account, name: str, query: str = "") -> bytes:
    answer = client.get(address(account, query, f"account_activity_{name}"))
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
    owner.get(address(filled, "?first=x", "account_activity_csv"))
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


@pytest.mark.parametrize("page", ["account_activity", "account_activity_csv"])
def test_only_owners_and_administrators_read_it(page: str, account: Account) -> None:
    for role in ("advanced", "basic", "billing", "developer"):
        assert member_of(account, role).get(address(account, page=page)).status_code == 403


# -- sign-in --------------------------------------------------------------------------------------


def test_a_sign_in_stands_in_the_log_of_every_account_the_person_works_in() -> None:
    user = make.make_user("Camille Roux")
    mine = [make.make_account(), make.make_account()]
    closed, foreign = make.make_account(state="closed"), make.make_account()
    for account in (*mine, closed):
        make.make_member(account, user, "basic")
    url = reverse("account_login")
    wrong = Client().post(url, {"login": user.email, "password": "wrong"})
    assert wrong.status_code == 200 or wrong.status_code == 422
    assert entries_of(mine[0], "person.signed_in") == []
    Client().post(url, {"login": user.email, "password": make.PASSWORD}, REMOTE_ADDR="203.0.113.9")
    for account in mine:
        [entry] = entries_of(account, "person.signed_in")
        assert (entry.actor_id, entry.actor_label) == (str(user.pk), "Camille Roux")
        assert (entry.channel, entry.address) == ("console", "203.0.113.9")
    assert entries_of(closed) == entries_of(foreign) == []
