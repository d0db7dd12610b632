"""Figures by day: events folded once, whatever fails on the way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from accounts.statements import cursor
from accounts.tenancy import scope, system
from apisettings import outbox
from apisettings.events import Kind
from apisettings.models import Event
from messaging import day_counts, sweeps
from tests.conftest import worker
from tests.hub.given import NOON, counted, fold, move, tell
from tests.line import Line, route
from tests.make import make_account

__all__ = ["route"]


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
