"""Letters to the owners of an account about its closing, each in the reader's own language."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.letters import Letter, Reader, owners_of, page_address, when_for, write_to
from accounts.models import Account

Written = Callable[[Account, Reader], Letter]


def tell_owners(account: Account, written: Written) -> None:
    """A step of the change: every owner is written to."""
    write_to(owners_of(account), lambda reader: written(account, reader))


def closing_letter(account: Account, reader: Reader) -> Letter:
    assert account.closes_at is not None
    names = {"name": account.name, "day": when_for(reader, account.closes_at, account)}
    return Letter(
        subject=_("%(name)s is being closed") % names,
        lines=[
            _(
                "An owner has asked to close %(name)s. Since that moment nothing is sent from it "
                "and its API keys are refused."
            )
            % names,
            _(
                "Until %(day)s any owner can reopen the account: sign in to Hub and choose “Keep "
                "the account”. After that day it is closed for good."
            )
            % names,
        ],
        button=(_("View the account"), page_address("account_general", account)),
        after=[_("If you did not expect this, reopen the account and change your password.")],
        why=_why(account),
    )


def reopened_letter(account: Account, reader: Reader) -> Letter:
    names = {"name": account.name}
    return Letter(
        subject=_("%(name)s is open again") % names,
        lines=[
            _(
                "An owner has reopened %(name)s. Its API keys work again, and messages that waited "
                "are sent as its rules say."
            )
            % names
        ],
        button=(_("View the account"), page_address("account_general", account)),
        why=_why(account),
    )


def closed_letter(account: Account, reader: Reader) -> Letter:
    names = {"name": account.name}
    return Letter(
        subject=_("%(name)s is closed") % names,
        lines=[
            _(
                "The days in which %(name)s could be reopened are over. It is closed for good. "
                "Messages that still waited are not sent and not billed."
            )
            % names
        ],
        why=_why(account),
    )


def _why(account: Account) -> str:
    return _("You get this letter as an owner of %(name)s (%(id)s).") % {
        "name": account.name,
        "id": account.public_id,
    }
