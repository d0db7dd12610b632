"""Undo: for 10 minutes a change can be taken back, unless somebody came between.

That it works on every card is told in tests/hub/test_every_card.py.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from senders.models import Sender
from tests import make
from tests.senders import given as sending

Save = Callable[[Client, Account], Any]


def default_sender(client: Client, account: Account) -> Any:
    with scope(account):
        Sender.objects.for_account(account).get_or_create(
            account=account, address="+33639980199", kind="number"
        )
    return sending.save(client, account, "sender", default_sender="+33639980199")


def hours(client: Client, account: Account) -> Any:
    shown = sending.shown(client, account, "hours", "?preset=fr")
    return client.post(sending.address(account), shown)


def limit(client: Client, account: Account, day: str = "5000") -> Any:
    return sending.save(client, account, "limit", limit_day=day, over_limit="discard")


def receipts(client: Client, account: Account) -> Any:
    return sending.save(client, account, "receipts", receipts=None)


SENDING: Final[dict[str, Save]] = {"hours": hours, "limit": limit, "receipts": receipts}


@pytest.fixture
def account() -> Account:
    return make.make_account()


@pytest.fixture
def owner(account: Account) -> Client:
    return sending.member_of(account)


def undo_address(client: Client, answer: Any) -> str:
    """What the button in the note after a change posts to."""
    html = client.get(answer["Location"].partition("#")[0]).content.decode()
    found = re.search(r'<form method="post" action="(/a/[^"]+/undo/[^"]+)"', html)
    assert found, "no Undo was offered"
    return found[1]


def note(client: Client, answer: Any) -> str:
    """The last note of the page one is sent back to."""
    html = client.get(answer["Location"].partition("#")[0]).content.decode()
    notes = re.findall(r'<div class="note [a-z]+" role="status">.*?<p>(.*?)</p>', html, re.DOTALL)
    return str(notes[-1])


@pytest.mark.parametrize("card", SENDING)
def test_undo_gives_the_settings_a_new_version_so_that_held_messages_are_decided_again(
    card: str, account: Account, owner: Client
) -> None:
    saved = SENDING[card](owner, account)
    version = sending.settings_of(account).version
    owner.post(undo_address(owner, saved))
    assert sending.settings_of(account).version == version + 1


@pytest.mark.parametrize("card", SENDING)
def test_an_undo_can_itself_be_undone(card: str, account: Account, owner: Client) -> None:
    first = undo_address(owner, SENDING[card](owner, account))
    after = values(account)
    undone = owner.post(first)
    before = values(account)
    assert before != after
    second = undo_address(owner, undone)
    assert second != first
    third = undo_address(owner, owner.post(second))
    assert values(account) == after
    owner.post(third)
    assert values(account) == before


def values(account: Account) -> dict[str, Any]:
    held = vars(sending.settings_of(account))
    return {
        name: held[name] for name in ("week", "hours_on", "limit_day", "over_limit", "receipts")
    }


def test_a_value_that_was_changed_again_is_not_overwritten(account: Account, owner: Client) -> None:
    address = undo_address(owner, limit(owner, account))
    limit(owner, account, "7000")
    before = sending.entries_of(account)
    answer = owner.post(address)
    assert "changed again meanwhile" in note(owner, answer)
    assert sending.settings_of(account).limit_day == 7000
    assert sending.entries_of(account) == before


def test_another_setting_that_changed_meanwhile_stays(account: Account, owner: Client) -> None:
    address = undo_address(owner, limit(owner, account))
    receipts(owner, account)
    owner.post(address)
    settings = sending.settings_of(account)
    assert (settings.limit_day, settings.receipts) == (None, False)


def test_after_ten_minutes_it_is_too_late(account: Account, owner: Client) -> None:
    address = undo_address(owner, limit(owner, account))
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=5)):
        answer = owner.post(address)
        assert "more than 10 minutes" in note(owner, answer)
    assert sending.settings_of(account).limit_day == 5000


def test_a_sender_that_ended_is_not_brought_back(account: Account, owner: Client) -> None:
    saved = default_sender(owner, account)
    with scope(account):
        Sender.objects.for_account(account).filter(kind="alpha").update(state="ended")
    answer = owner.post(undo_address(owner, saved))
    assert "can no longer be chosen" in note(owner, answer)
    settings = sending.settings_of(account)
    with scope(account):
        assert settings.default_sender == Sender.objects.for_account(account).get(kind="number")


def test_another_accounts_change_is_not_found(account: Account, owner: Client) -> None:
    address = undo_address(owner, limit(owner, account))
    other = make.make_account("Ailleurs")
    foreign = address.replace(account.public_id, other.public_id)
    assert sending.member_of(other).post(foreign).status_code == 404
    assert sending.settings_of(account).limit_day == 5000


def test_a_change_of_another_kind_cannot_be_undone(account: Account, owner: Client) -> None:
    with scope(account):
        entry = AuditEntry.objects.create(
            account=account, actor_kind="person", actor_label="x", channel="console",
            action="api_key.revoked",
        )  # fmt: skip
    url = reverse("console:undo", kwargs={"account_id": account.public_id, "entry_id": entry.pk})
    assert owner.post(url).status_code == 404
    assert owner.get(url).status_code == 405
