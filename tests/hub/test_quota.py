"""The month's limit burning down, in a sentence, a table and a picture."""

from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from accounts.models import Account
from accounts.tenancy import scope
from hub.charts import LineChart, Mark, Point, round_steps
from hub.quota import quota_of
from senders import meters
from senders.actions import settings_of
from tests.hub.given import NOON
from tests.make import make_account
from tests.senders.given import limit, use


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
    assert ET.fromstring(quota(account, now).picture).find("title") is not None


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


@pytest.mark.parametrize(
    ("least", "most", "steps"),
    [
        (85_836, 85_857, [85_830, 85_840, 85_850, 85_860]),
        (999, 1000, [999, 1000]),
        (0.2, 0.9, [0, 1]),
    ],
)
def test_steps_may_begin_just_below_the_least(least: float, most: float, steps: list[int]) -> None:
    assert round_steps(most, base=least) == steps


def test_long_labels_of_a_scale_stand_beside_the_chart_not_over_its_edge() -> None:
    marks = [Mark(0, "0"), Mark(1, "1 285 840 €")]
    svg = ET.fromstring(LineChart("c", "t", "d", 30, 1.0, [Point(0, 1)], [], marks).svg())
    ends = [float(each.get("x") or 0) for each in svg if (each.get("class") or "")[:2] == "ax"]
    drawn = next(each for each in svg if each.get("class") == "ln").get("points") or ""
    assert ends == [pytest.approx(116.3)] * 2
    assert float(drawn.split(",")[0]) == pytest.approx(124.3)
