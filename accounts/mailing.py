"""The mail outbox, emptied: claimed, sent, forgotten. Mail may come twice but never not at all."""

import logging
from datetime import timedelta
from typing import Any, Final

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db.models import Q
from django.utils import timezone

from accounts.models import OutgoingMail
from accounts.statements import cursor

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 50
# Longer than a server may take over all of a batch, most of the time; then it is tried again.
LEASE: Final = timedelta(minutes=10)
FIRST_WAIT: Final = timedelta(seconds=20)
LONGEST_WAIT: Final = timedelta(hours=1)
GIVE_UP_AFTER: Final = timedelta(days=3)
# What was told stays known for longer than its period, so that nobody is told twice.
REMEMBER: Final = timedelta(days=62)
# RFC 3834, 5: no out-of-office answers please.
HEADERS: Final = {"Auto-Submitted": "auto-generated"}

CLAIM = """
UPDATE accounts_outgoingmail SET due = %(lease)s, tries = tries + 1
WHERE id = ANY (ARRAY(SELECT id FROM accounts_outgoingmail WHERE due <= %(now)s
                      ORDER BY due LIMIT %(most)s FOR UPDATE SKIP LOCKED))
RETURNING id
"""


def send_due() -> int:
    """Mail that is due has left, or waits for its next try; returns how much left."""
    now = timezone.now()
    given = {"now": now, "lease": now + LEASE, "most": MOST_AT_ONCE}
    ids = [row[0] for row in cursor().execute(CLAIM, given).fetchall()]
    mails = list(OutgoingMail.objects.filter(pk__in=ids).order_by("written_at"))
    if not mails:
        return 0
    connection = get_connection()
    sent = 0
    try:
        for mail in mails:
            sent += _try(connection, mail)
    finally:
        connection.close()
    return sent


def forget_told() -> int:
    """What was told long ago is forgotten; returns how many rows."""
    old = Q(due=None, written_at__lt=timezone.now() - REMEMBER)
    return OutgoingMail.objects.filter(old).delete()[0]


def _try(connection: Any, mail: OutgoingMail) -> bool:
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers=HEADERS)
    message.attach_alternative(mail.html, "text/html")
    try:
        connection.open()
        connection.send_messages([message])
    except OSError:  # smtplib's errors are OSErrors too
        connection.close()
        _put_off(mail)
        return False
    _done(mail)
    return True


def _put_off(mail: OutgoingMail) -> None:
    """Tried again later, twice as late each time; after three days no more."""
    now = timezone.now()
    if now - mail.written_at > GIVE_UP_AFTER:
        logger.exception("mail given up", extra={"mail": str(mail.pk)})
        _done(mail)
        return
    logger.warning("mail not sent yet", exc_info=True, extra={"mail": str(mail.pk)})
    wait = min(FIRST_WAIT * 2 ** min(mail.tries, 10), LONGEST_WAIT)
    OutgoingMail.objects.filter(pk=mail.pk).update(due=now + wait)


def _done(mail: OutgoingMail) -> None:
    """Its words are gone: they may hold a link that opens a door."""
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    if mail.cause is None:
        rows.delete()
    else:
        rows.update(due=None, subject="", text="", html="")
