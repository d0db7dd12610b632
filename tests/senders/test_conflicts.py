"""Two people, one setting: the second sees both values, and nothing is lost in silence."""

from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.db import connections

from accounts.audit import Actor
from accounts.models import Account
from accounts.tenancy import scope
from hub.lib.ids import uuid7
from hub.lib.windows import Week
from senders.actions import (
    SenderNotActive,
    StaleVersion,
    change_default_sender,
    change_receipts,
    change_sending_hours,
    change_sms_limit,
)
from senders.models import SendingSettings
from tests.make import make_account, make_member, make_user, signed_in
from tests.senders.given import (
    address,
    entries_of,
    fields_of,
    member_of,
    save,
    settings_of,
    shown,
)

ACTOR = Actor("person", "1", "Nadia Benali", "console")


def test_the_second_save_shows_both_values_and_changes_nothing() -> None:
    account = make_account(limit_day=5000)
    nadia, camille = member_of(account, name="Nadia Benali"), member_of(account)
    stale = shown(camille, account, "limit") | {"limit_day": "4000"}
    save(nadia, account, "limit", limit_day="3000")
    answer = camille.post(address(account), stale)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Nadia Benali changed this on" in html
    assert "<td>3,000 segments</td><td><strong>4,000 segments</strong></td>" in html
    assert 'href="#limit-clash"' in html
    assert 'id="limit-clash"' in html
    assert settings_of(account).limit_day == 3000
    # Who saves again has seen both and means it.
    assert camille.post(address(account), fields_of(html, "limit")).status_code == 302
    assert settings_of(account).limit_day == 4000
    assert len(entries_of(account)) == 2


def test_a_mistake_in_a_stale_form_does_not_hide_the_conflict() -> None:
    account = make_account(limit_day=5000)
    nadia, camille = member_of(account), member_of(account)
    stale = shown(camille, account, "limit") | {"limit_day": "4000,1"}
    save(nadia, account, "limit", limit_day="3000")
    refused = camille.post(address(account), stale)
    assert refused.status_code == 422
    corrected = fields_of(refused.content.decode(), "limit") | {"limit_day": "4000"}
    assert camille.post(address(account), corrected).status_code == 409
    assert settings_of(account).limit_day == 3000


@pytest.mark.parametrize("card", ["hours", "sender", "receipts"])
def test_every_card_guards_its_own_values(card: str) -> None:
    account = make_account()
    first, second = member_of(account), member_of(account)
    stale = shown(second, account, card)
    changes: dict[str, dict[str, str | None]] = {
        "hours": {"mon_to": "19:00"},
        "sender": {"default_sender": ""},
        "receipts": {"receipts": None},
    }
    assert save(first, account, card, **changes[card]).status_code == 302
    if card == "hours":
        stale |= {"mon_to": "18:00"}
    answer = second.post(address(account), stale)
    assert answer.status_code == 409
    assert f'id="{card}-clash"' in answer.content.decode()
    assert settings_of(account).version == 2


def test_a_change_of_another_card_is_no_conflict() -> None:
    account = make_account()
    client = member_of(account)
    opened = shown(client, account, "limit") | {"limit_day": "4000"}
    save(client, account, "receipts", receipts=None)
    assert client.post(address(account), opened).status_code == 302
    saved = settings_of(account)
    assert (saved.limit_day, saved.receipts, saved.version) == (4000, False, 3)


def test_pressing_save_twice_is_no_conflict() -> None:
    account = make_account()
    client = member_of(account)
    sent = shown(client, account, "limit") | {"limit_day": "4000"}
    assert client.post(address(account), sent).status_code == 302
    assert client.post(address(account), sent).status_code == 302
    assert len(entries_of(account)) == 1


@pytest.mark.parametrize("version", ["", "x", "-5", "0", "99", "9" * 5000])
def test_a_version_nobody_was_shown_is_a_conflict(version: str) -> None:
    account = make_account()
    client = member_of(account)
    answer = save(client, account, "limit", limit_day="4000", version=version)
    assert answer.status_code == 409
    assert "Somebody changed this after you opened the page." in answer.content.decode()
    assert settings_of(account).limit_day is None


def test_a_change_without_an_entry_in_the_log_is_a_conflict_too() -> None:
    account = make_account()
    client = member_of(account)
    opened = shown(client, account, "limit") | {"limit_day": "4000"}
    with scope(account):
        SendingSettings.objects.for_account(account).update(limit_day=1, version=2)
    assert client.post(address(account), opened).status_code == 409


def test_of_many_at_once_one_wins_and_the_others_are_asked() -> None:
    account = make_account()
    user = make_user()
    make_member(account, user, "owner")
    sent = shown(signed_in(user), account, "limit")
    barrier, answers = Barrier(4), list[int]()

    def post(limit: int) -> None:
        client = signed_in(user)
        barrier.wait(timeout=20)
        answer = client.post(address(account), sent | {"limit_day": str(limit)})
        answers.append(answer.status_code)
        connections.close_all()

    threads = [Thread(target=post, args=[limit]) for limit in (1000, 2000, 3000, 4000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(answers) == [302, 409, 409, 409]
    assert settings_of(account).version == 2
    assert len(entries_of(account)) == 1


def test_an_account_without_a_row_gets_one_with_its_first_change() -> None:
    id_ = uuid7()
    account = Account.objects.create(id=id_, name="Bare", path=[id_])
    assert "Default value" in member_of(account).get(address(account)).content.decode()
    with scope(account):
        change = change_receipts(account, actor=ACTOR, expected_version=1, receipts=False)
    assert change.changes == {"receipts": [True, False]}
    assert settings_of(account).version == 2


def test_actions_refuse_what_a_form_would_refuse() -> None:
    account = make_account()
    with scope(account):
        with pytest.raises(ValueError, match="below the day"):
            limited(account, 10, 5)
        with pytest.raises(ValueError, match="never open"):
            change_sending_hours(
                account,
                actor=ACTOR,
                expected_version=1,
                hours_on=True,
                hours_clock="account",
                week=Week.parse({}),
                unknown_zone_uses_account=False,
            )
        with pytest.raises(SenderNotActive):
            change_default_sender(
                account, actor=ACTOR, expected_version=1, default_sender=UUID(int=1)
            )
        limited(account, 10, 50)
        with pytest.raises(StaleVersion) as stale:
            limited(account, 11, 50)
    assert stale.value.settings.limit_day == 10
    assert stale.value.entry is not None
    assert stale.value.entry.actor_label == "Nadia Benali"
    assert settings_of(account).version == 2


def limited(account: Account, day: int, month: int) -> None:
    change_sms_limit(
        account,
        actor=ACTOR,
        expected_version=1,
        limit_day=day,
        limit_month=month,
        over_limit="hold",
    )
