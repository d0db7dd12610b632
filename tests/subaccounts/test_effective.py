"""Whose settings an account below sends by: its own, its parent's, or those it is bound to.

That following and being bound change a message's fate is told in tests/test_settings_obeyed.py.
"""

import re
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.db import connections
from django.test import Client

from accounts.audit import CLOCK, Actor
from accounts.models import Account
from accounts.origins import SetAbove
from accounts.tenancy import scope
from hub.lib.ids import uuid7
from senders import settings_above
from senders.actions import change_receipts, change_sending_hours
from senders.cards import HOURS, RECEIPTS
from senders.inheriting import inherit
from senders.settings_above import read_above
from subaccounts import actions as opening
from subaccounts import spread as spreading
from subaccounts.sweeps import spread_settings
from tests.conftest import worker
from tests.hub.test_every_card import undo_in
from tests.line import ALWAYS, NEVER, Line, route
from tests.make import make_account
from tests.senders.given import address, entries_of, fields_of, member_of, save, settings_of
from tests.test_page_queries import MOST, statements

__all__ = ["route"]
NADIA = Actor("person", "7", "Nadia Benali", "console", "203.0.113.9")
BY_NADIA = dict.fromkeys(settings_above.HERITABLE, NADIA)
INHERITED = "delivery_receipts.inherited"


@dataclass
class Family:
    """A parent and an account below it, each with an owner of its own."""

    parent: Account
    child: Account
    above: Client
    below: Client

    def page(self, **cookies: str) -> str:
        self.below.cookies.load(cookies)
        return str(self.below.get(address(self.child)).content.decode())

    def card(self, id_: str = "receipts", **cookies: str) -> str:
        html = self.page(**cookies)
        card = html[html.index(f'<section class="card" id="{id_}"') :]
        return card[: card.index("</section>")]

    def bind(self, on: bool = True, **given: Any) -> None:
        save(self.above, self.parent, "receipts", receipts_locked_below="on" if on else None,
             **given)  # fmt: skip
        spread()

    def press(self, origin: str, card: str = "receipts") -> Any:
        sent = fields_of(self.page(), card, f"origin-{card}")
        return self.below.post(address(self.child, "numbers_origin"), sent | {"origin": origin})

    @property
    def now(self) -> tuple[str, bool]:
        """Whose receipts setting the account below has, and what it is."""
        found = settings_of(self.child)
        return found.receipts_origin, found.receipts

    def told(self) -> list[str]:
        return [entry.action for entry in entries_of(self.child)]


@pytest.fixture
def family() -> Family:
    parent = make_account("Maison Mère")
    child = make_account("Atelier", parent=parent)
    return Family(parent, child, member_of(parent, name="Camille Roux"), member_of(child))


def spread() -> int:
    with worker():
        return int(spread_settings())


def change(account: Account, receipts: bool, binds: bool = False, actor: Actor = NADIA) -> None:
    with scope(account):
        seen = RECEIPTS.seen(account)
        change_receipts(
            account, actor=actor, seen=seen, receipts=receipts, receipts_locked_below=binds
        )


# -- following ------------------------------------------------------------------------------


def test_followed_values_change_with_the_parent_and_the_log_says_who(family: Family) -> None:
    save(family.above, family.parent, "receipts", receipts=None)
    assert family.press("parent").status_code == 302
    assert family.now == ("parent", False), "at once, not with the next change"
    version = settings_of(family.child).version

    save(family.above, family.parent, "receipts", receipts="on")
    spread()

    assert family.now == ("parent", True)
    assert settings_of(family.child).version == version + 1
    *_, entry = entries_of(family.child)
    assert (entry.action, entry.subject) == (INHERITED, "Maison Mère")
    assert (entry.actor_label, entry.channel, entry.address) == ("Camille Roux", "console", None)
    assert entry.changes == {"receipts": [False, True]}
    assert family.told() == ["delivery_receipts.changed", INHERITED]
    spread()
    assert family.told() == ["delivery_receipts.changed", INHERITED]


def test_the_log_names_the_parent_in_both_languages(family: Family) -> None:
    family.bind()
    log = address(family.child, "account_activity")
    html = family.below.get(log).content.decode()
    assert "Camille Roux</b> set delivery receipts from Maison Mère, the parent account" in html
    assert "The parent account, locked" in html
    family.below.cookies["hub_language"] = "fr"
    assert "Maison Mère" in family.below.get(log).content.decode()


