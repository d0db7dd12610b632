"""What needs a person: messages held, a webhook that fails, limits and money that run out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from babel.dates import format_timedelta
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.permissions import allows
from apisettings.models import Delivery, Webhook
from billing.balance import Balance
from billing.pricing import prices_in
from hub.lib.money import locale_of, show_money, show_number, show_when
from messaging.overview import Held, Week, held_now
from senders.meters import Meter, Meters, consequence
from senders.models import SendingSettings

MOST_COUNTED: Final = 1_000
# Less than this many days of the week's pace is worth telling.
LOW_DAYS: Final = 3

HELD_BY: Final[dict[str, str | Promise]] = {
    "outside_hours": gettext_lazy("Outside sending hours."),
    "never_open": gettext_lazy("The sending hours leave no minute open."),
    "zone_unknown": gettext_lazy("The time zone of a recipient is not known."),
    "zones_disagree": gettext_lazy("A number may be in zones that are never open together."),
    "limit_held": gettext_lazy("The SMS limit is reached."),
    "suspended_wait": gettext_lazy("This account is suspended."),
    "closing_wait": gettext_lazy("This account is closing."),
}


class Item(NamedTuple):
    """One thing to look at. `kind`: warn or bad, which the icon and the words say too."""

    kind: str
    icon: str
    title: str
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true now; `balance` is None where the role may not see it, or nobody pays yet."""

    account: Account
    role: str
    settings: SendingSettings
    meters: Meters
    week: Week
    balance: Balance | None
    now: datetime


def items_of(facts: Facts) -> list[Item]:
    """What this role can do something about, the worst first. Needs the scope."""
    found = [*_webhook(facts), *_limits(facts), *_money(facts), *_held(facts)]
    return sorted(found, key=lambda item: item.kind != "bad")


def days_left(balance: Balance, week: Week, country: str) -> float | None:
    """How long the balance lasts at the week's pace, in days, at the price of the account's own
    country; None without a price or a pace."""
    part = part_price(balance, country)
    if not part or not week.parts_a_day:
        return None
    return max(balance.available, 0) / (part * week.parts_a_day)


def part_price(balance: Balance, country: str) -> int:
    """Micro-units a part to `country`; 0 when there is no price."""
    prices = prices_in(balance.currency)
    return prices.get(country) or prices.get("*", 0)


def _held(facts: Facts) -> Iterator[Item]:
    if not allows(facts.role, "messages.view"):
        return
    held = held_now(facts.account)
    if held.messages:
        url = _page(facts, "messages") + "?state=held"
        yield Item("warn", "clock", _held_title(held), _held_text(facts, held), url)


def _held_title(held: Held) -> str:
    n = _number(held.messages)
    told = ngettext("%(n)s message held", "%(n)s messages held", held.messages)
    return told % {"n": f"{n}+" if held.more else n}


def _held_text(facts: Facts, held: Held) -> str:
    told = [str(HELD_BY[held.reason])] if held.reason in HELD_BY else []
    if held.until is not None:
        when = show_when(held.until, _zone(), _language(), "medium")
        told.append(_("The next one is looked at on %(when)s.") % {"when": when})
    return " ".join(told)


def _webhook(facts: Facts) -> Iterator[Item]:
    if not allows(facts.role, "api.view"):
        return
    mine = Webhook.objects.for_account(facts.account)
    webhook = mine.exclude(failing_since=None, state=Webhook.State.ACTIVE).first()
    if webhook is None or webhook.state == Webhook.State.PAUSED:
        return
    host = urlsplit(webhook.url).hostname or webhook.url
    url = _page(facts, "api_webhooks")
    if webhook.state == Webhook.State.STOPPED:
        told = _("%(host)s failed for days, so Hub stopped calling it.") % {"host": host}
        yield Item("bad", "webhook", _("Webhook stopped"), told, url)
    elif webhook.failing_since is not None:
        span = _span(facts.now - webhook.failing_since)
        title = _("Webhook failing for %(span)s") % {"span": span}
        yield Item("bad", "webhook", title, _deliveries(facts, host), url)


def _deliveries(facts: Facts, host: str) -> str:
    waiting = Delivery.objects.for_account(facts.account).filter(state=Delivery.State.WAITING)
    count = waiting[: MOST_COUNTED + 1].count()
    told = ngettext(
        "%(host)s: %(n)s delivery waits for a retry.",
        "%(host)s: %(n)s deliveries wait for a retry.",
        count,
    )
    shown = _number(min(count, MOST_COUNTED)) + ("+" if count > MOST_COUNTED else "")
    return told % {"host": host, "n": shown}


def _limits(facts: Facts) -> Iterator[Item]:
    if not allows(facts.role, "sending.view"):
        return
    url = _page(facts, "numbers_settings") + "#limit"
    for meter in facts.meters:
        if meter.is_reached:
            told = consequence(meter, facts.settings.over_limit, _zone())
            yield Item("bad", "gauge", _limit_title(meter, reached=True), told, url)
        elif meter.is_high:
            told = _("%(used)s segments. It starts anew on %(when)s.") % {
                "used": meter.words,
                "when": show_when(meter.resets, _zone(), _language(), "medium"),
            }
            yield Item("warn", "gauge", _limit_title(meter, reached=False), told, url)


def _limit_title(meter: Meter, *, reached: bool) -> str:
    if meter.id == "day":
        return _("Daily limit reached") if reached else _("Daily limit nearly reached")
    return _("Monthly limit reached") if reached else _("Monthly limit nearly reached")


def _money(facts: Facts) -> Iterator[Item]:
    balance = facts.balance
    if balance is None:
        return
    url = _page(facts, "billing_subscription")
    shown = show_money(balance.available, balance.currency, _language(), digits=2)
    if balance.available <= 0:
        told = _("%(money)s to spend: new messages are rejected.") % {"money": shown}
        yield Item("bad", "credit-card", _("No balance"), told, url)
        return
    days = days_left(balance, facts.week, facts.account.country)
    if days is not None and days < LOW_DAYS:
        told = _("%(money)s lasts about %(span)s at the pace of the last 7 days.") % {
            "money": shown,
            "span": _span(timedelta(days=days)),
        }
        yield Item("warn", "credit-card", _("Low balance"), told, url)


def _span(length: timedelta) -> str:
    length = max(length, timedelta(minutes=1))
    return format_timedelta(length, threshold=2, locale=locale_of(_language()))


def _page(facts: Facts, name: str) -> str:
    return reverse(f"console:{name}", args=[facts.account.public_id])


def _number(n: int) -> str:
    return show_number(n, _language())


def _zone() -> str:
    """The reader's clock."""
    return timezone.get_current_timezone_name()


def _language() -> str:
    return get_language() or "en"
