"""The balance of the month: noted by the clock, drawn as a line, top-ups where there are any."""

from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
import time_machine
from django.utils import translation

from accounts.models import Account
from accounts.tenancy import scope, system
from billing import ledger
from billing.balance import balance_of
from billing.day_balances import note_balances, past_of
from billing.models import DayBalance
from hub.balance_card import BalanceCard, balance_card
from messaging.overview import week_to
from tests.conftest import worker
from tests.hub.given import NOON, page
from tests.make import EURO, fund, make_account
from tests.senders.given import member_of

TODAY: Final = NOON.date()
DAY: Final = timedelta(days=1)


def noted(account: Account, days: dict[date, int]) -> None:
    """These days ended so, as the clock would have noted them."""
    with worker(), system("a test notes balances"):
        for day, euros in days.items():
            DayBalance.unscoped.create(account_id=account.pk, day=day, available=euros * EURO)


def days_of(account: Account) -> dict[date, int]:
    with scope(account):
        rows = DayBalance.objects.for_account(account)
        return {row.day: row.available for row in rows}


def note() -> None:
    with worker():
        note_balances()


def card(account: Account, now: datetime = NOON) -> BalanceCard:
    with scope(account):
        balance = balance_of(account)
        assert balance is not None
        return balance_card(account, balance, week_to(account, now.date()), now)


def line(account: Account, now: datetime = NOON) -> list[tuple[float, float]]:
    root = ET.fromstring(str(card(account, now).picture))
    drawn = next(each for each in root if each.get("class") == "ln")
    pairs = (drawn.get("points") or "").split()
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in pairs)]


def test_the_clock_notes_what_may_be_spent_and_only_when_it_is_another() -> None:
    account = make_account()
    fund(account, 10 * EURO)
    note()
    [(day, amount)] = days_of(account).items()
    assert amount == 10 * EURO
    note()
    with scope(account):
        first = DayBalance.objects.for_account(account).get().pk
        ledger.credit(account.pk, cause="more", amount=5 * EURO, note="")
    note()
    assert days_of(account) == {day: 15 * EURO}
    with scope(account):
        assert DayBalance.objects.for_account(account).get().pk == first


def test_the_day_is_that_of_the_accounts_own_zone() -> None:
    east, west = make_account(time_zone="Pacific/Auckland"), make_account(time_zone="Pacific/Niue")
    for account in (east, west):
        fund(account)
    note()
    [eastern], [western] = days_of(east), days_of(west)
    assert timedelta(0) < eastern - western <= timedelta(days=2)


def test_a_child_is_told_what_its_payer_may_spend() -> None:
    parent = make_account()
    fund(parent, 7 * EURO)
    child = make_account("Atelier", parent=parent, payer=parent)
    note()
    assert list(days_of(child).values()) == [7 * EURO]


def test_an_account_without_a_wallet_has_no_day() -> None:
    account = make_account()
    note()
    assert days_of(account) == {}


def test_another_accounts_days_are_not_seen() -> None:
    mine, other = make_account(), make_account()
    noted(other, {TODAY: 99})
    with scope(mine):
        assert past_of(mine, NOON - timedelta(days=11), NOON).days == {}


def test_the_line_goes_from_the_month_before_to_now() -> None:
    account = make_account()
    fund(account, 40 * EURO)
    noted(account, {date(2026, 10, 20): 100, date(2026, 11, 2): 80, date(2026, 11, 11): 60})
    points = line(account)
    scale = (206 - 14) / 100
    assert points[0] == (58.0, 14.0)
    assert [round((206 - y) / scale) for _x, y in points] == [100, 100, 80, 80, 60, 40]
    # A day without a note ended as it began: the step is between the 10th and the 11th.
    assert [round((x - 58) * 30 / 604) for x, _y in points] == [0, 1, 2, 10, 11, 12]


