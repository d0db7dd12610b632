"""The dashboard: what needs a person, figures with their base, the limit burning down."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from accounts.statements import cursor
from accounts.tenancy import scope, system
from apisettings import outbox
from apisettings.events import Kind, publish
from apisettings.models import Event, Webhook
from hub.charts import LineChart, Mark, Point, round_steps
from hub.quota import quota_of
from messaging import day_counts, sweeps
from messaging.models import DayCount
from senders import meters
from senders.settings_page import settings_of
from tests.conftest import worker
from tests.make import EURO, fund, make_account, make_member, make_user, signed_in
from tests.senders.given import limit, member_of, use
from tests.test_straight_line import NEVER, Line, route

__all__ = ["route"]

# 12 November 2026, 14:32 in Paris.
NOON: Final = datetime(2026, 11, 12, 13, 32, tzinfo=UTC)


def page(account: Account, client: Client | None = None) -> str:
    url = reverse("console:dashboard", args=[account.public_id])
    answer = (client or member_of(account)).get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def figures(html: str) -> dict[str, tuple[str, str]]:
    found = re.findall(r"<dt>([^<]+)</dt><dd><strong>([^<]+)</strong><small>([^<]+)</small>", html)
    return {name: (value, base) for name, value, base in found}


def attention(html: str) -> list[str]:
    found = re.findall(r'<ul class="att".*?</ul>', html, re.DOTALL)
    return re.findall(r"<b>([^<]+)</b><small>", "".join(found))


def tell(account: Account, kind: str, times: int = 1, at: datetime | None = None, **more: Any
         ) -> None:  # fmt: skip
    """Events as the line writes them."""
    test = more.pop("test", False)
    with scope(account), transaction.atomic():
        events = [publish(account, kind, {"parts": 1, **more}, test=test) for _ in range(times)]
    if at is not None:
        move(at, *events)


def move(at: datetime, *events: Event) -> None:
    """As the demo does it."""
    with worker(), system("a test moves events"):
        Event.unscoped.filter(pk__in=[event.pk for event in events]).update(at=at)


def fold() -> None:
    """The workers hand the events over and count them."""
    with worker():
        while outbox.hand_over():
            pass
        sweeps.count_days()


def counted(account: Account) -> dict[tuple[date, str], tuple[int, int]]:
    with scope(account):
        rows = DayCount.objects.for_account(account)
        return {(row.day, row.kind): (row.messages, row.parts) for row in rows}


# -- the roll-up ------------------------------------------------------------------------------


def test_events_are_counted_by_day_of_the_accounts_zone_and_once() -> None:
    account = make_account()
    tell(account, Kind.SUBMITTED, 2, datetime(2026, 11, 12, 22, 30, tzinfo=UTC), parts=3)
    tell(account, Kind.SUBMITTED, 1, datetime(2026, 11, 12, 23, 30, tzinfo=UTC), parts=2)
    fold()
    fold()
    assert counted(account) == {
        (date(2026, 11, 12), "submitted"): (2, 6),
        (date(2026, 11, 13), "submitted"): (1, 2),
    }
    tell(account, Kind.SUBMITTED, 1, datetime(2026, 11, 12, 1, 0, tzinfo=UTC))
    fold()
    assert counted(account)[date(2026, 11, 12), "submitted"] == (3, 7)


def test_tests_are_left_out_and_receipts_are_told_from_refusals() -> None:
    account = make_account()
    tell(account, Kind.DELIVERED, 3, NOON)
    tell(account, Kind.DELIVERED, 9, NOON, test=True)
    tell(account, Kind.FAILED, 1, NOON, reason="undeliverable")
    tell(account, Kind.EXPIRED, 1, NOON, reason="expired_at_carrier")
    tell(account, Kind.FAILED, 1, NOON, reason="no_route")
    tell(account, Kind.ACCEPTED, 1, NOON, messages=["a", "b"], parts=0)
    tell(account, Kind.RECEIVED, 2, NOON, parts=0)
    tell(account, Kind.OPTED_OUT, 1, NOON, parts=0)
    fold()
    day = NOON.date()
    assert {kind: n for (on, kind), (n, _parts) in counted(account).items() if on == day} == {
        "delivered": 3, "undelivered": 2, "failed": 1, "accepted": 2, "received": 2, "opted_out": 1,
    }  # fmt: skip


def test_a_fold_that_fails_is_counted_by_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account()
    tell(account, Kind.DELIVERED, 2, NOON)
    with worker():
        while outbox.hand_over():
            pass
    with monkeypatch.context() as broken:
        broken.setattr(day_counts, "READ", "UPDATE nowhere SET position = %s")
        with worker(), pytest.raises(Exception, match="nowhere"):
            day_counts.fold()
    assert counted(account) == {}
    fold()
    assert counted(account) == {(NOON.date(), "delivered"): (2, 2)}


def test_a_batch_at_a_time_counts_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    account = make_account()
    tell(account, Kind.DELIVERED, 7, NOON)
    monkeypatch.setattr(day_counts, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(sweeps, "MOST_AT_ONCE", 2)
    for _ in range(2):
        fold()
    assert counted(account)[NOON.date(), "delivered"] == (7, 7)


def test_while_one_process_counts_another_does_nothing() -> None:
    account = make_account()
    tell(account, Kind.DELIVERED, 1, NOON)
    with worker():
        while outbox.hand_over():
            pass
        with system("a test holds the watermark"):
            cursor().execute(day_counts.READ_TO)
            held = connection.connection
            with worker():
                assert connection.connection is not held
                assert day_counts.fold() == 0
    fold()
    assert counted(account)[NOON.date(), "delivered"] == (1, 1)


def test_counting_again_gives_what_the_events_say_now() -> None:
    account, other = make_account(), make_account()
    for one in (account, other):
        tell(one, Kind.DELIVERED, 3, NOON)
    fold()
    with scope(account):
        events = list(Event.objects.for_account(account))
    move(NOON - timedelta(days=2), *events)
    with worker():
        day_counts.count_again([account.pk])
        day_counts.count_again([account.pk])
    assert counted(account) == {(date(2026, 11, 10), "delivered"): (3, 3)}
    assert counted(other) == {(NOON.date(), "delivered"): (3, 3)}


def test_what_really_happens_to_a_message_is_counted(route: None) -> None:
    line = Line()
    line.becomes(line.send(to="+33612345670"), "delivered")
    line.send(to="+33612345670", scheduled="2999-01-01T08:00:00Z")
    fold()
    found = {kind: n for (_day, kind), n in counted(line.account).items()}
    assert found["accepted"] == (2, 0)
    assert found["submitted"] == found["delivered"] == (1, 1)


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


# -- the quota ------------------------------------------------------------------------------------


def quota(account: Account, now: datetime = NOON) -> Any:
    with scope(account):
        found = meters.read(account, settings_of(account), now)
        return quota_of(account, found, now)


@pytest.mark.parametrize(
    ("used", "words"),
    [
        (0, "10,000 segments left. At this pace they last until the month ends."),
        (3000, "7,000 segments left. At this pace they last until the month ends."),
        (5000, "5,000 segments left. At this pace the limit is reached on "
               "24 November 2026, 6 days early."),
        (9999, "1 segment left. At this pace the limit is reached on "
               "12 November 2026, 18 days early."),
        (10000, "The limit of 10,000 segments is reached. It starts anew on 1 December 2026."),
    ],
)  # fmt: skip
def test_the_quota_says_until_when_it_lasts(used: int, words: str) -> None:
    account = make_account(limit_month=10_000)
    use(account, used, NOON)
    assert quota(account).sentence == words


def test_the_table_adds_up_week_by_week() -> None:
    account = make_account(limit_month=1000)
    for day, parts in ((1, 100), (7, 50), (8, 25), (12, 5)):
        use(account, parts, NOON.replace(day=day))
    assert [tuple(row) for row in quota(account).rows] == [
        ("1–7", "150", "850"),
        ("8–12", "30", "820"),
    ]


def test_the_picture_goes_from_the_limit_to_what_is_left_and_on_to_its_end() -> None:
    account = make_account(limit_month=1000)
    use(account, 600, NOON.replace(day=2))
    svg = ET.fromstring(quota(account).picture)
    line = next(each for each in svg if each.get("class") == "ln")
    points = [tuple(map(float, pair.split(","))) for pair in (line.get("points") or "").split()]
    assert points[0] == (58.0, 14.0)
    assert points[-1][1] == pytest.approx(206 - 400 * 192 / 1000)
    assert len(points) == 13
    assert [each.get("class") for each in svg].count("proj") == 1
    assert svg.find("title") is not None
    assert (svg.findtext("desc") or "").startswith("400 segments left.")


@pytest.mark.parametrize("day", [1, 30])
@pytest.mark.parametrize("limits", [{}, {"limit_month": 0}, {"limit_month": 1}])
def test_the_picture_stands_on_any_day_under_any_limit(day: int, limits: dict[str, int]) -> None:
    account = make_account()
    now = datetime(2026, 11, day, 22, 59, tzinfo=UTC)
    use(account, 1, now - timedelta(hours=1))
    if limits:
        limit(account, **limits)
    ET.fromstring(quota(account, now).picture)


def test_a_chart_shows_words_of_people_as_text() -> None:
    svg = LineChart(
        "c", "<b>", "a & b", 30, 10.0, [Point(0, 1)], [Mark(1, "<1>")], [Mark(0, "0")]
    ).svg()
    root = ET.fromstring(svg)
    assert root.findtext("title") == "<b>"
    assert "style=" not in svg


@pytest.mark.parametrize("most", [0, 1, 3, 7, 99, 100, 101, 4999, 80_000, 12_345_678])
def test_steps_are_round_few_and_reach_the_most(most: int) -> None:
    steps = round_steps(most)
    assert steps[0] == 0
    assert steps[-1] >= most
    assert 2 <= len(steps) <= 6
    assert {str(step).strip("0")[:1] for step in steps[1:2]} <= {"1", "2", "5"}


# -- the page's cost ------------------------------------------------------------------------------


def test_the_page_asks_at_most_twelve_questions_however_much_there_is(route: None) -> None:
    user = make_user()
    line = Line(hours_on=True, week=NEVER, limit_day=1)
    make_member(line.account, user, "owner")
    client = signed_in(user)
    asked = []
    for number in range(3):
        line.send(to=f"+3361234567{number}")
        tell(line.account, Kind.DELIVERED, 1, timezone.now())
        fold()
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
