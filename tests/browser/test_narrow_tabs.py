"""Tabs that do not all fit on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.tour import OWNER
from tests.browser.visits import Visits

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_tab_one_is_on_is_in_view(visits: Visits, language: str) -> None:
    page = visits.signed_in(OWNER, language=language)
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto("/accounts/sessions/")
    bar = page.locator(".tabs")
    assert bar.evaluate("bar => bar.scrollWidth > bar.clientWidth")
    # Its lowest pixel lies over the line below the bar.
    expect(bar.locator("[aria-current]")).to_be_in_viewport(ratio=0.95)
    assert page.evaluate("scrollX") == 0
