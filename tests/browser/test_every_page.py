"""Every page in both languages and both themes: for screen readers, narrow screens and the French.

The pages are those of the walls test, so a new one is looked at without being named here.
"""

from collections import defaultdict
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.english import left_in, texts
from tests.browser.steps import have_a_template, have_a_webhook
from tests.browser.tour import NOBODY, OWNER, Stop, every_stop
from tests.browser.visits import Visits
from tests.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("hub")]
NARROW, WIDE, HEIGHT = 320, 1440, 900


def tour(visits: Visits, site: Running, language: str, theme: str) -> Iterator[tuple[Stop, Page]]:
    """Each stop with the page open; what is no page (a door for POST, a redirect) is left out."""
    visits.expects(403, 404, 422)
    pages = {OWNER: visits.signed_in(OWNER, language=language, theme=theme)}
    account = site.demo["accounts"][0]["id"]
    have_a_webhook(pages[OWNER], account)
    template = have_a_template(pages[OWNER], account)
    for stop in every_stop(site, template):
        if stop.user not in pages:
            pages[stop.user] = (
                visits.open(language=language, theme=theme)
                if stop.user == NOBODY
                else visits.signed_in(stop.user, language=language, theme=theme)
            )
        page = pages[stop.user]
        if not is_page(page, stop.path):
            continue
        answer = page.goto(stop.path)
        assert answer, stop
        if answer.status == stop.status:
            yield stop, page
        else:
            visits.trouble.append(f"{answer.status}: {stop}")


def is_page(page: Page, path: str) -> bool:
    """Not a door for POST alone, not a way to somewhere else, not a file to keep."""
    answer = page.request.head(path, max_redirects=0)
    kind = answer.headers.get("content-type", "")
    return answer.status not in (302, 405) and kind.startswith("text/html")


def faults(page: Page, language: str) -> list[str]:
    found = violations(page)
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    if page.locator("html").get_attribute("lang") != language:
        found.append("lang")
    return found


def overflow(page: Page) -> list[str]:
    """What is wider than the narrowest screen; the page is wide again afterwards."""
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    return [f"{width} px wide on a screen of {NARROW}"] if width > NARROW else []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_is_accessible_named_and_in_its_language(
    visits: Visits, site: Running, language: str, theme: str
) -> None:
    wrong: dict[str, list[str]] = {}
    titles: dict[str, set[str]] = defaultdict(set)
    looked_at = 0
    for stop, page in tour(visits, site, language, theme):
        looked_at += 1
        found = faults(page, language)
        if (language, theme) == ("fr", "light"):
            found += overflow(page) + [f"English: {phrase}" for phrase in left_in(texts(page))]
        if found:
            wrong[f"{stop.name} {stop.path}"] = found
        if stop.name.startswith("console:") and not stop.variant:
            titles[page.title()].add(stop.name)
    assert wrong == {}
    assert {title: names for title, names in titles.items() if len(names) > 1} == {}
    assert "" not in titles
    assert looked_at > 40
