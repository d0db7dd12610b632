"""What a page weighs as it comes over the wire from a Hub that runs as it does for people.

kB are thousands of bytes of content, compressed as served. The first page is loaded with nothing
in the cache; the next one with what the dashboard has brought.
"""

import re

import pytest

from tests.browser.tour import OWNER, Stop, every_stop
from tests.running import Running
from tests.wire import Answer, Visitor

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("hub")]
FIRST, NEXT, SCRIPT, STYLE = 60_000, 10_000, 20_000, 10_000
Weighed = list[tuple[Stop, Answer, dict[str, Answer]]]


@pytest.fixture(scope="module")
def visitor(hub: Running) -> Visitor:
    visitor = Visitor(hub.base_url)
    found = next(one for one in hub.demo["users"] if one["email"].startswith(OWNER))
    visitor.sign_in(found["email"], found["password"])
    return visitor


@pytest.fixture(scope="module")
def weighed(hub: Running, visitor: Visitor) -> Weighed:
    """Every page of the owner's, with what it loads."""
    account = hub.demo["accounts"][0]["id"]
    mine = f"/a/{account}/templates/"
    visitor.post(f"{mine}new/", {"name": "Poids", "text": "Votre commande vous attend."})
    template = re.findall(rf'href="{mine}([^/"]{{36}})/', visitor.get(mine).text)[0]
    stops = [one for one in every_stop(hub, template) if one.user == OWNER]
    answers = [(stop, visitor.get(stop.path)) for stop in stops]
    pages = [
        (stop, page, visitor.parts(page, stop.path))
        for stop, page in answers
        if page.status == stop.status and page.kind == "text/html"
    ]
    assert len(pages) > 30
    return pages


def heavy(sizes: dict[str, int], most: int) -> dict[str, int]:
    assert sizes
    return {name: size for name, size in sizes.items() if size > most}


def sum_of(parts: dict[str, Answer], kind: str = "") -> int:
    return sum(part.wire for part in parts.values() if kind in part.kind)


def test_the_first_page_is_light(weighed: Weighed) -> None:
    sizes = {stop.path: page.wire + sum_of(parts) for stop, page, parts in weighed}
    assert heavy(sizes, FIRST) == {}


def test_the_next_page_is_lighter(hub: Running, visitor: Visitor, weighed: Weighed) -> None:
    dashboard = f"/a/{hub.demo['accounts'][0]['id']}/"
    known = visitor.parts(visitor.get(dashboard), dashboard)
    sizes = {
        stop.path: page.wire
        + sum_of({name: part for name, part in parts.items() if name not in known})
        for stop, page, parts in weighed
    }
    assert heavy(sizes, NEXT) == {}


@pytest.mark.parametrize(("kind", "most"), [("javascript", SCRIPT), ("css", STYLE)])
def test_script_and_style_stay_within_their_budgets(weighed: Weighed, kind: str, most: int) -> None:
    sizes = {stop.path: sum_of(parts, kind) for stop, _page, parts in weighed}
    assert min(sizes.values()) > 0
    assert heavy(sizes, most) == {}


def test_text_is_compressed_and_parts_are_kept_by_the_browser(weighed: Weighed) -> None:
    plain = {"font/woff2"}
    for stop, page, parts in weighed:
        assert page.encoding == "gzip", stop
        for name, part in parts.items():
            assert part.kind in plain or part.encoding == "gzip", name
            assert "immutable" in part.caching, name
