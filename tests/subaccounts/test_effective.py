"""Whose settings an account below sends by: its own, its parent's, or those it is bound to.

That following and being bound change a message's fate is told in tests/test_settings_obeyed.py.
"""

import pytest

from accounts.models import Account
from hub.lib.ids import uuid7
from tests.hub.test_every_card import undo_in
from tests.make import make_account
from tests.senders.given import address, entries_of, fields_of, member_of, save, settings_of
from tests.subaccounts.family import INHERITED, Family, spread


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
