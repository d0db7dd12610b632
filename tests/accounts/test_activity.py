"""The activity log: what an entry says, in words, of every action there is."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.activity_words import AREAS, WORDS, did, value_words
from accounts.models import Account
from accounts.permissions import PERMISSIONS
from apisettings.events import Kind
from tests import make
from tests.accounts.entries import KEY, STAFF, address, html, log, told
from tests.senders.given import entries_of, member_of

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


def actions_in_code() -> Iterator[tuple[str, str]]:
    """Every text `noun.past_participle` in a module that records."""
    for app in CODE:
        for file in (ROOT / app).rglob("*.py"):
            tree = ast.parse(file.read_text())
            names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
            names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            if not names & {"record", "as_row"} or "migrations" in file.parts:
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
