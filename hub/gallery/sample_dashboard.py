"""The dashboard of an account that stands in no database."""

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Account
from hub.attention import Item
from hub.balance_card import BalanceCard, CreditRow, DayRow
from hub.charts import LineChart, Mark, Named, Point
from hub.dashboard import figures
from hub.demo.company import CURRENCY
from hub.lib.money import show_money, show_when
from hub.quota import Quota, WeekRow
from messaging.overview import Week
from senders.meters import Meter


def dashboard(account: Account) -> dict[str, Any]:
    """The context of `hub/dashboard.html`: everything at once needs somebody."""
    meter = Meter("day", _("Today"), 5_000, 5_000, timezone.now())
    week = Week(48_200, 52_000, 7, 44_100, 46_000, 312, 41)
    return {
        "now_words": account.name,
        "items": items(),
        "figures": figures(meter, week),
        "quota": quota(),
        "money": money(),
    }


def quiet(account: Account) -> dict[str, Any]:
    """The same where nothing has happened yet: no limit, no line of money, no receipts."""
    meter = Meter("day", _("Today"), 0, None, timezone.now())
    begins = money()._replace(picture="", begins="", rows=[], credits=[])
    still = quota()._replace(limited=False)
    found = figures(meter, Week(0, 0, 0, 0, 0, 0, 0))
    return {"now_words": account.name, "figures": found, "quota": still, "money": begins}


def items() -> list[Item]:
    """One of each kind and look."""
    host = "hooks.maison-verdier.example"
    stopped = _("%(host)s failed for days, so Hub stopped calling it.") % {"host": host}
    held = ngettext("%(n)s message held", "%(n)s messages held", 12) % {"n": 12}
    here = "#main"
    return [
        Item("bad", "webhook", _("Webhook stopped"), stopped, here),
        Item("warn", "clock", held, _("Outside sending hours."), here),
        Item(
            "warn",
            "gauge",
            _("Daily limit nearly reached"),
            _("%(used)s segments. It starts anew on %(when)s.")
            % {
                "used": "4 210",
                "when": show_when(
                    timezone.now(), timezone.get_current_timezone_name(), language(), "medium"
                ),
            },
            here,
        ),
    ]


def money() -> BalanceCard:
    """A month in which money came in once, drawn from near its lowest point."""
    told = f"{_show(182_400_000)}."
    chart = LineChart(
        "balance",
        _("Balance this month"),
        told,
        30,
        200_000_000,
        [
            Point(0, 190_000_000),
            Point(12, 171_000_000),
            Point(13, 191_000_000),
            Point(22, 182_400_000),
        ],
        [Mark(day - 0.5, str(day)) for day in (1, 8, 15, 22, 30)],
        [Mark(value, _show(value)) for value in (160_000_000, 180_000_000, 200_000_000)],
        named=[Named(Point(13, 191_000_000), f"+{_show(20_000_000)}")],
        base=160_000_000,
    )
    return BalanceCard(
        told,
        chart.svg(),
        _show(160_000_000),
        [
            DayRow("12", "", _show(171_000_000)),
            DayRow("13", f"+{_show(20_000_000)}", _show(191_000_000)),
        ],
        [CreditRow("13", f"+{_show(20_000_000)}")],
        _show(182_400_000),
        _show(2_140_000),
        _("At the pace of the last 7 days it lasts more than three months."),
    )


def _show(micro: int) -> str:
    return show_money(micro, CURRENCY, language(), digits=0)


def language() -> str:
    return get_language() or "en"


def quota() -> Quota:
    """A month that burns down faster than it should."""
    sentence = _("A line over the days, its steady pace, and the day on which it ends.")
    chart = LineChart(
        "sample",
        _("Segments left this month"),
        sentence,
        30,
        80_000,
        [Point(0, 80_000), Point(10, 52_000), Point(22, 11_080)],
        [Mark(day, str(day + 1)) for day in (0, 9, 19, 29)],
        [Mark(0, "0"), Mark(40_000, "40 000"), Mark(80_000, "80 000")],
        steady=(Point(0, 80_000), Point(30, 0)),
        ahead=Point(26, 0),
        ahead_label="27",
    )
    rows = [WeekRow("1–7", "19 600", "60 400"), WeekRow("8–14", "20 300", "40 100")]
    return Quota(sentence, chart.svg(), rows, True)
