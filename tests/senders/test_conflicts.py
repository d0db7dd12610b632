"""Two people, one setting: nothing is lost in silence.

That every card guards its values is told in tests/hub/test_every_card.py.
"""

from threading import Barrier, Thread

import pytest
from django.db import connections

from accounts.audit import Actor
from accounts.conflicts import Overtaken
from accounts.models import Account
from accounts.tenancy import scope
from hub.lib.ids import uuid7
from senders.actions import (
    SenderNotActive,
    change_default_sender,
    change_receipts,
    change_sending_hours,
    change_sms_limit,
)
from senders.cards import HOURS, LIMIT, RECEIPTS, SENDER
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


def test_a_change_of_another_card_is_no_conflict() -> None:
    account = make_account()
    client = member_of(account)
    opened = shown(client, account, "limit") | {"limit_day": "4000"}
    save(client, account, "receipts", receipts=None)
    assert client.post(address(account), opened).status_code == 302
    saved = settings_of(account)
    assert (saved.limit_day, saved.receipts, saved.version) == (4000, False, 3)


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
        seen = RECEIPTS.seen(account)
        changes = change_receipts(account, actor=ACTOR, seen=seen, receipts=False)
    assert changes == {"receipts": [True, False]}
    assert settings_of(account).version == 2


def test_actions_refuse_what_a_form_would_refuse() -> None:
    account = make_account()
    with scope(account):
        with pytest.raises(ValueError, match="below the day"):
            limited(account, LIMIT.seen(account), 10, 5)
        with pytest.raises(ValueError, match="never open"):
            change_sending_hours(
                account,
                actor=ACTOR,
                seen=HOURS.seen(account),
                hours_on=True,
                hours_clock="account",
                week={},
                unknown_zone_uses_account=False,
            )
        with pytest.raises(SenderNotActive):
            change_default_sender(
                account, actor=ACTOR, seen=SENDER.seen(account), default_sender="NOBODY"
            )
        seen = LIMIT.seen(account)
        limited(account, seen, 10, 50)
        with pytest.raises(Overtaken) as stale:
            limited(account, seen, 11, 50)
    assert stale.value.saved["limit_day"] == 10
    assert stale.value.entry is not None
    assert stale.value.entry.actor_label == "Nadia Benali"
    assert settings_of(account).version == 2


def limited(account: Account, seen: str, day: int, month: int) -> None:
    change_sms_limit(
        account,
        actor=ACTOR,
        seen=seen,
        limit_day=day,
        limit_month=month,
        over_limit="hold",
    )