def test_own_values_stay_whatever_the_parent_does(family: Family) -> None:
    before = settings_of(family.child).version
    save(family.above, family.parent, "receipts", receipts=None)
    spread()
    assert family.now == ("own", True)
    assert settings_of(family.child).version == before
    assert family.told() == []


def test_who_follows_may_set_own_values_again_and_begins_with_the_same(family: Family) -> None:
    save(family.above, family.parent, "receipts", receipts=None)
    family.press("parent")
    assert 'name="receipts"' not in family.card()
    family.press("own")
    assert family.now == ("own", False)
    assert 'name="receipts"' in family.card()
    save(family.above, family.parent, "receipts", receipts="on")
    spread()
    assert family.now == ("own", False)


def test_following_and_leaving_are_undone_like_any_change(family: Family) -> None:
    save(family.above, family.parent, "receipts", receipts=None)
    family.press("parent")
    family.below.post(undo_in(family.page()))
    assert family.now == ("own", True)
    family.press("parent")
    family.press("own")
    family.below.post(undo_in(family.page()))
    assert family.now == ("parent", False)


def test_an_older_change_is_not_undone_under_followed_values(family: Family) -> None:
    save(family.above, family.parent, "receipts", receipts=None)
    save(family.below, family.child, "receipts", receipts=None)
    old = undo_in(family.page())
    family.press("parent")
    family.below.post(old)
    assert family.now == ("parent", False)
    assert "not undone" in family.page()


def test_a_parent_without_a_row_of_settings_is_followed_to_the_defaults() -> None:
    id_ = uuid7()
    bare = Account.objects.create(id=id_, name="Bare", path=[id_])
    child = make_account(parent=bare, receipts=False)
    family = Family(bare, child, member_of(bare), member_of(child))
    family.press("parent")
    assert family.now == ("parent", True)


def test_following_a_card_that_changed_meanwhile_is_asked_again(family: Family) -> None:
    opened = fields_of(family.page(), "receipts", "origin-receipts") | {"origin": "parent"}
    save(member_of(family.child, name="Nadia Benali"), family.child, "receipts", receipts=None)
    family.below.post(address(family.child, "numbers_origin"), opened)
    assert family.now == ("own", False)
    assert "nothing was changed. Nadia Benali changed this on" in family.page()


def test_a_form_opened_before_the_card_followed_is_a_conflict(family: Family) -> None:
    opened = fields_of(family.page(), "receipts")
    family.press("parent")
    opened.pop("receipts")
    assert family.below.post(address(family.child), opened).status_code == 409
    assert family.now == ("parent", True)


@pytest.mark.parametrize(
    ("card", "origin"), [("limit", "parent"), ("hours", "locked"), ("x", "own"), ("hours", "")]
)
def test_nothing_else_can_be_followed(card: str, origin: str, family: Family) -> None:
    sent = {"card": card, "origin": origin, "version": "x"}
    assert family.below.post(address(family.child, "numbers_origin"), sent).status_code == 400
    root = {**sent, "card": "receipts", "origin": "parent"}
    assert family.above.post(address(family.parent, "numbers_origin"), root).status_code == 400


# -- being bound ----------------------------------------------------------------------------


def test_a_lock_overrides_own_values_and_leaves_nothing_to_press(family: Family) -> None:
    save(family.below, family.child, "receipts", receipts=None)
    family.bind()
    assert family.now == ("locked", True)
    card = family.card()
    assert "Locked by Maison Mère (parent)" in card
    assert "<dd>On</dd>" in card
    assert not re.search(r"<(form|input|button|select)\b", card)
    assert "locked</small>" in family.page()
    assert family.told() == ["delivery_receipts.changed", INHERITED]


@pytest.mark.parametrize("reached", [True, False], ids=["written down", "on its way"])
def test_whatever_is_posted_under_a_lock_is_refused(family: Family, reached: bool) -> None:
    """From the moment the parent's change has committed."""
    save(family.below, family.child, "receipts", receipts=None)
    undo = undo_in(family.page())
    save(family.below, family.child, "receipts", receipts="on")
    save(family.below, family.child, "receipts", receipts=None)
    page = family.page()
    form, origin = fields_of(page, "receipts"), fields_of(page, "receipts", "origin-receipts")
    change(family.parent, True, binds=True)
    if reached:
        spread()
    before, log = settings_of(family.child), family.told()
    for url, sent in (
        (address(family.child), form | {"receipts": "on"}),
        (address(family.child), {"card": "receipts"}),
        (address(family.child, "numbers_origin"), origin | {"origin": "parent"}),
        (address(family.child, "numbers_origin"), origin | {"origin": "own"}),
        (undo, {}),
    ):
        answer = family.below.post(url, sent)
        assert answer.status_code in (302, 409)
        if answer.status_code == 302:
            assert re.search(r"Maison Mère sets it|not undone", family.page())
    after = settings_of(family.child)
    assert (after.version, after.receipts_origin) == (before.version, before.receipts_origin)
    assert family.told() == log
    spread()
    assert family.now == ("locked", True)


