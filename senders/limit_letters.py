"""Who may change a limit is told when it is nearly reached, and when it is: once a period each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.letters import Letter, Reader, members_who_may, page_address, when_for, write_to
from accounts.models import Account
from accounts.statements import cursor
from accounts.tenancy import system
from hub.lib.money import show_number
from senders.meters import WARN_AT, day_of, month_of
from senders.models import SendingSettings

REACHED: Final = 100
NEARLY: Final = round(WARN_AT * 100)
MOST_AT_ONCE: Final = 500

# Reads two counters an account that has a limit, by their key; never a message. What was told
# stands in the outbox, under a cause that begins with the account and the period.
FULL = """
SELECT s.account_id, p.period, c.used, p.cap, f.percent, s.over_limit
FROM senders_sendingsettings s
JOIN accounts_account a ON a.id = s.account_id AND a.state = 'open'
CROSS JOIN LATERAL (VALUES
    (to_char(%(now)s AT TIME ZONE a.time_zone, 'YYYY-MM-DD'), s.limit_day),
    (to_char(%(now)s AT TIME ZONE a.time_zone, 'YYYY-MM'), s.limit_month)) p (period, cap)
JOIN senders_usagecounter c ON c.account_id = s.account_id AND c.period = p.period
CROSS JOIN LATERAL (
    SELECT CASE WHEN c.used >= p.cap THEN %(reached)s ELSE %(nearly)s END) f (percent)
WHERE p.cap > 0 AND c.used * 100 >= p.cap * %(nearly)s
  AND NOT EXISTS (
    SELECT 1 FROM accounts_outgoingmail m
    WHERE m.cause ^@ ('limit:' || s.account_id || ':' || p.period || ':'
                      || CASE f.percent WHEN %(reached)s THEN %(reached)s || ':' ELSE '' END))
LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Full:
    """A limit that is nearly or wholly used, in segments. `period` is its counter's key."""

    account_id: UUID
    period: str
    used: int
    cap: int
    percent: int
    over_limit: str

    @property
    def cause(self) -> str:
        return f"limit:{self.account_id}:{self.period}:{self.percent}"

    @property
    def of_a_day(self) -> bool:
        return self.period.count("-") == 2


def warn_of_limits(now: datetime) -> int:
    """Letters about limits that are full are in the outbox; returns how many were written."""
    given = {"now": now, "reached": REACHED, "nearly": NEARLY, "most": MOST_AT_ONCE}
    with system("find limits that are nearly reached"):
        found = [Full(*row) for row in cursor().execute(FULL, given).fetchall()]
    accounts = Account.objects.in_bulk({one.account_id for one in found})
    return sum(_tell(accounts[one.account_id], one, now) for one in found)


def limit_letter(account: Account, full: Full, now: datetime, to: Reader) -> Letter:
    """What is used, until when, and what happens to messages meanwhile."""
    words = {
        "name": account.name,
        "used": show_number(full.used, to.language),
        "limit": show_number(full.cap, to.language),
        "until": when_for(to, _ends(account, full, now), account, "medium"),
    }
    return Letter(
        subject=_subject(full) % words,
        lines=[_told(full) % words, _what_then(full) % words],
        button=(_("View the limit"), page_address("numbers_settings", account) + "#limit"),
        why=_("You get this letter because you may change the limits of %(name)s (%(id)s).")
        % {"name": account.name, "id": account.public_id},
    )


def _tell(account: Account, full: Full, now: datetime) -> int:
    with transaction.atomic(durable=True):
        return write_to(
            members_who_may(account, "sending.change"),
            lambda to: limit_letter(account, full, now, to),
            cause=full.cause,
        )


def _ends(account: Account, full: Full, now: datetime) -> datetime:
    return day_of(account, now).ends if full.of_a_day else month_of(account, now).ends


def _subject(full: Full) -> str:
    if full.percent == REACHED:
        day, month = _("%(name)s: daily limit reached"), _("%(name)s: monthly limit reached")
    else:
        day = _("%(name)s: daily limit nearly reached")
        month = _("%(name)s: monthly limit nearly reached")
    return day if full.of_a_day else month


def _told(full: Full) -> str:
    if full.of_a_day:
        return _("%(name)s has used %(used)s of the %(limit)s segments allowed today.")
    return _("%(name)s has used %(used)s of the %(limit)s segments allowed this month.")


def _what_then(full: Full) -> str:
    hold = full.over_limit == SendingSettings.OverLimit.HOLD
    if full.percent == REACHED:
        held = _("Messages are held from now on, until %(until)s or until you raise the limit.")
        rejected = _(
            "Messages are rejected from now on, until %(until)s or until you raise the limit."
        )
    else:
        held = _("Once it is reached, messages are held until %(until)s.")
        rejected = _("Once it is reached, messages are rejected until %(until)s.")
    return held if hold else rejected
