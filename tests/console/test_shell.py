"""The room every page stands in: who sees which part of it, in which language and light."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Membership
from accounts.permissions import allows
from hub.navigation import SECTIONS
from tests.make import EURO, fund, make_account, make_member, make_user, signed_in
from tests.senders.given import fields_of

ROLES = [role.value for role in Membership.Role]


def member_of(account: Account, role: str) -> Client:
    user = make_user()
    make_member(account, user, role)
    return signed_in(user)


def address(account: Account, page: str) -> str:
    return reverse(f"console:{page}", kwargs={"account_id": account.public_id})


def menu(html: str) -> list[str]:
    found = re.search(r'<nav aria-label="Main">(.*?)</nav>', html, re.DOTALL)
    assert found
    return [unescape(label) for label in re.findall(r"<span>([^<]*)</span></a>", found[1])]


@pytest.mark.parametrize("role", ROLES)
def test_the_menu_offers_exactly_what_the_role_may_open(role: str) -> None:
    account = make_account()
    client = member_of(account, role)
    shown = menu(client.get(address(account, "dashboard")).content.decode())
    expected = [
        str(section.label)
        for section in SECTIONS
        if any(allows(role, tab.permission) for tab in section.tabs)
    ]
    assert shown == expected


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_the_map_opens_for_who_sees_it_and_is_refused_to_others(role: str) -> None:
    account = make_account()
    client = member_of(account, role)
    for tab in (tab for section in SECTIONS for tab in section.tabs):
        status = client.get(address(account, tab.url_name)).status_code
        assert status == (200 if allows(role, tab.permission) else 403), tab.url_name


def test_a_stranger_learns_nothing_and_a_visitor_is_asked_to_sign_in() -> None:
    account = make_account()
    stranger = signed_in(make_user())
    assert stranger.get(address(account, "dashboard")).status_code == 404
    assert stranger.get("/a/0000000000/").status_code == 404
    answer = Client().get(address(account, "dashboard"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_who_lacks_a_permission_is_told_which_owner_to_ask() -> None:
    account = make_account()
    make_member(account, make_user("Odile Garnier"), "owner")
    answer = member_of(account, "basic").get(address(account, "users"))
    assert answer.status_code == 403
    assert "Odile Garnier" in answer.content.decode()


def test_titles_name_page_section_and_product() -> None:
    account = make_account()
    client = member_of(account, "owner")
    html = client.get(address(account, "numbers_active")).content.decode()
    assert "<title>Active · Numbers &amp; channels · Hub</title>" in html
    html = client.get(address(account, "dashboard")).content.decode()
    assert "<title>Dashboard · Hub</title>" in html


def test_the_tab_bar_marks_the_present_tab() -> None:
    account = make_account()
    html = member_of(account, "owner").get(address(account, "account_activity")).content.decode()
    current = re.search(r'<nav class="tabs".*?aria-current="page">([^<]*)<', html, re.DOTALL)
    assert current
    assert current[1] == "Activity log"


def test_the_balance_is_shown_to_roles_that_see_billing() -> None:
    account = make_account()
    fund(account, 182 * EURO + 400_000)
    page = address(account, "dashboard")
    assert "€182.40" in member_of(account, "owner").get(page).content.decode()
    assert "€182.40" not in member_of(account, "basic").get(page).content.decode()


def test_the_switcher_lists_my_accounts_and_no_other() -> None:
    mine, other, foreign = make_account("Premier"), make_account("Second"), make_account("Ailleurs")
    user = make_user()
    make_member(mine, user, "owner")
    make_member(other, user, "basic")
    html = signed_in(user).get(address(mine, "dashboard")).content.decode()
    assert address(other, "dashboard") in html
    assert foreign.public_id not in html


def test_home_leads_to_the_only_account_the_list_or_opening_one() -> None:
    user = make_user()
    client = signed_in(user)
    assert client.get("/")["Location"] == reverse("open_account")
    first = make_account()
    make_member(first, user, "owner")
    assert client.get("/")["Location"] == address(first, "dashboard")
    make_member(make_account(), user, "owner")
    assert client.get("/")["Location"] == reverse("account_list")


def test_a_switched_language_stays_with_the_browser_and_the_person() -> None:
    user = make_user()
    client = signed_in(user)
    answer = client.post(reverse("set_language"), {"language": "fr", "next": "/accounts/profile/"})
    assert answer["Location"] == "/accounts/profile/"
    assert '<html lang="fr"' in client.get("/accounts/profile/").content.decode()
    user.refresh_from_db()
    assert user.language == "fr"


def test_language_comes_from_the_cookie_before_the_browser() -> None:
    client = Client()
    french = {"HTTP_ACCEPT_LANGUAGE": "de, fr-CA;q=0.8, en;q=0.5"}
    assert '<html lang="fr"' in client.get("/accounts/login/", **french).content.decode()
    client.cookies["hub_language"] = "en"
    assert '<html lang="en"' in client.get("/accounts/login/", **french).content.decode()
    client.cookies["hub_language"] = "tlh"
    assert '<html lang="fr"' in client.get("/accounts/login/", **french).content.decode()


def test_the_appearance_is_kept_in_a_cookie_without_script() -> None:
    client = Client()
    assert 'data-theme="auto"' in client.get("/accounts/login/").content.decode()
    client.post(reverse("set_theme"), {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()
    client.post(reverse("set_theme"), {"theme": '"><script>'})
    assert 'data-theme="dark"' in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", ""])
def test_switches_lead_nowhere_but_to_our_pages(elsewhere: str) -> None:
    answer = Client().post(reverse("set_theme"), {"theme": "dark", "next": elsewhere})
    assert answer["Location"] == "/"


def test_pages_allow_content_of_our_own_origin_alone() -> None:
    policy = Client().get("/accounts/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "data:" not in policy


def test_health_says_that_postgres_answers() -> None:
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


def test_a_stale_form_is_refused_with_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("set_theme"), {"theme": "dark"})
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()


def test_a_profile_name_is_saved_and_an_empty_one_comes_back_with_422() -> None:
    user = make_user()
    client = signed_in(user)
    shown = fields_of(client.get(reverse("profile")).content.decode(), "name")
    refused = client.post(reverse("profile"), shown | {"name": " "})
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "<title>Error: " in html
    assert 'href="#id_name"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert client.post(reverse("profile"), shown | {"name": "Ana Sol"}).status_code == 302
    user.refresh_from_db()
    assert user.name == "Ana Sol"
