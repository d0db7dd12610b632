"""The console's map, written once: sections, their tabs, who may see them.

The side menu, the tab bars, page titles and the tests read it. A permission is one of
`accounts.permissions`; a URL name is under `console:`.
"""

from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Tab:
    """A page of a section; `url_name` is reversed with the account alone."""

    url_name: str
    label: Text
    permission: str


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the side menu: a page of its own (one tab) or a tab bar."""

    label: Text
    icon: str
    tabs: tuple[Tab, ...]
    purpose: Text = ""


@dataclass(frozen=True, slots=True)
class Group:
    id: str
    label: Text
    sections: tuple[Section, ...] = field(default_factory=tuple)


def _page(url_name: str, label: Text, icon: str, permission: str, purpose: Text = "") -> Section:
    return Section(label, icon, (Tab(url_name, label, permission),), purpose)


OVERVIEW = Group(
    "overview",
    _("Overview"),
    (
        _page("dashboard", _("Dashboard"), "layout-dashboard", "dashboard.view"),
        _page("messages", _("Messages"), "message-square-text", "messages.view"),
        _page("inbox", _("Inbox"), "inbox", "messages.view"),
        _page("contacts", _("Contacts"), "contact", "messages.view"),
        _page("templates", _("Templates"), "file-text", "templates.view"),
    ),
)

SETTINGS = Group(
    "settings",
    pgettext_lazy("navigation", "Settings"),
    (
        Section(
            pgettext_lazy("navigation", "Account"),
            "building-2",
            (
                Tab("account_general", _("General"), "account.view"),
                Tab("account_security", _("Security"), "account.view"),
                Tab("account_activity", _("Activity log"), "account.view"),
            ),
            _("Name, security and history of this account."),
        ),
        Section(
            _("Numbers & channels"),
            "phone",
            (
                Tab("numbers_active", pgettext_lazy("numbers", "Active"), "sending.view"),
                Tab(
                    "numbers_settings",
                    pgettext_lazy("navigation", "Settings"),
                    "sending.view",
                ),
            ),
            _("Rules applied to every message this account sends, from the Hub, the API or email."),
        ),
        Section(
            _("Billing"),
            "credit-card",
            (
                Tab("billing_subscription", _("Subscription"), "billing.view"),
                Tab("billing_invoices", _("Invoices"), "billing.view"),
            ),
            _("Plan, balance, payment and invoices."),
        ),
        _page(
            "subaccounts",
            _("Sub-accounts"),
            "network",
            "subaccounts.view",
            _("Accounts that belong to this one, and what they may do."),
        ),
        _page("users", _("Users"), "users", "users.view", _("Who works here, and in which role.")),
        Section(
            _("API settings"),
            "braces",
            (
                Tab("api_keys", _("API"), "api.view"),
                Tab("api_webhooks", _("Webhooks"), "api.view"),
            ),
            _("Keys and webhooks that connect your systems to this account."),
        ),
    ),
)

GROUPS: tuple[Group, ...] = (OVERVIEW, SETTINGS)
SECTIONS: tuple[Section, ...] = OVERVIEW.sections + SETTINGS.sections
