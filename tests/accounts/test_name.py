"""Name and ID: what may be a name, and who may change it."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.names import NotAName, clean_name, is_same_name
from tests.accounts.given import address, entries_of, fields_of, member_of, save, shown
from tests.make import make_account


def test_a_rename_is_saved_with_one_entry_and_seen_everywhere() -> None:
    account = make_account("Maison Test")
    client = member_of(account)
    answer = save(client, account, "name", name="  Maison  Verdier ")
    assert (answer.status_code, answer["Location"]) == (302, address(account) + "#name")
    account.refresh_from_db()
    assert account.name == "Maison Verdier"
    (entry,) = entries_of(account)
    assert (entry.action, entry.actor_label) == ("account.renamed", "Alice Martin")
    assert entry.changes == {"name": ["Maison Test", "Maison Verdier"]}
    html = client.get(address(account)).content.decode()
    assert "This account is now called Maison Verdier." in html
    assert "<b>Maison Verdier</b>" in html
    assert f'href="/a/{account.public_id}/account/activity/?event=account.renamed"' in html
    assert "Changed by Alice Martin on" in html


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("", "Enter a name."),
        ("   ", "Enter a name."),
        ("\u00a0\u00a0", "Enter a name."),
        ("\u3164\u3164", "at least one letter or digit"),
        ("--", "at least one letter or digit"),
        ("A", "at least 2 characters"),
        ("A" * 81, "at most 80 characters"),
        ("Maison\u202eTest", "cannot be seen"),
        ("Maison\u200bTest", "cannot be seen"),
        ("Maison\x07Test", "cannot be seen"),
        ("Maison\nTest", "cannot be seen"),
    ],
)
def test_what_is_no_name_is_refused_and_kept_in_the_field(name: str, told: str) -> None:
    account = make_account("Maison Test")
    answer = save(member_of(account), account, "name", name=name)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert told in html
    assert "There is a problem" in html
    account.refresh_from_db()
    assert account.name == "Maison Test"
    assert entries_of(account) == []


def test_html_and_formulas_are_text() -> None:
    account = make_account()
    client = member_of(account)
    save(client, account, "name", name='=cmd|"<script>alert(1)</script>')
    html = client.get(address(account)).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_name_is_stored_in_one_form_and_none_that_only_looks_like_it() -> None:
    assert clean_name("Cafe\u0301") == "Café"
    assert clean_name("Дом Maison") == "Дом Maison"
    for name, why in (("Маison", "mixed"), ("\u2066Maison\u2069", "hidden")):
        with pytest.raises(NotAName) as refused:
            clean_name(name)
        assert refused.value.why == why


@pytest.mark.parametrize(
    "typed", ["maison verdier", "  MAISON   Verdier ", "Maison\u00a0Verdier", "Ｍaison Verdier"]
)
def test_a_typed_name_confirms_whatever_its_case_spaces_and_form(typed: str) -> None:
    assert is_same_name(typed, "Maison Verdier")
    assert not is_same_name(typed[:-1] + "x", "Maison Verdier")


def test_the_id_is_shown_to_copy_and_cannot_be_changed() -> None:
    account = make_account()
    client = member_of(account)
    html = client.get(address(account)).content.decode()
    assert f'readonly value="{account.public_id}"' in html
    sent = shown(client, account, "name") | {"name": "Other", "public_id": "0000000000"}
    answer = client.post(address(account), sent)
    assert answer.status_code == 422
    assert "The account ID is read-only" in answer.content.decode()
    before = account.name, account.public_id
    account.refresh_from_db()
    assert (account.name, account.public_id) == before


def test_the_second_of_two_people_sees_both_names() -> None:
    account = make_account("First")
    nadia, camille = member_of(account, name="Nadia Benali"), member_of(account)
    stale = shown(camille, account, "name") | {"name": "Third"}
    save(nadia, account, "name", name="Second")
    answer = camille.post(address(account), stale)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Nadia Benali changed this on" in html
    clash = html.split('id="name-clash"')[1].split("</table>")[0]
    assert ">Second</td>" in clash
    assert "<strong>Third</strong></td>" in clash
    account.refresh_from_db()
    assert account.name == "Second"
    assert camille.post(address(account), fields_of(html, "name")).status_code == 302
    account.refresh_from_db()
    assert account.name == "Third"


def test_a_change_of_another_card_is_no_conflict() -> None:
    account = make_account("First")
    client = member_of(account)
    stale = shown(client, account, "name") | {"name": "Second"}
    save(client, account, "optout", extra_stop="FINI")
    assert client.post(address(account), stale).status_code == 302


def test_the_same_name_again_writes_nothing() -> None:
    account = make_account("First")
    client = member_of(account)
    assert save(client, account, "name").status_code == 302
    assert entries_of(account) == []
    assert "nothing to save" in client.get(address(account)).content.decode()


@pytest.mark.parametrize("role", ["advanced", "basic", "billing", "developer"])
def test_other_roles_may_not_see_the_page(role: str) -> None:
    account = make_account()
    client = member_of(account, role)
    assert client.get(address(account)).status_code == 403
    assert client.post(address(account), {"card": "name", "name": "Mine"}).status_code == 403


def test_strangers_and_unknown_cards() -> None:
    account = make_account()
    assert member_of(make_account()).get(address(account)).status_code == 404
    assert Client().get(address(account)).status_code == 302
    assert member_of(account).post(address(account), {"card": "no"}).status_code == 400


def test_the_page_asks_few_questions(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    account = make_account()
    client = member_of(account)
    client.get(address(account))
    with django_assert_max_num_queries(14):
        client.get(address(account))


def test_the_page_speaks_french() -> None:
    account = make_account()
    client = member_of(account)
    client.cookies["hub_language"] = "fr"
    html = client.get(address(account)).content.decode()
    assert '<html lang="fr"' in html
    assert "Londres, " in html


@pytest.mark.parametrize(
    ("card", "given", "read"),
    [
        ("name", {"name": "Second"}, lambda account: account.name),
        ("zone", {"time_zone": "Asia/Tokyo"}, lambda account: account.time_zone),
    ],
)
def test_the_flash_takes_the_change_back(card: str, given: dict[str, str], read: Any) -> None:
    account = make_account("First")
    before = read(account)
    client = member_of(account)
    answer = save(client, account, card, **given)
    if card == "zone":
        client.post(answer["Location"])
    account.refresh_from_db()
    assert read(account) != before
    html = client.get(address(account)).content.decode()
    found = re.search(r'action="(/a/[^"]+/undo/[^"]+)"', html)
    assert found is not None
    assert client.post(found[1]).status_code == 302
    account.refresh_from_db()
    assert read(account) == before
    assert len(entries_of(account)) == 2
