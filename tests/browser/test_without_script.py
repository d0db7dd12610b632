"""Every form page does its work with JavaScript switched off."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.tour import OWNER
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]
CARDS = {
    "limit": ({"id_limit_day": "1900000"}, "SMS limit saved."),
    "sender": ({"id_default_sender": ""}, "Default sender ID saved."),
    "receipts": ({"id_receipts": False}, "Delivery receipts saved."),
}


@pytest.fixture
def page(visits: Visits, site: Running) -> Page:
    """The settings of the company, in a browser that runs no script."""
    page = visits.signed_in(OWNER, javascript=False)
    page.goto(f"/a/{site.demo['accounts'][0]['id']}/numbers/settings/")
    return page


@pytest.fixture
def kept(page: Page) -> Iterator[None]:
    """The cards stand afterwards as they stood before."""
    address = page.url
    before = {card: steps.read_card(page, card) for card in CARDS}
    yield
    page.goto(address)
    for card, values in before.items():
        if steps.read_card(page, card) != values:
            steps.fill_card(page, card, values)
            steps.save_card(page, card)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("card", CARDS)
def test_a_card_is_saved(page: Page, card: str) -> None:
    values, told = CARDS[card]
    steps.fill_card(page, card, values)
    steps.save_card(page, card)
    expect(page.locator(".note.good")).to_contain_text(told)
    page.reload()
    shown = steps.read_card(page, card)
    assert {name: digits(shown[name]) for name in values} == values


def digits(shown: str | bool) -> str | bool:
    """A number without what groups its digits."""
    return shown.replace(",", "") if isinstance(shown, str) else shown


def test_usual_hours_are_filled_in_and_not_saved(page: Page) -> None:
    before = steps.read_card(page, "hours")
    page.locator("#hours button[name=preset]").first.click()
    expect(page.locator("#hours .filled")).to_be_visible()
    page.goto(page.url.partition("?")[0])
    assert steps.read_card(page, "hours") == before


def test_a_limit_of_zero_is_asked_about_first(page: Page) -> None:
    steps.fill_card(page, "limit", {"id_limit_day": "0"})
    page.locator("#limit button.save").click()
    expect(page.locator("main button.danger")).to_be_visible()
    page.locator("main .pa a.btn").click()
    expect(page.locator("#id_limit_day")).not_to_have_value("0")


def test_what_was_typed_wrong_is_said_and_stays(visits: Visits, page: Page) -> None:
    visits.expects(422)
    steps.fill_card(page, "limit", {"id_limit_day": "a lot"})
    page.locator("#limit button.save").click()
    expect(page.locator(".sum a")).to_have_attribute("href", "#id_limit_day")
    expect(page.locator("#id_limit_day")).to_have_value("a lot")


def test_a_message_is_checked_sent_and_cancelled(page: Page) -> None:
    steps.open_section(page, "Messages")
    page.locator("main a[href$='/messages/new/']").first.click()
    page.locator("#id_to").fill("+33 6 12 34 56 78")
    page.locator("#id_text").fill("Bonjour")
    page.get_by_role("button", name="Check only").click()
    expect(page.locator("#check")).to_contain_text("Nothing was sent")
    text = f"Bonjour ({secrets.token_hex(3)})"
    steps.send_a_test(page, "+33 6 12 34 56 78", text)
    steps.wait_for_state(page, "Delivered", javascript=False)


def test_a_waiting_message_is_cancelled(page: Page, site: Running) -> None:
    account = site.demo["accounts"][0]["id"]
    query = (
        "SELECT id FROM messaging_message m JOIN messaging_waiting w ON w.message_id = m.id"
        " WHERE m.state = 'scheduled' AND m.account_id ="
        " (SELECT id FROM accounts_account WHERE public_id = %s) ORDER BY w.due DESC LIMIT 1"
    )
    [(message,)] = site.system(query, account)
    page.goto(f"/a/{account}/messages/{message}/")
    page.get_by_role("link", name="Cancel this message").click()
    page.locator("main form button.danger").click()
    expect(page.locator("#story .stands .bd").first).to_have_text("Cancelled")


def test_messages_are_narrowed_down(page: Page) -> None:
    steps.open_section(page, "Messages")
    page.goto(f"{page.url}?number=%2B33612000000")
    expect(page.locator("main table tbody tr")).to_have_count(0)


def test_a_key_is_made_shown_once_and_revoked(visits: Visits, page: Page) -> None:
    steps.open_section(page, "API settings", "API")
    name = f"no script {secrets.token_hex(3)}"
    secret = steps.make_key(page, name, visits.credentials(OWNER)[1])
    page.reload()
    assert secret not in page.content()
    steps.revoke_key(page, name, visits.credentials(OWNER)[1])


def test_the_menu_of_the_phone_opens_and_leads_on(visits: Visits, site: Running) -> None:
    page = visits.signed_in(OWNER, javascript=False, width=375)
    page.goto(f"/a/{site.demo['accounts'][0]['id']}/")
    menu = page.locator("#nav")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="Messages", exact=True).click()
    expect(page.locator("h1")).to_have_text("Messages")
    expect(menu).to_be_hidden()


def test_a_wrong_password_is_said_and_nobody_is_let_in(visits: Visits) -> None:
    visits.expects(422)
    page = visits.open(javascript=False)
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(visits.credentials(OWNER)[0])
    page.locator("#id_password").fill("not the password")
    page.locator("main button[type=submit]").click()
    expect(page.locator(".sum")).to_be_visible()
    expect(page.locator("#id_login")).to_have_value(visits.credentials(OWNER)[0])


@pytest.mark.usefixtures("kept")
def test_a_saved_change_is_undone(page: Page) -> None:
    before = steps.read_card(page, "limit")["id_limit_day"]
    steps.fill_card(page, "limit", {"id_limit_day": "1800000"})
    steps.save_card(page, "limit")
    page.locator(".note.good form button", has_text="Undo").click()
    expect(page.locator(".note[role=status]").first).to_be_visible()
    page.goto(page.url.partition("#")[0])
    assert steps.read_card(page, "limit")["id_limit_day"] == before


def test_a_filter_is_applied_and_taken_off(page: Page) -> None:
    steps.open_section(page, "Messages")
    rows = page.locator("main table tbody tr")
    shown = rows.count()
    page.locator("#id_number").fill("+33 6 12 00 00 00")
    page.get_by_role("button", name="Apply").click()
    expect(rows).to_have_count(0)
    page.locator(".chips li a").first.click()
    expect(rows).to_have_count(shown)


def test_the_pager_leads_down_the_list_and_back(page: Page) -> None:
    steps.open_section(page, "Messages")
    first = page.locator("main tbody th a").first.get_attribute("href")
    page.locator(".pgf a[rel=next]").click()
    expect(page.locator("main tbody th a").first).not_to_have_attribute("href", first or "")
    page.locator(".pgf a[rel=prev]").click()
    expect(page.locator("main tbody th a").first).to_have_attribute("href", first or "")


def test_a_template_is_written_and_changed(page: Page, site: Running) -> None:
    account = site.demo["accounts"][0]["id"]
    page.goto(f"/a/{account}/templates/new/")
    page.locator("#id_name").fill(f"Retrait {secrets.token_hex(3)}")
    page.locator("#id_text").fill("Votre commande vous attend.")
    page.locator("#template button.save").click()
    expect(page.locator(".note[role=status]").first).to_be_visible()
    page.goto(f"/a/{account}/templates/{steps.have_a_template(page, account)}/")
    page.locator("#id_text").fill("Votre commande est prête.")
    page.locator("#template button.save").click()
    expect(page.locator(".note[role=status]").first).to_be_visible()


def test_an_account_is_not_closed_by_another_name(
    visits: Visits, page: Page, site: Running
) -> None:
    visits.expects(422)
    # The company itself has a sub-account, which goes first.
    page.goto(f"/a/{site.demo['accounts'][1]['id']}/account/general/close/")
    page.locator("#id_typed").fill("Some other company")
    page.locator("main button.danger").click()
    expect(page.locator(".sum")).to_be_visible()
    expect(page.locator("#id_typed")).to_have_value("Some other company")
