"""What a process draws once and keeps is never one reader's shown to another."""

import re

import pytest
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.access import OFFERED
from accounts.models import Account
from accounts.tenancy import scope
from senders.models import Sender
from tests.make import make_account, make_member, make_user, signed_in


def page(client: Client, account: Account, name: str = "messages", language: str = "en") -> str:
    client.cookies["hub_language"] = language
    address = reverse(f"console:{name}", kwargs={"account_id": account.public_id})
    return client.get(address, {"state": "failed"}).content.decode()


def test_fixed_text_follows_the_language_and_sees_no_variable() -> None:
    template = Template(
        "{% load console i18n %}"
        "{% fixed %}{% translate 'Menu' %}[{{ name }}]{% endfixed %}{{ name }}"
    )
    shown = {}
    for language in ("en", "fr", "en"):
        with translation.override(language):
            shown[language] = template.render(Context({"name": language}))
    assert shown["en"] == "Menu[]en"
    assert shown["fr"].endswith("[]fr")


def test_an_empty_search_form_offers_the_senders_of_its_own_account_alone() -> None:
    ours, theirs = make_account(), make_account()
    for account, address in ((ours, "NOTRE"), (theirs, "LEUR")):
        with scope(account):
            Sender.objects.create(account=account, address=address, kind="alpha")
    people = {}
    for account in (ours, theirs):
        person = make_user()
        make_member(account, person, "owner")
        people[account] = signed_in(person)
    for _time in range(2):
        assert "NOTRE" in page(people[ours], ours)
        assert "NOTRE" not in page(people[theirs], theirs)
        assert "LEUR" in page(people[theirs], theirs)


def test_an_empty_search_form_speaks_each_readers_language() -> None:
    account, person = make_account(), make_user()
    make_member(account, person, "owner")
    client = signed_in(person)
    assert "All senders" in page(client, account)
    assert "All senders" not in page(client, account, language="fr")
    assert "All senders" in page(client, account)


def test_a_filled_search_form_comes_back_as_filled_and_is_not_kept() -> None:
    account, person = make_account(), make_user()
    make_member(account, person, "owner")
    client = signed_in(person)
    address = reverse("console:messages", kwargs={"account_id": account.public_id})
    assert 'value="+33 6"' in client.get(address, {"number": "+33 6"}).content.decode()
    assert 'value="+33 6"' not in page(client, account)


@pytest.mark.parametrize("name", ["messages", "account_activity"])
def test_the_menu_leads_into_the_account_and_marks_the_page_one_is_on(name: str) -> None:
    first, second, person = make_account(), make_account(), make_user()
    for account in (first, second):
        make_member(account, person, "owner")
    client = signed_in(person)
    for account, other in ((first, second), (second, first)):
        found = re.search(r'<nav aria-label="Main">.*?</nav>', page(client, account, name), re.S)
        assert found
        assert account.public_id in found[0]
        assert other.public_id not in found[0]
        assert found[0].count("aria-current=") == 1


def test_the_switcher_names_the_present_account_and_a_bounded_number_of_others() -> None:
    person = make_user()
    accounts = [make_account(f"Maison {number:02}") for number in range(OFFERED + 5)]
    for account in accounts:
        make_member(account, person, "owner")
    present = accounts[-1]
    html = page(signed_in(person), present)
    menu = html[html.index('class="menu-list"') : html.index("All accounts")]
    named = re.findall(r"<b>(Maison \d\d)</b>", menu)
    assert named == [present.name, *(account.name for account in accounts[:OFFERED])]
    assert menu.count('aria-current="true"') == 1
