"""Letters to the owners of an account, each in the reader's own language.

What is owed stands in the account's row, written by the change's own transaction: mail that could
not be sent is tried again, and a letter may come twice but never not at all.
"""

import logging
from collections.abc import Iterator
from typing import Any, Final

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Account, Membership
from hub.lib.money import show_when

logger = logging.getLogger(__name__)

TEMPLATES: Final = {
    "closing": "accounts/mail/closing.txt",
    "reopened": "accounts/mail/reopened.txt",
    "closed": "accounts/mail/closed.txt",
}


def send_owed(account: Account) -> int:
    """Every owner has the letter that is owed, or none has and it stays owed; how many went."""
    with transaction.atomic(durable=True):
        rows = Account.objects.select_for_update(skip_locked=True, no_key=True)
        row = rows.filter(pk=account.pk).exclude(owed_notice="").first()
        if row is None:
            return 0
        letters = list(_letters(row))
        try:
            sent = get_connection().send_messages(letters) if letters else 0
        except OSError:  # smtplib's errors are OSErrors too
            logger.exception("owners were not told", extra={"account": row.public_id})
            return 0
        row.owed_notice = ""
        row.save(update_fields=["owed_notice"])
    return int(sent or 0)


def _letters(account: Account) -> Iterator[EmailMessage]:
    owners = Membership.objects.select_related("user").filter(
        account=account.pk, role=Membership.Role.OWNER, user__is_active=True
    )
    for owner in owners:
        language = owner.user.language or "en"
        with translation.override(language):
            yield _letter(account, owner.user, language)


def _letter(account: Account, person: Any, language: str) -> EmailMessage:
    subjects = {
        "closing": _("%(name)s is being closed"),
        "reopened": _("%(name)s is open again"),
        "closed": _("%(name)s is closed"),
    }
    last_day = account.closes_at
    context = {
        "account": account,
        "person": person,
        "last_day": show_when(last_day, account.time_zone, language, "long_date")
        if last_day
        else "",
    }
    return EmailMessage(
        subject=subjects[account.owed_notice] % {"name": account.name},
        body=render_to_string(TEMPLATES[account.owed_notice], context),
        to=[person.email],
    )
