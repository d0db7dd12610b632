"""Hub by keyboard alone: the focus is always seen, never covered, and goes where it helps."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.steps import fill_card, press_until, same_hours_every_day
from tests.browser.tab_walk import MOST_STOPS
from tests.browser.tour import OWNER
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]
# Each with what the title of a page with mistakes begins with.
LANGUAGES = {"en": "Error: ", "fr": "Erreur\u00a0: "}


def settings_page(visits: Visits, site: Running, language: str) -> Page:
    page = visits.signed_in(OWNER, language=language)
    page.goto(f"/a/{site.demo['accounts'][0]['id']}/numbers/settings/")
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_skip_link_is_first_and_leads_to_the_content(
    visits: Visits, site: Running, language: str
) -> None:
    page = settings_page(visits, site, language)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("#main :focus").count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_error_summary_takes_the_focus_and_leads_to_the_field(
    visits: Visits, site: Running, language: str
) -> None:
    visits.expects(422)
    page = settings_page(visits, site, language)
    wrong = same_hours_every_day("08:00", "20:00") | {"id_wd_from": "20:00", "id_wd_to": "08:00"}
    fill_card(page, "hours", wrong)
    press_until(page, "#hours button.save", most=MOST_STOPS)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 422
    expect(page.locator(".sum")).to_be_focused()
    assert page.title().startswith(LANGUAGES[language])
    expect(page.locator("#id_wd_from")).to_have_value("20:00")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_wd_to")).to_be_focused()
    expect(page.locator("#id_wd_to")).to_be_in_viewport()
    assert violations(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_escape_closes_the_account_menu_and_gives_the_focus_back(
    visits: Visits, site: Running, language: str
) -> None:
    page = settings_page(visits, site, language)
    press_until(page, "#nav .acct")
    page.keyboard.press("Enter")
    expect(page.locator("#nav .menu-list")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("#nav .menu-list")).to_be_hidden()
    expect(page.locator("#nav .acct")).to_be_focused()
