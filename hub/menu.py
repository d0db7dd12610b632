"""The map of `hub.navigation` as links: the side menu and where a page stands in it.

What is made here depends on role, language and present page alone, so each process makes it once;
the account's ID is put in afterwards.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.permissions import allows
from hub.navigation import GROUPS, SECTIONS, Section, Tab

# Stands in an address for the account's ID, and in no text.
ACCOUNT: Final = "~account~"
TABS: Final = tuple(tab for section in SECTIONS for tab in section.tabs)


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a menu; `current` is "page", "true" (a page below it) or "" elsewhere."""

    label: str | Promise
    icon: str
    url: str
    current: str


@dataclass(frozen=True, slots=True)
class LinkGroup:
    id: str
    label: str | Promise
    links: list[Link]


def sees(role: str, tab: Tab) -> bool:
    return allows(role, tab.permission)


def url_of(tab: Tab, account_id: str) -> str:
    return _addresses()[tab.url_name].replace(ACCOUNT, account_id)


def tab_of(path: str, account_id: str) -> Tab | None:
    """The tab whose address is the longest beginning of `path`."""
    place = path.replace(account_id, ACCOUNT, 1)
    above = [tab for tab in TABS if place.startswith(_addresses()[tab.url_name])]
    return max(above, key=lambda tab: len(_addresses()[tab.url_name]), default=None)


def side_menu(role: str, account_id: str, tab: Tab | None, at: str) -> SafeString:
    """The side menu as HTML, without what the role may never see.

    `at` is "page" on the page of `tab` itself, "true" below it.
    """
    made = _side_menu(role, get_language(), tab.url_name if tab else "", at)
    return SafeString(made.replace(ACCOUNT, account_id))


@lru_cache(maxsize=1024)
def _side_menu(role: str, language: str | None, tab: str, at: str) -> str:
    menu = [LinkGroup(one.id, one.label, [*_links(one.sections, role, tab, at)]) for one in GROUPS]
    seen = [group for group in menu if group.links]
    return render_to_string("parts/_nav.html", {"groups": seen})


def _links(sections: tuple[Section, ...], role: str, present: str, at: str) -> Iterator[Link]:
    for section in sections:
        seen = [tab for tab in section.tabs if sees(role, tab)]
        if seen:
            inside = any(tab.url_name == present for tab in section.tabs)
            current = at if present == seen[0].url_name else "true" if inside else ""
            yield Link(section.label, section.icon, _addresses()[seen[0].url_name], current)


@cache
def _addresses() -> dict[str, str]:
    """Of every tab by its `url_name`: labels change with the language, and so would their hash."""
    place = {"account_id": ACCOUNT}
    return {tab.url_name: reverse(f"console:{tab.url_name}", kwargs=place) for tab in TABS}