def test_unlocking_leaves_the_values_as_followed(family: Family) -> None:
    family.bind(receipts=None)
    family.bind(on=False, receipts=None)
    assert family.now == ("parent", False)
    assert "Set by Maison Mère (parent)" in family.card()
    assert family.told() == [INHERITED, INHERITED]


def test_undoing_at_the_parent_reaches_those_below(family: Family) -> None:
    family.bind(receipts=None)
    assert family.now == ("locked", False)
    family.above.post(undo_in(family.above.get(address(family.parent)).content.decode()))
    spread()
    assert family.now == ("parent", True)


def test_a_lock_is_passed_on_to_every_level_in_one_round(family: Family) -> None:
    grandchild = make_account("Équipe", parent=family.child, receipts=False)
    family.bind()
    assert settings_of(grandchild).receipts_origin == "locked"
    assert settings_of(grandchild).receipts is True
    [entry] = entries_of(grandchild)
    assert (entry.actor_label, entry.subject) == ("Camille Roux", "Atelier")
    assert settings_of(family.child).receipts_locked_below is False, "its own choice stays"


def test_a_new_account_below_a_lock_has_it_from_its_first_day(family: Family) -> None:
    family.bind(receipts=None)
    made = opening.open_subaccount(
        family.parent, name="Neuf", time_zone="Europe/Paris", country="FR", actor=CLOCK
    )
    found = settings_of(made)
    assert (found.receipts_origin, found.receipts) == ("locked", False)
    spread()
    [entry] = entries_of(made)
    assert entry.action == "account.opened"
    assert entry.changes["receipts"] == [True, False]


def test_an_opening_that_died_halfway_leaves_nobody_free(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    family.bind(receipts=None)

    def dies(account: Account) -> Any:
        raise RuntimeError("the process died")

    monkeypatch.setattr(opening, "take_bound", dies)
    with pytest.raises(RuntimeError):
        opening.open_subaccount(
            family.parent, name="Neuf", time_zone="Europe/Paris", country="FR", actor=CLOCK
        )
    spread()
    made = Account.objects.get(parent=family.parent, name="Neuf")
    assert settings_of(made).receipts_origin == "locked"


def test_only_a_parent_locks(family: Family) -> None:
    for account in (family.parent, family.child):
        with scope(account), pytest.raises(SetAbove):
            change_receipts(
                account,
                actor=NADIA,
                seen=RECEIPTS.seen(account),
                receipts=False,
                receipts_origin="locked",
            )


def test_the_switch_is_there_while_there_are_accounts_below(family: Family) -> None:
    switch = 'name="receipts_locked_below"'
    assert switch in family.above.get(address(family.parent)).content.decode()
    assert switch not in family.page()
    family.bind()
    Account.objects.filter(pk=family.child.pk).update(state="closed")
    assert switch not in family.above.get(address(family.parent)).content.decode()
    save(family.above, family.parent, "receipts", receipts=None)
    assert settings_of(family.parent).receipts_locked_below is True, "kept"


def test_who_may_only_read_sees_the_origin_and_no_button(family: Family) -> None:
    family.press("parent")
    html = member_of(family.child, "developer").get(address(family.child)).content.decode()
    assert "Set by Maison Mère (parent)" in html
    assert "origin-receipts" not in html
    answer = member_of(family.child, "developer").post(address(family.child, "numbers_origin"))
    assert answer.status_code == 403


def test_the_page_of_an_account_between_two_others_asks_few_questions(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account("Équipe", parent=family.child)
    family.press("parent")
    for client in (family.below, member_of(family.child, "developer")):
        with statements(monkeypatch) as sent:
            client.get(address(family.child))
        assert len(sent) <= MOST, "\n".join(sent)


def test_nobody_reads_the_settings_above_another_account(family: Family) -> None:
    with scope(family.parent), pytest.raises(psycopg.errors.InsufficientPrivilege):
        read_above(family.child)


# -- on the way down ------------------------------------------------------------------------


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
