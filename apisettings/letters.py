"""The letter about a webhook that Hub paused, to those who look after it."""

from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.letters import Letter, Reader, members_who_may, page_address, write_to
from accounts.models import Account
from accounts.tenancy import as_login
from apisettings.retry import FAILING_DAYS


def tell_of_stopped(account_id: UUID, url: str, *, gone: bool) -> None:
    """A step of the stop: owners, administrators and developers are written to. Needs `system`."""
    with as_login():
        account = Account.objects.get(pk=account_id)
        write_to(
            members_who_may(account_id, "api.change"),
            lambda reader: stopped_letter(account, url, gone, reader),
        )


def stopped_letter(account: Account, url: str, gone: bool, to: Reader) -> Letter:
    words = {"name": account.name, "host": urlsplit(url).hostname or url, "days": FAILING_DAYS}
    why = (
        _("%(host)s answered 410, which asks us never to come again.")
        if gone
        else _("%(host)s has not taken a single event for %(days)s days.")
    )
    return Letter(
        subject=_("%(name)s: Hub paused your webhook") % words,
        lines=[
            why % words,
            _(
                "Events that happen now are not sent. Once your server is well again, choose "
                "Active on the page of the webhook and save."
            ),
        ],
        facts=[(_("Webhook"), url)],
        button=(_("View the webhook"), page_address("api_webhooks", account)),
        why=_("You get this letter because you may change the API settings of %(name)s (%(id)s).")
        % {"name": account.name, "id": account.public_id},
    )
