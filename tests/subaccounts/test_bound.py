"""What a parent binds those below it to."""

import re
from typing import Any

import psycopg
import pytest

from accounts.audit import CLOCK
from accounts.models import Account
from accounts.origins import SetAbove
from accounts.tenancy import scope
from senders.actions import change_receipts
from senders.cards import RECEIPTS
from senders.settings_above import read_above
from subaccounts import actions as opening
from tests.hub.test_every_card import undo_in
from tests.make import make_account
from tests.senders.given import address, entries_of, fields_of, member_of, save, settings_of
from tests.subaccounts.family import INHERITED, NADIA, Family, change, spread
from tests.test_page_queries import MOST, statements


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
