"""Console · Dashboard: what needs you, four figures with their base, the limit, the balance."""

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ConsoleRequest, console
from accounts.activity_page import day_words
from accounts.models import Account
from accounts.permissions import allows
from accounts.zones import city_of
from billing.balance import balance_of
from hub.attention import Facts, items_of
from hub.balance_card import balance_card
from hub.lib.money import locale_of, show_number
from hub.quota import quota_of
from messaging.overview import Week, week_to
from senders.actions import settings_of
from senders.meters import Meter, read


class Figure(NamedTuple):
    """A number with what it is a number of."""

    name: str
    value: str
    base: str


@console("dashboard.view")
@require_safe
def dashboard(request: ConsoleRequest) -> HttpResponse:
    """The account at a glance. Reads roll-ups and counters; counts no messages."""
    account, now = request.account, timezone.now()
    settings = settings_of(account)
    meters = read(account, settings, now)
    today = timezone.localdate(now, ZoneInfo(account.time_zone))
    week = week_to(account, today)
    balance = balance_of(account) if allows(request.role, "billing.view") else None
    facts = Facts(account, request.role, settings, meters, week, balance, now)
    context = {
        "now_words": _now_words(account, now),
        "items": items_of(facts),
        "figures": figures(meters.day, week),
        "quota": quota_of(account, meters, now),
        "money": balance_card(account, balance, week, now) if balance else None,
    }
    return TemplateResponse(request, "hub/dashboard.html", context)


def figures(day: Meter, week: Week) -> list[Figure]:
    """Sent today, delivered, replies, opt-outs; a share of nothing is a dash."""
    share, rate = week.delivered_share, week.opt_outs_per_1000
    return [
        Figure(_("Sent today"), _number(day.used), _sent_base(day)),
        Figure(
            _("Delivered"),
            "–" if share is None else _percent(share),
            _("no receipts in 7 days") if share is None else _("of receipts, 7 days"),
        ),
        Figure(_("Replies"), _number(week.replies), _("7 days")),
        Figure(
            _("Opt-outs"),
            _number(week.opt_outs),
            _("7 days")
            if rate is None
            else _("7 days, %(rate)s per 1,000 sent") % {"rate": _decimal(rate)},
        ),
    ]


def _sent_base(day: Meter) -> str:
    if day.limit is None:
        return _("segments, no daily limit")
    return _("segments of %(limit)s allowed") % {"limit": _number(day.limit)}


def _now_words(account: Account, now: datetime) -> str:
    local = timezone.localtime(now, ZoneInfo(account.time_zone))
    return _("%(day)s, %(time)s in %(city)s") % {
        "day": day_words(local.date()),
        "time": f"{local:%H:%M}",
        "city": city_of(account.time_zone),
    }


def _percent(share: float) -> str:
    """One digit, cut rather than rounded: 100 % is said only of all."""
    cut = int(share * 1000) / 1000
    return str(format_percent(cut, locale=locale_of(_language()), decimal_quantization=False))


def _decimal(value: float) -> str:
    return str(format_decimal(round(value, 1), locale=locale_of(_language())))


def _number(n: int) -> str:
    return show_number(n, _language())


def _language() -> str:
    return get_language() or "en"
