"""What every template may ask of the shell. Nothing is read before a template asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject, cached_property
from django.utils.translation import get_language, get_language_info

from accounts.models import Account, Membership
from accounts.permissions import allows
from billing.balance import Balance, balance_of
from hub.navigation import GROUPS, Section, Tab

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "hub_theme"


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


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    code: str
    name: str


class Shell:
    """The room around a page: whose account, where in it, and what else there is."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.account: Account | None = getattr(request, "account", None)
        self.role: str = getattr(request, "role", "")

    @cached_property
    def groups(self) -> list[LinkGroup]:
        """The side menu without what this role may never see."""
        if self.account is None:
            return []
        menu = [
            LinkGroup(group.id, group.label, [*self._links(group.sections)]) for group in GROUPS
        ]
        return [group for group in menu if group.links]

    @cached_property
    def tabs(self) -> list[Link]:
        """The tab bar of this section; empty for a section of one page."""
        if self.section is None or len(self.section.tabs) == 1:
            return []
        return [
            Link(tab.label, "", self.url_of(tab), self._current(tab))
            for tab in self.section.tabs
            if self.sees(tab)
        ]

    @cached_property
    def tab(self) -> Tab | None:
        """The tab whose address is the longest beginning of this one."""
        if self.account is None:
            return None
        path = self.request.path
        every = [tab for group in GROUPS for section in group.sections for tab in section.tabs]
        above = [tab for tab in every if path.startswith(self.url_of(tab))]
        return max(above, key=lambda tab: len(self.url_of(tab)), default=None)

    @cached_property
    def section(self) -> Section | None:
        return next(
            (each for group in GROUPS for each in group.sections if self.tab in each.tabs), None
        )

    @cached_property
    def memberships(self) -> list[Membership]:
        """Where else this person works, by name."""
        if not self.request.user.is_authenticated:
            return []
        return list(
            Membership.objects.select_related("account")
            .filter(user=self.request.user.pk)
            .exclude(account__state=Account.State.CLOSED)
            .order_by("account__name", "account__public_id")
        )

    @cached_property
    def balance(self) -> Balance | None:
        """None where the role may not see it, no wallet exists, or outside the account's scope."""
        account = self.account
        if account is None or not allows(self.role, "billing.view"):
            return None
        if getattr(connection, "hub_account", None) != account.pk:
            return None  # an error page: the scope is closed already
        return balance_of(account)

    def sees(self, tab: Tab) -> bool:
        return allows(self.role, tab.permission)

    def url_of(self, tab: Tab) -> str:
        assert self.account is not None
        return reverse(f"console:{tab.url_name}", kwargs={"account_id": self.account.public_id})

    def _links(self, sections: tuple[Section, ...]) -> Iterator[Link]:
        for section in sections:
            seen = [tab for tab in section.tabs if self.sees(tab)]
            if seen:
                current = self._current(seen[0]) if section == self.section else ""
                marked = current or ("true" if section == self.section else "")
                yield Link(section.label, section.icon, self.url_of(seen[0]), marked)

    def _current(self, tab: Tab) -> str:
        if tab != self.tab:
            return ""
        return "page" if self.request.path == self.url_of(tab) else "true"


def console(request: HttpRequest) -> dict[str, Any]:
    """`console` (a Shell), `account`, `role`, `theme`, `themes`, `other_languages`."""
    shell = SimpleLazyObject(lambda: Shell(request))
    return {
        "console": shell,
        "account": getattr(request, "account", None),
        "role": getattr(request, "role", ""),
        "theme": theme_of(request),
        "themes": THEMES,
        "other_languages": SimpleLazyObject(_other_languages),
    }


def theme_of(request: HttpRequest) -> str:
    """What the browser's cookie asks for: "auto" (as the system), "light" or "dark"."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def _other_languages() -> list[OtherLanguage]:
    current = get_language()
    return [
        OtherLanguage(code, get_language_info(code)["name_local"].capitalize())
        for code, _name in settings.LANGUAGES
        if code != current
    ]