def test_a_line_far_from_nought_is_drawn_from_near_its_lowest_point() -> None:
    account = make_account()
    fund(account, 85_848 * EURO)
    noted(account, {date(2026, 10, 31): 85_842, date(2026, 11, 2): 85_836, TODAY - DAY: 85_857})
    found = card(account)
    assert found.begins == "€85,830.00"
    root = ET.fromstring(str(found.picture))
    assert [each.text for each in root if (each.get("class") or "").startswith("ax")][:4] == [
        "€85,830", "€85,840", "€85,850", "€85,860",
    ]  # fmt: skip
    assert "area" not in [each.get("class") for each in root]
    scale = (206 - 14) / 30
    ends = [round((206 - y) / scale) + 85_830 for _x, y in line(account)]
    assert (min(ends), max(ends), ends[-1]) == (85_836, 85_857, 85_848)


def test_the_page_says_where_a_scale_begins_that_does_not_at_nought() -> None:
    account = make_account()
    fund(account, 995 * EURO)
    assert "not at zero" not in page(account)
    noted(account, {datetime.now(UTC).date() - timedelta(days=40): 1_000})
    assert "The scale begins at €994.00, not at zero." in page(account)


@pytest.mark.parametrize("before", [85_848, 40_000])
def test_a_line_that_is_level_or_moves_much_is_drawn_from_nought(before: int) -> None:
    account = make_account()
    fund(account, 85_848 * EURO)
    noted(account, {date(2026, 11, 2): before})
    found = card(account)
    assert found.begins == ""
    root = ET.fromstring(str(found.picture))
    assert "area" in [each.get("class") for each in root]
    assert "€0" in [each.text for each in root]


def test_the_first_day_has_no_line_yet_and_says_when_it_begins() -> None:
    account = make_account()
    fund(account, 40 * EURO)
    assert card(account).picture == ""
    assert "A line of the month begins here tomorrow." in page(account)


def test_credits_are_marked_on_the_line_listed_and_in_the_table() -> None:
    account = make_account()
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        now = datetime.now(UTC)
        fund(account, 50 * EURO)
        noted(account, {(now - timedelta(days=40)).date(): 20})
        clock.shift(60)
        found = card(account, datetime.now(UTC))
    root = ET.fromstring(str(found.picture))
    assert [each.get("class") for each in root].count("top") == 1
    assert "+€50" in [each.text for each in root]
    assert [one.amount for one in found.credits] == ["+€50.00"]
    assert ("+€50.00", "€50.00") in [(row.credit, row.left) for row in found.rows]


def test_the_table_has_a_row_for_each_noted_day_of_the_month() -> None:
    account = make_account()
    fund(account, 40 * EURO)
    noted(account, {date(2026, 10, 20): 100, date(2026, 11, 2): 80, date(2026, 11, 11): 60})
    assert [(row.day, row.left) for row in card(account).rows] == [
        ("2 Nov", "€80.00"),
        ("11 Nov", "€60.00"),
        ("12 Nov", "€40.00"),
    ]


def test_the_picture_says_its_point_in_words() -> None:
    account = make_account()
    fund(account, 40 * EURO)
    noted(account, {date(2026, 11, 2): 80})
    root = ET.fromstring(str(card(account).picture))
    assert root.findtext("title") == "Balance this month"
    assert (root.findtext("desc") or "").startswith("€40.00")


@pytest.mark.parametrize("day", [1, 30])
@pytest.mark.parametrize("spent", [0, 1, 40])
def test_the_picture_stands_on_any_day_with_any_balance(day: int, spent: int) -> None:
    account = make_account()
    fund(account, (40 - spent) * EURO)
    noted(account, {date(2026, 10, 31): 40})
    root = ET.fromstring(str(card(account, datetime(2026, 11, day, 22, 59, tzinfo=UTC)).picture))
    assert root.findtext("title") == "Balance this month"


def test_in_french_the_money_is_french(settings: Any) -> None:
    account = make_account()
    fund(account, 1500 * EURO)
    noted(account, {date(2026, 11, 2): 2000})
    with translation.override("fr"):
        found = card(account)
    assert "2\u202f000\u00a0€" in unescape(str(found.picture))
    assert found.held == "0,00\u00a0€"
    client = member_of(account)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    assert "1\u202f500,00\u00a0€" in page(account, client)
