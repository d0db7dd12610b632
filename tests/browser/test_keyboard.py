"""Hub by keyboard alone: the focus is always seen, never covered, and goes where it helps."""

from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.steps import fill_card, press_until, same_hours_every_day
from tests.browser.tour import OWNER
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]
MOST_STOPS: Final = 200
# What has the focus: whether a ring is seen, and whether something else lies over it.
FOCUSED: Final = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const box = element.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2];
  const top = document.elementFromPoint(x, y);
  const seen = Boolean(top) && (element.contains(top) || top.contains(element)
    || [...element.labels ?? []].some((label) => label.contains(top)));
  element.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length);
  return { name: element.outerHTML.slice(0, 120), stop: element.dataset.stop, ring, seen };
}"""


def settings_page(visits: Visits, site: Running, **look: Any) -> Page:
    page = visits.signed_in(OWNER, **look)
    page.goto(f"/a/{site.demo['accounts'][0]['id']}/numbers/settings/")
    return page


def stops(page: Page) -> list[dict[str, Any]]:
    """Where Tab leads, from the top of the page until it begins again."""
    found: list[dict[str, Any]] = []
    for _press in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or any(stop["stop"] == one["stop"] for one in found):
            return found
        found.append(stop)
    raise AssertionError("Tab never comes back to the top.")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (375, "light")])
def test_every_stop_of_the_tab_key_is_outlined_and_not_covered(
    visits: Visits, site: Running, width: int, theme: str
) -> None:
    found = stops(settings_page(visits, site, width=width, theme=theme))
    assert len(found) > 30
    assert [one["name"] for one in found if not one["ring"]] == []
    assert [one["name"] for one in found if not one["seen"]] == []


def test_the_skip_link_is_first_and_leads_to_the_content(visits: Visits, site: Running) -> None:
    page = settings_page(visits, site)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.locator("#main :focus").count() == 1


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(
    visits: Visits, site: Running
) -> None:
    visits.expects(422)
    page = settings_page(visits, site)
    wrong = same_hours_every_day("08:00", "20:00") | {"id_mon_from": "20:00", "id_mon_to": "08:00"}
    fill_card(page, "hours", wrong)
    press_until(page, "#hours button.save", most=MOST_STOPS)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 422
    expect(page.locator(".sum")).to_be_focused()
    assert page.title().startswith("Error: ")
    expect(page.locator("#id_mon_from")).to_have_value("20:00")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_mon_to")).to_be_focused()
    expect(page.locator("#id_mon_to")).to_be_in_viewport()
    assert violations(page) == []


def test_escape_closes_the_account_menu_and_gives_the_focus_back(
    visits: Visits, site: Running
) -> None:
    page = settings_page(visits, site)
    press_until(page, "#nav .acct")
    page.keyboard.press("Enter")
    expect(page.locator("#nav .menu-list")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("#nav .menu-list")).to_be_hidden()
    expect(page.locator("#nav .acct")).to_be_focused()
