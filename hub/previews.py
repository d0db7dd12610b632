"""What a page of a lower floor needs from a higher one; handed to the view in `urls.py`."""

from datetime import UTC, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.cards import Text
from accounts.closing_views import Leaves
from accounts.models import Account
from accounts.zones import city_of
from billing.balance import balance_of
from hub.lib.money import show_money, show_number, show_when
from hub.lib.windows import Clock, Week, holiday_calendar
from hub.lib.zones import ClockChange, clock_changes
from messaging.models import Waiting
from senders.models import SendingSettings

MOST_COUNTED: Final = 10_000


def transactional_granted(account: Account) -> bool:
    """True when staff opened the transactional message class to `account`. Needs its scope."""
    settings = SendingSettings.objects.for_account(account)
    return bool(settings.values_list("transactional_granted", flat=True).first())


def zone_consequences(account: Account, zone: str) -> list[tuple[Text, Text]]:
    """What a change of the account's time zone to `zone` means. Needs its scope."""
    now = timezone.now()
    settings = SendingSettings.objects.for_account(account).first() or SendingSettings()
    found: list[tuple[Text, Text]] = [
        (_("Scheduled messages"), _scheduled(account, zone, now)),
        (_("Limits and reports"), _counted(account, zone, now)),
        (_("Sending hours"), _hours(account, settings, zone, now)),
    ]
    changes = clock_changes(zone, now)
    if changes:
        found.append((_("Clock changes"), " ".join(map(_clock_change, changes))))
    return found


def closing_consequences(account: Account) -> Leaves:
    """What closing the account leaves behind. Needs its scope."""
    waiting = _count(_waiting(account))
    told = ngettext(
        "%(n)s message waits. It leaves if the account is reopened in time.",
        "%(n)s messages wait. They leave if the account is reopened in time.",
        waiting,
    ) % {"n": _number(waiting)}
    found: list[tuple[Text, Text]] = [
        (_("Waiting messages"), told if waiting else _("No message waits."))
    ]
    balance, is_own = balance_of(account), account.payer_id in (None, account.pk)
    if balance is not None:
        money = show_money(balance.available, balance.currency, _language(), digits=2)
        words = _("%(money)s stays in the wallet. Ask support to pay it back before the last day.")
        if not is_own:
            words = _("The wallet is the parent account’s: its %(money)s stay there.")
        found.append((_("Your balance"), words % {"money": money}))
    has_money = is_own and balance is not None and (balance.available or balance.held)
    return Leaves(found, _sure(bool(waiting), bool(has_money)))


def _sure(has_messages: bool, has_money: bool) -> str:
    """What an owner who closes the account agrees to."""
    if has_messages and has_money:
        return _(
            "Messages that wait will not be sent unless the account is reopened in time, and the "
            "balance stays in the wallet unless support pays it back"
        )
    if has_messages:
        return _("Messages that wait will not be sent unless the account is reopened in time")
    return _("The balance stays in the wallet unless support pays it back") if has_money else ""


def _waiting(account: Account) -> QuerySet[Waiting]:
    return Waiting.objects.for_account(account)


def _count(some: QuerySet[Waiting]) -> int:
    """At most 10,000: more are not counted while a page waits."""
    return some[:MOST_COUNTED].count()


def _scheduled(account: Account, zone: str, now: datetime) -> str:
    some = _waiting(account).filter(message__state="scheduled", due__gt=now).order_by("due")
    n, first = _count(some), some.first()
    if first is None:
        return _("None is waiting.")
    told = ngettext("%(n)s message keeps its instant.", "%(n)s messages keep their instant.", n) % {
        "n": _number(n)
    }
    shown = {
        "then": show_when(first.due, zone, _language()),
        "now": show_when(first.due, account.time_zone, _language()),
    }
    return told + " " + _("The next one shows as %(then)s instead of %(now)s.") % shown


def _counted(account: Account, zone: str, now: datetime) -> str:
    """Counters are kept by the local date at the moment of sending."""
    midnight = datetime.combine(now.astimezone(ZoneInfo(zone)).date(), time(), ZoneInfo(zone))
    words = _(
        "Days and months begin at midnight in %(city)s, which is %(time)s in %(old)s. What was "
        "counted stays on the date it was counted for."
    )
    return words % {
        "city": city_of(zone),
        "time": show_when(midnight, account.time_zone, _language(), "time"),
        "old": city_of(account.time_zone),
    }


def _hours(account: Account, settings: SendingSettings, zone: str, now: datetime) -> str:
    if not settings.hours_on:
        return _("Off: messages leave at any hour, as before.")
    if settings.hours_clock != SendingSettings.Clock.ACCOUNT:
        if settings.unknown_zone_uses_account:
            return _(
                "Read in the recipient’s time zone. Recipients whose zone is not known follow "
                "%(city)s from now on; held messages are looked at again."
            ) % {"city": city_of(zone)}
        return _("Read in the recipient’s time zone, so nothing changes.")
    clock = Clock(Week.parse(settings.week), now, holiday_calendar(account.country))
    states = {True: _("open"), False: _("closed")}
    words = _(
        "Read in %(city)s from now on: %(then)s at this moment, %(now)s before. Held messages are "
        "looked at again at once."
    )
    return words % {
        "city": city_of(zone),
        "then": states[clock.open((zone,))],
        "now": states[clock.open((account.time_zone,))],
    }


def _clock_change(change: ClockChange) -> str:
    """Local times that do not exist or come twice."""
    words = (
        _("On %(date)s %(from)s to %(to)s does not exist.")
        if change.after > change.before
        else _("On %(date)s %(from)s to %(to)s comes twice.")
    )
    low, high = sorted((change.before, change.after))
    date = show_when(change.before.replace(tzinfo=UTC), "UTC", _language(), "long_date")
    return words % {"date": date, "from": f"{low:%H:%M}", "to": f"{high:%H:%M}"}


def _number(n: int) -> str:
    return show_number(n, _language())


def _language() -> str:
    return get_language() or "en"
