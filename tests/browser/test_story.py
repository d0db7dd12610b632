"""The main story in a real browser, and what stands on every page."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.axe import violations
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]
OWNER = "camille.roux"
COMPANY, WORKSHOP = "Maison Verdier", "Atelier Sud"
NUMBER = "+33 6 12 34 56 78"


def open_company(page: Page) -> None:
    page.goto("/accounts/")
    page.locator("main").get_by_role("link", name=COMPANY).click()
    expect(page.locator("#nav .acct b")).to_have_text(COMPANY)


def sign_in_by_keyboard(visits: Visits, page: Page) -> None:
    email, password = visits.credentials(OWNER)
    page.goto("/accounts/login/")
    steps.press_until(page, "#id_login")
    page.keyboard.type(email)
    steps.press_until(page, "#id_password")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    visits.enter(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_hours_are_changed_a_message_waits_says_why_and_leaves_when_they_open(
    visits: Visits, javascript: bool
) -> None:
    page = visits.open(javascript=javascript)
    sign_in_by_keyboard(visits, page)
    open_company(page)
    steps.open_section(page, "Numbers & channels", "Settings")
    before = steps.read_card(page, "hours")
    try:
        held_then_sent(page, javascript=javascript)
    finally:
        steps.open_section(page, "Numbers & channels", "Settings")
        steps.fill_card(page, "hours", before)
        steps.save_card(page, "hours")
    assert steps.read_card(page, "hours") == before


def held_then_sent(page: Page, *, javascript: bool) -> None:
    steps.fill_card(page, "hours", steps.closed_now("Europe/Paris"))
    steps.save_card(page, "hours")
    expect(page.locator(".note.good")).to_contain_text("saved")
    expect(page.locator("#hours .state.is-held").first).to_be_visible()

    text = f"Votre commande vous attend ({secrets.token_hex(3)})."
    steps.send_a_test(page, NUMBER, text)
    address = page.url
    steps.wait_for_state(page, "Held", javascript=javascript)
    expect(page.locator("#story .stands")).to_contain_text("sending hours")
    expect(page.locator("#story .chk tbody tr", has_text="Sending hours")).to_contain_text(
        "Holds it"
    )

    page.get_by_role("link", name="View sending rules").click()
    steps.fill_card(page, "hours", steps.same_hours_every_day("00:00", "24:00"))
    steps.save_card(page, "hours")
    page.goto(address)
    steps.wait_for_state(page, "Delivered", javascript=javascript)
    expect(page.locator("#story .tml")).to_contain_text("Handed to the carrier")
    expect(page.locator("#story .tml")).to_contain_text("Delivered")


def test_a_key_is_shown_once_and_can_be_revoked(visits: Visits) -> None:
    page = visits.signed_in(OWNER)
    open_company(page)
    steps.open_section(page, "API settings", "API")
    name = f"browser {secrets.token_hex(3)}"
    secret = steps.make_key(page, name, visits.credentials(OWNER)[1])
    assert secret not in page.url
    assert violations(page) == []
    page.reload()
    expect(page.locator("main")).to_be_visible()
    assert secret not in page.content()
    steps.revoke_key(page, name, visits.credentials(OWNER)[1])
    assert secret not in page.content()


def test_the_language_is_switched_and_switched_back(visits: Visits) -> None:
    page = visits.signed_in(OWNER)
    open_company(page)
    page.locator("#nav").get_by_role("button", name="Français").click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("#nav nav")).to_contain_text("Tableau de bord")
    page.locator("#nav").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#nav nav")).to_contain_text("Dashboard")


def test_the_appearance_is_switched_and_stays(visits: Visits) -> None:
    page = visits.signed_in(OWNER)
    open_company(page)
    light = background(page)
    page.locator("#nav").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert background(page) != light
    steps.open_section(page, "Messages")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.locator("#nav").get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert background(page) == light


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_the_account_switcher_leads_to_the_other_account(visits: Visits, site: Running) -> None:
    page = visits.signed_in(OWNER)
    open_company(page)
    ids = {account["name"]: account["id"] for account in site.demo["accounts"]}
    assert steps.account_of(page) == ids[COMPANY]
    page.locator("#nav .acct").click()
    page.locator("#nav .menu-list").get_by_role("link", name=WORKSHOP).click()
    expect(page.locator("#nav .acct b")).to_have_text(WORKSHOP)
    assert steps.account_of(page) == ids[WORKSHOP]


def test_after_signing_out_the_pages_are_closed(visits: Visits) -> None:
    page = visits.open()
    visits.sign_in(page, OWNER)
    open_company(page)
    address = page.url
    page.locator("#nav").get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/a/" not in url)
    page.goto(address)
    expect(page.locator("#id_password")).to_be_visible()
