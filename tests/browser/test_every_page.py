"""Every page in both languages, both themes and two widths, with script and without: for screen
readers, by keyboard, on narrow screens, and its French.

The pages are those of the walls test, so a new one is looked at without being named here.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

import pytest
from playwright.sync_api import Page, Response

from tests.browser.axe import OF_COLOUR, violations
from tests.browser.english import badly_set, left_in, texts
from tests.browser.newcomer import Newcomer
from tests.browser.steps import have_a_template, have_a_webhook
from tests.browser.stops import Stop
from tests.browser.tab_walk import unseen
from tests.browser.tour import NOBODY, OWNER, every_stop
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = pytest.mark.browser
# The longest of all tests: a language on each core, so on a Hub of its own.
LANGUAGES = [
    pytest.param(one, marks=pytest.mark.xdist_group(f"walk-{one}")) for one in ("en", "fr")
]
NARROW, PHONE, WIDE, HEIGHT = 320, 375, 1440, 900
# Buttons that send no form and open nothing: only a script could make them do something.
IDLE: Final = """() => [...document.querySelectorAll("button")].filter((one) =>
    one.checkVisibility({ visibilityProperty: true })
    && !(one.type === "submit" && one.form) && !one.popoverTargetElement
  ).map((one) => one.outerHTML.slice(0, 120))"""


def tour(
    visits: Visits, site: Running, language: str, *, script: bool
) -> Iterator[tuple[Stop, Page]]:
    """Each stop with the page open; what is no page (a door for POST, a redirect) is left out."""
    visits.expects(403, 404, 409, 422)
    pages = {OWNER: visits.signed_in(OWNER, language=language)}
    account = site.demo["accounts"][0]["id"]
    have_a_webhook(pages[OWNER], account)
    template = have_a_template(pages[OWNER], account)
    # States that only the gallery shows are looked at once, in the language of the longer words;
    # the walk that does so leaves the newcomer to the others.
    samples = script and language == "fr"
    for stop in every_stop(site, template, samples=samples):
        if stop.user not in pages:
            pages[stop.user] = (
                visits.open(language=language)
                if stop.user == NOBODY
                else visits.signed_in(stop.user, language=language)
            )
        page = pages[stop.user]
        if not is_page(page, stop.path):
            continue
        answer, unused = (
            (page.goto(stop.path), []) if script else goto_without_script(page, stop.path)
        )
        assert answer, stop
        # The gallery's buttons are to be looked at.
        if stop.name not in ("ui", "ui_cards"):
            visits.trouble += [f"{stop.path} {one}" for one in unused]
        if answer.status == stop.status:
            yield stop, page
        else:
            visits.trouble.append(f"{answer.status}: {stop}")
    if not samples:
        yield from journey(visits, site, language, script=script)


def journey(
    visits: Visits, site: Running, language: str, *, script: bool
) -> Iterator[tuple[Stop, Page]]:
    """The same for the pages that a newcomer meets; without script they are reached without."""
    page = visits.open(language=language)
    stops = Newcomer(page, site).walk()
    while True:
        with nullcontext() if script else no_script(page):
            stop = next(stops, None)
            if not stop:
                return
            if not script:
                visits.trouble += [f"{stop.path} {one}" for one in idle(page)]
        yield stop, page


def goto_without_script(page: Page, path: str) -> tuple[Response | None, list[str]]:
    """The page as it is where no script runs, and what does nothing there."""
    with no_script(page):
        return page.goto(path), idle(page)


@contextmanager
def no_script(page: Page) -> Iterator[None]:
    """No script runs in pages that are opened inside.

    What looks at a page afterwards is script itself, so then it may run.
    """
    chromium = page.context.new_cdp_session(page)
    chromium.send("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        yield
    finally:
        chromium.send("Emulation.setScriptExecutionDisabled", {"value": False})
        chromium.detach()


def idle(page: Page) -> list[str]:
    return [f"does nothing without script: {one}" for one in page.evaluate(IDLE)]


def is_page(page: Page, path: str) -> bool:
    """Not a door for POST alone, not a way to somewhere else, not a file to keep."""
    answer = page.request.head(path, max_redirects=0)
    kind = answer.headers.get("content-type", "")
    return answer.status not in (302, 405) and kind.startswith("text/html")


def faults(page: Page, language: str, *, script: bool) -> list[str]:
    """What is wrong with the page that is open, on a desk and on a phone, in the light and dark.

    A script changes no colour: without any, the desk is seen in the light and the phone in the
    dark, which are both themes and both widths.
    """
    found = []
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    if page.locator("html").get_attribute("lang") != language:
        found.append("lang")
    for width, theme, other in ((WIDE, "light", "dark"), (PHONE, "dark", "light")):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        turn(page, theme)
        found += [f"{width} px, {theme}: {one}" for one in violations(page)]
        if script:
            turn(page, other)
            found += [f"{width} px, {other}: {one}" for one in violations(page, OF_COLOUR)]
        found += [f"{width} px: {one}" for one in unseen(page)]
    found += overflow(page)
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return found


def turn(page: Page, theme: str) -> None:
    """As the theme's cookie has the server write it."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)


def overflow(page: Page) -> list[str]:
    """What is wider than the narrowest screen."""
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} px wide on a screen of {NARROW}"] if width > NARROW else []


def badly_said(page: Page) -> list[str]:
    """English left on a French page, and French that is badly set."""
    said = texts(page)
    return [f"English: {phrase}" for phrase in left_in(said)] + badly_set(said)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_named_and_in_its_language(
    visits: Visits, site: Running, language: str, script: bool
) -> None:
    wrong: dict[str, list[str]] = {}
    titles: dict[str, set[str]] = defaultdict(set)
    looked_at = 0
    for stop, page in tour(visits, site, language, script=script):
        looked_at += 1
        # Read before keys are pressed, which may open something.
        said = badly_said(page) if language == "fr" else []
        found = said + faults(page, language, script=script)
        if found:
            wrong[f"{stop.name} {stop.path}"] = found
        if stop.name.startswith("console:") and not stop.variant:
            titles[page.title()].add(stop.name)
    assert wrong == {}
    assert {title: names for title, names in titles.items() if len(names) > 1} == {}
    assert "" not in titles
    assert looked_at > 40
