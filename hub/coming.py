"""Pages whose work is not built yet: each says what it will do, and offers nothing it cannot do."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ComingPage:
    """What stands at `path` of an account, under `permission`, until its owner builds it."""

    url_name: str
    path: str
    permission: str
    promise: Text


PAGES = (
    ComingPage(
        "dashboard",
        "",
        "dashboard.view",
        _(
            "What needs your attention, what was sent and delivered today, and how far the "
            "limit and the balance will last."
        ),
    ),
    ComingPage(
        "inbox",
        "inbox/",
        "messages.view",
        _("Replies to your messages, as conversations you can answer from any of your numbers."),
    ),
    ComingPage(
        "contacts",
        "contacts/",
        "messages.view",
        _("Who receives your messages: import, duplicates, opt-outs and the proof of consent."),
    ),
    ComingPage(
        "templates",
        "templates/",
        "messages.view",
        _("Texts you send often, kept once and offered wherever a message is written."),
    ),
    ComingPage(
        "account_general",
        "account/general/",
        "account.view",
        _(
            "The account’s name and ID, its time zone, automatic opt-out, duplicate contacts, "
            "and changing or closing the account."
        ),
    ),
    ComingPage(
        "account_security",
        "account/security/",
        "account.view",
        _("Single sign-on, two-factor rules, open sessions and the networks people may come from."),
    ),
    ComingPage(
        "account_activity",
        "account/activity/",
        "account.view",
        _("Every sign-in, change, export and support access, with its before and after."),
    ),
    ComingPage(
        "billing_subscription",
        "billing/subscription/",
        "billing.view",
        _(
            "Your plan and what it includes, balance alerts, automatic top-ups, billing "
            "information and payment methods."
        ),
    ),
    ComingPage(
        "billing_invoices",
        "billing/invoices/",
        "billing.view",
        _("Every invoice with its state and its PDF, and a way to pay what is due."),
    ),
    ComingPage(
        "subaccounts",
        "sub-accounts/",
        "subaccounts.view",
        _("Accounts below this one, with their own people and limits, and shared or own billing."),
    ),
    ComingPage(
        "users",
        "users/",
        "users.view",
        _("Who works in this account: invitations, roles and what they allow, suspensions."),
    ),
)
