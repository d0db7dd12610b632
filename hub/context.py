"""What every template may ask of the shell. Nothing is read before a template asks."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from accounts.memberships import Place, memberships_of
from accounts.models import Account
from accounts.permissions import allows
from billing.balance import Balance, balance_of
from hub import menu
from hub.menu import Link
from hub.navigation import SECTIONS, Section, Tab

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "hub_theme"


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
    def menu(self) -> SafeString:
        """The side menu without what this role may never see."""
        if self.account is None:
            return SafeString("")
        at = self._current(self.tab) if self.tab else ""
        return menu.side_menu(self.role, self.account.public_id, self.tab, at)

    @cached_property
    def tabs(self) -> list[Link]:
        """The tab bar of this section; empty for a section of one page."""
        if self.section is None or len(self.section.tabs) == 1:
            return []
        return [
            Link(tab.label, "", self._url_of(tab), self._current(tab))
            for tab in self.section.tabs
            if menu.sees(self.role, tab)
        ]

    @cached_property
    def tab(self) -> Tab | None:
        """The tab whose address is the longest beginning of this one, or of what it says."""
        if self.account is None:
            return None
        path = getattr(self.request, "stands_under", self.request.path)
        return menu.tab_of(path, self.account.public_id)

    @cached_property
    def section(self) -> Section | None:
        return next((each for each in SECTIONS if self.tab in each.tabs), None)

    @cached_property
    def memberships(self) -> list[Place]:
        """Where this person works, by name; on an account's page that one, then some others."""
        if not self.request.user.is_authenticated:
            return []
        known: list[Place] | None = getattr(self.request, "memberships", None)
        return memberships_of(self.request.user.pk) if known is None else known

    @cached_property
    def balance(self) -> Balance | None:
        """None where the role may not see it, no wallet exists, or outside the account's scope."""
        account = self.account
        if account is None or not allows(self.role, "billing.view"):
            return None
        if getattr(connection, "hub_account", None) != account.pk:
            return None  # an error page: the scope is closed already
        return balance_of(account)

    def _url_of(self, tab: Tab) -> str:
        assert self.account is not None
        return menu.url_of(tab, self.account.public_id)

    def _current(self, tab: Tab) -> str:
        if tab != self.tab:
            return ""
        return "page" if self.request.path == self._url_of(tab) else "true"


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
