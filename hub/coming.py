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
        "account_security",
        "account/security/",
        "account.view",
        _("Single sign-on, two-factor rules, open sessions and the networks people may come from."),
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
