"""How what a parent sets reaches the accounts below, whatever dies or races on the way."""

from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from accounts.models import Account
from accounts.tenancy import scope
from senders import settings_above
from senders.actions import change_receipts, change_sending_hours
from senders.cards import HOURS, RECEIPTS
from senders.inheriting import inherit
from senders.settings_above import read_above
from subaccounts import spread as spreading
from subaccounts.sweeps import spread_settings
from tests.line import ALWAYS, NEVER, Line, route
from tests.make import make_account
from tests.senders.given import address, entries_of, fields_of, member_of, settings_of
from tests.subaccounts.family import BY_NADIA, INHERITED, NADIA, Family, change, spread

__all__ = ["route"]


def test_a_round_that_died_halfway_is_finished_by_the_next(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_account("Bureau", parent=family.parent)
    change(family.parent, False, binds=True)
    reached = list[Account]()

    def dies(child: Account, *args: Any, **kwargs: Any) -> Any:
        if child in (family.child, other):
            if reached:
                raise RuntimeError("the worker died")
            reached.append(child)
        return inherit(child, *args, **kwargs)

    monkeypatch.setattr(spreading, "inherit", dies)
    with pytest.raises(RuntimeError):
        spread()
    assert {settings_of(each).receipts_origin for each in (family.child, other)} == {
        "own", "locked",
    }  # fmt: skip
    monkeypatch.undo()
    spread()
    for each in (family.child, other):
        assert settings_of(each).receipts_origin == "locked"
        assert [entry.action for entry in entries_of(each)] == [INHERITED]
    assert settings_of(family.parent).spread_version == settings_of(family.parent).version


def test_an_older_round_writes_nothing_over_a_newer_one(family: Family) -> None:
    change(family.parent, False, binds=True)
    old = settings_of(family.parent).version
    change(family.parent, True, binds=True)
    with scope(family.child):
        late = inherit(family.child, parent="x", version=old, actors=BY_NADIA)
    assert late == 0
    assert family.now == ("own", True)
    spread()
    with scope(family.child):
        inherit(family.child, parent="x", version=old, actors=BY_NADIA)
    assert family.now == ("locked", True)


def test_who_begins_to_follow_while_the_parent_changes_has_the_new_values(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The follower has read the old values and not committed; the change commits and is spread."""
    has_read, may_write = Event(), Event()

    def slowly(account: Account) -> Any:
        found = read_above(account)
        if account == family.child:
            has_read.set()
            assert may_write.wait(20)
        return found

    def follow() -> None:
        with scope(family.child):
            change_receipts(
                family.child, actor=NADIA, seen=RECEIPTS.seen(family.child), receipts=True,
                receipts_origin="parent",
            )  # fmt: skip
        connections.close_all()

    def hand_down() -> None:
        spread_settings()
        connections.close_all()

    monkeypatch.setattr(settings_above, "read_above", slowly)
    follower, worker_ = Thread(target=follow), Thread(target=hand_down)
    follower.start()
    assert has_read.wait(20)
    change(family.parent, False)
    worker_.start()
    # Without waiting for the account below it would be done by now.
    worker_.join(0.5)
    may_write.set()
    follower.join(20)
    worker_.join(20)
    assert family.now == ("parent", False)


def test_rounds_at_once_leave_one_entry_for_a_change(family: Family) -> None:
    change(family.parent, False, binds=True)

    def hand_down() -> None:
        spread_settings()
        connections.close_all()

    rounds = [Thread(target=hand_down) for _each in range(3)]
    for each in rounds:
        each.start()
    for each in rounds:
        each.join(20)
    assert family.now == ("locked", False)
    assert family.told() == [INHERITED]


def test_held_messages_below_are_decided_again(route: None) -> None:
    parent = make_account(hours_on=True, hours_clock="account", week=NEVER)
    line = Line(parent=parent)
    below = member_of(line.account)
    page = below.get(address(line.account)).content.decode()
    sent = fields_of(page, "hours", "origin-hours") | {"origin": "parent"}
    below.post(address(line.account, "numbers_origin"), sent)
    id_ = line.send()
    assert line.show(id_)["status"] == "held"
    with scope(parent):
        change_sending_hours(
            parent, actor=NADIA, seen=HOURS.seen(parent), hours_on=True, hours_clock="account",
            week=ALWAYS, unknown_zone_uses_account=False,
        )  # fmt: skip
    spread()
    line.becomes(id_, "delivered")
