"""The dashboard: what needs a person, and figures with their base."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.tenancy import scope, system
from apisettings.events import Kind
from apisettings.models import Webhook
from billing.pricing import forget_prices, prices_in
from messaging.models import DayCount
from tests.conftest import worker
from tests.hub.given import attention, figures, fold, page, tell
from tests.line import NEVER, Line, route
from tests.make import EURO, fund, make_account, make_member, make_user, signed_in
from tests.senders.given import member_of, use

__all__ = ["route"]

# -- the figures --------------------------------------------------------------------------------


def test_a_new_account_needs_nothing_and_counts_from_nothing() -> None:
    html = page(make_account())
    assert "Nothing needs you." in html
    assert attention(html) == []
    assert figures(html) == {
        "Sent today": ("0", "segments, no daily limit"),
        "Delivered": ("–", "no receipts in 7 days"),
        "Replies": ("0", "7 days"),
        "Opt-outs": ("0", "7 days"),
    }
    assert "0 segments sent this month. No monthly limit is set." in html


def test_figures_say_of_what_they_are_a_part() -> None:
    account = make_account(limit_day=5000)
    now = timezone.now()
    use(account, 1284, now)
    tell(account, Kind.SUBMITTED, 20, now)
    tell(account, Kind.DELIVERED, 13, now)
    tell(account, Kind.FAILED, 3, now, reason="undeliverable")
    tell(account, Kind.FAILED, 9, now, reason="carrier_refused")
    tell(account, Kind.RECEIVED, 4, now)
    tell(account, Kind.OPTED_OUT, 1, now)
    tell(account, Kind.DELIVERED, 50, now - timedelta(days=8))
    fold()
    assert figures(page(account)) == {
        "Sent today": ("1,284", "segments of 5,000 allowed"),
        "Delivered": ("81.2%", "of receipts, 7 days"),
        "Replies": ("4", "7 days"),
        "Opt-outs": ("1", "7 days, 50 per 1,000 sent"),
    }


def test_nearly_all_is_never_shown_as_all() -> None:
    account = make_account()
    tell(account, Kind.DELIVERED, 1, timezone.now())
    fold()
    with worker(), system("a test counts for many"):
        DayCount.unscoped.filter(account=account.pk).update(messages=99_999)
    tell(account, Kind.FAILED, 1, timezone.now(), reason="undeliverable")
    fold()
    assert figures(page(account))["Delivered"][0] == "99.9%"


def test_another_accounts_counts_are_not_seen() -> None:
    mine, other = make_account(), make_account()
    tell(other, Kind.RECEIVED, 5, timezone.now())
    fold()
    assert figures(page(mine))["Replies"] == ("0", "7 days")


# -- what needs attention ---------------------------------------------------------------------


def test_held_messages_stand_first_in_line_with_their_reason(route: None) -> None:
    line = Line(hours_on=True, week=NEVER)
    for number in range(3):
        line.send(to=f"+3361234567{number}")
    html = page(line.account)
    assert attention(html) == ["3 messages held"]
    assert "The sending hours leave no minute open." in html
    assert f'href="/a/{line.account.public_id}/messages/?state=held"' in html


def test_a_failing_webhook_is_named_with_what_waits() -> None:
    account = make_account()
    with scope(account):
        webhook = Webhook.objects.create(
            account=account, url="https://crm.example.test/x", secret=b"x",
            failing_since=timezone.now() - timedelta(hours=2, minutes=5),
        )  # fmt: skip
    html = page(account)
    assert attention(html) == ["Webhook failing for 2 hours"]
    assert "crm.example.test: 0 deliveries wait for a retry." in html
    with scope(account):
        Webhook.objects.for_account(account).filter(pk=webhook.pk).update(state="stopped")
    assert attention(page(account)) == ["Webhook stopped"]
    with scope(account):
        Webhook.objects.for_account(account).filter(pk=webhook.pk).update(state="paused")
    assert attention(page(account)) == []


@pytest.mark.parametrize(
    ("used", "told"),
    [(790, []), (800, ["Daily limit nearly reached"]), (1000, ["Daily limit reached"])],
)
def test_a_limit_is_told_before_and_when_it_is_reached(used: int, told: list[str]) -> None:
    account = make_account(limit_day=1000)
    use(account, used, timezone.now())
    assert attention(page(account)) == told


def test_a_balance_is_low_when_it_lasts_less_than_three_days(route: None) -> None:
    account = make_account()
    fund(account, EURO)
    tell(account, Kind.SUBMITTED, 1, timezone.now(), parts=4)
    fold()
    assert "lasts until" in page(account)
    assert attention(page(account)) == []
    tell(account, Kind.SUBMITTED, 1, timezone.now(), parts=10)
    fold()
    assert attention(page(account)) == ["Low balance"]


def test_an_empty_wallet_is_told_as_bad() -> None:
    account = make_account()
    fund(account, 0)
    html = page(account)
    assert attention(html) == ["No balance"]
    assert '<li class="bad">' in html


def test_a_role_is_told_what_it_may_look_at(route: None) -> None:
    line = Line(hours_on=True, week=NEVER, limit_day=1)
    line.send()
    use(line.account, 1, timezone.now())
    seen = {
        role: attention(page(line.account, member_of(line.account, role)))
        for role in ("owner", "basic", "billing")
    }
    assert seen == {
        "owner": ["Daily limit reached", "1 message held"],
        "basic": ["1 message held"],
        "billing": [],
    }
    assert "To spend" not in page(line.account, member_of(line.account, "basic"))


# -- the page's cost ------------------------------------------------------------------------------


def test_the_page_asks_at_most_twelve_questions_however_much_there_is(route: None) -> None:
    user = make_user()
    line = Line(hours_on=True, week=NEVER, limit_day=1)
    make_member(line.account, user, "owner")
    client = signed_in(user)
    # Its first page also notes that the session is in use.
    page(line.account, client)
    asked = []
    for number in range(3):
        line.send(to=f"+3361234567{number}")
        tell(line.account, Kind.DELIVERED, 1, timezone.now())
        fold()
        # A process keeps the price list for a while, and it must not end within the page.
        forget_prices()
        prices_in("EUR")
        with CaptureQueriesContext(connection) as queries:
            page(line.account, client)
        asked.append(len(queries))
    assert asked[0] == asked[2] <= 12
    assert not any("COUNT(*)" in each["sql"] and "messaging_message" in each["sql"]
                   for each in queries.captured_queries)  # fmt: skip


def test_in_french_the_numbers_are_french(settings: Any) -> None:
    account = make_account(limit_day=5000)
    use(account, 1284, timezone.now())
    client = member_of(account)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    html = page(account, client)
    assert "1\u202f284" in html
