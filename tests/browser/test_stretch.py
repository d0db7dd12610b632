"""Longer words, letters twice as large, and the system's own colours.

French is up to 1.4 times as long as English and other languages are longer; what stands on these
pages stands on the others too, all of which are looked at in French by test_every_page.
"""

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Page

from tests.browser.steps import have_a_template, have_a_webhook
from tests.browser.stretch import alike, cuts, cuts_enlarged, lengthen
from tests.browser.tour import NOBODY, OWNER, every_stop
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]
PHONE, DESK, HEIGHT = 375, 1280, 900
PAGES: Final = frozenset(
    {
        "account_login", "account_signup", "account_list", "account_email", "mfa_index", "profile",
        "help", "console:dashboard", "console:messages", "console:message", "console:message_new",
        "console:template", "console:numbers_active", "console:api_keys", "console:api_key_new",
        "console:api_key_revoke", "console:api_webhooks", "console:account_general",
        "console:account_activity", "a filter misread", "hours proposed", "limits at work",
        "closing", "settings to read", "ui",
    }
)  # fmt: skip
# Where every kind of control, state and picture is.
COLOURED: Final = frozenset(
    {"console:dashboard", "console:messages", "hours proposed", "limits at work", "ui"}
)
CHOICES: Final = ("[role=switch]", "input[type=radio]", "input[type=checkbox]:not([role])")


def test_pages_are_read_whole_with_longer_words_larger_letters_and_forced_colours(
    visits: Visits, site: Running
) -> None:
    assert faults(visits, site) == []


def faults(visits: Visits, site: Running) -> list[str]:
    found: list[str] = []
    for name, page in opened(visits, site):

        def note(how: str, what: list[str], name: str = name) -> None:
            found.extend(f"{name}, {how}: {one}" for one in what)

        note("twice as large on a desk", cuts_enlarged(page))
        for palette in ("light", "dark") if name in COLOURED else ():
            note(f"forced {palette}", coloured(page, palette))
        page.set_viewport_size({"width": PHONE, "height": HEIGHT})
        note("twice as large", cuts_enlarged(page))
        assert lengthen(page) > 1.2
        note("longer", cuts(page))
        if name == "console:dashboard":
            page.locator(".bar [popovertarget=nav]").click()
            note("menu longer", cuts(page))
            note("menu longer and twice as large", cuts_enlarged(page))
    return found


def opened(visits: Visits, site: Running) -> Iterator[tuple[str, Page]]:
    """Each of PAGES by its name, open on a desk."""
    visits.expects(422)
    pages = {NOBODY: visits.open(), OWNER: visits.signed_in(OWNER)}
    account = site.demo["accounts"][0]["id"]
    have_a_webhook(pages[OWNER], account)
    template = have_a_template(pages[OWNER], account)
    # Of several messages the first stands for all.
    stops = {one.name: one for one in every_stop(site, template) if not one.variant}
    for name in sorted(PAGES):
        stop = stops[name]
        if stop.user not in pages:
            pages[stop.user] = visits.signed_in(stop.user)
        page = pages[stop.user]
        page.set_viewport_size({"width": DESK, "height": HEIGHT})
        page.goto(stop.path)
        yield name, page


def coloured(page: Page, palette: str) -> list[str]:
    """What is hard to tell apart in the system's colours, as contrast themes have them."""
    dark = palette == "dark"
    page.emulate_media(forced_colors="active", color_scheme="dark" if dark else "light")
    found = alike(page)
    choices = [one for one in CHOICES if page.locator(f"main {one}:not(:disabled)").count()]
    found += [f"looks the same ticked: {one}" for one in choices if not changes(page, one)]
    page.emulate_media(forced_colors="none", color_scheme="light")
    return found


def changes(page: Page, choice: str) -> bool:
    """The first `choice` that can be made looks otherwise ticked than not."""
    control = page.locator(f"main {choice}:not(:disabled)").first
    looks = set()
    for ticked in (True, False):
        control.evaluate("(one, ticked) => { one.checked = ticked; }", ticked)
        looks.add(control.screenshot())
    return len(looks) == 2
