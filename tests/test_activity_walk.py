"""Every address that writes leaves exactly one entry in the activity log, in its own transaction.

Addresses are found by walking the URL resolver: one that takes a POST must have a case below, or
answer 405. A case is tried by who may not, with a bad body, with a log that cannot be written
(then nothing else may have been written either), and as it should be.
"""

import json
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.audit import record
from accounts.tenancy import scope
from messaging.models import Batch
from senders.models import SendingSettings
from tests.line import route
from tests.make import Key, make_account, make_key, make_user, signed_in
from tests.senders import given as sending
from tests.test_walls import DOORS, PAGES, Address
from tests.writing_cases import (
    ACTOR,
    CASES,
    Case,
    Params,
    World,
    named,
    prepared,
    waiting_message,
)

__all__ = ["route"]


@pytest.fixture
def world(route: None) -> World:
    return World()


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_change_leaves_exactly_one_entry_and_nothing_without_it(
    case: Case, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, body = prepared(case, world)
    before, number = world.state(), len(world.entries())

    for client in (world.reader, world.stranger, Client()):
        assert client.post(url, body).status_code in (302, 403, 404)
    for wrong in case.wrong:
        world.owner.post(url, wrong)
    assert world.state() == before
    world.again()

    refuse_entries(monkeypatch)
    world.owner.raise_request_exception = False
    assert world.owner.post(url, body).status_code == 500
    assert world.state() == before
    monkeypatch.undo()
    world.again()

    assert world.owner.post(url, body).status_code == case.answers
    assert world.state() != before
    entries = world.entries()[number:]
    assert [entry.action for entry in entries] == [case.action]
    assert (entries[0].actor_label, entries[0].channel) == ("Alice Martin", "console")
    assert entries[0].address == "127.0.0.1"


def refuse_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: Any, **fields: Any) -> None:
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr(audit.AuditEntry.objects, "create", refuse)
    monkeypatch.setattr(audit, "as_row", refuse)


def short(address: Address) -> str:
    return address.name.removeprefix("console:")


READERS: Final = [one for one in PAGES if short(one) not in {case.url_name for case in CASES}]
STANDS_FOR: Final[Params] = {
    "message_id": str(UUID(int=7 << 76)),
    "template_id": str(UUID(int=7 << 76)),
    "job_id": str(UUID(int=7 << 76)),
    "key_id": "x",
}


@pytest.mark.parametrize("address", READERS, ids=lambda address: address.name)
def test_an_address_without_a_case_takes_no_post(address: Address, world: World) -> None:
    params = {name: STANDS_FOR.get(name, "") for name in address.params}
    params["account_id"] = world.account.public_id
    answer = world.owner.post(reverse(address.name, kwargs=params))
    assert answer.status_code == 405, f"add a case for {address.name}"


def test_opening_an_account_is_the_first_entry_of_its_log() -> None:
    user = make_user()
    body = {"name": "Neuve", "time_zone": "Europe/Paris", "country": "FR"}
    assert signed_in(user).post(reverse("open_account"), {**body, "name": ""}).status_code == 422
    assert user.memberships.count() == 0
    assert signed_in(user).post(reverse("open_account"), body).status_code == 302
    account = user.memberships.get().account
    assert [entry.action for entry in sending.entries_of(account)] == ["account.opened"]


# -- the API ----------------------------------------------------------------------------------

WRITING_DOORS: Final = {("api_messages", "POST"), ("api_message", "PUT")}
# A dry run: it says what would be decided and stores nothing.
READING_DOORS: Final = {("api_check", "POST")}


def test_every_route_that_may_write_is_tried_below() -> None:
    found = {(address.name, method) for address, method, _view in DOORS if method != "GET"}
    assert found == WRITING_DOORS | READING_DOORS


def put(world: World, key: Key, message: str, status: str = "cancelled") -> int:
    url = reverse("api_message", kwargs={"message_id": message})
    answer = Client().put(
        url, json.dumps({"status": status}), "application/json",
        headers={"Authorization": key.header},
    )  # fmt: skip
    return answer.status_code


def test_a_cancelling_program_leaves_one_entry_and_nothing_without_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = waiting_message(world)["message_id"]
    reader = make_key(world.account, scopes=["messages:read"])
    before = world.state()
    assert put(world, reader, message) == 403
    assert put(world, world.line.key, message, "delivered") == 400
    changed = {name for name, digest in world.state().items() if digest != before[name]}
    assert changed <= {"apisettings_apikey"}, "when a key was last used"
    refuse_entries(monkeypatch)
    assert put(world, world.line.key, message) == 500
    assert world.line.show(message)["status"] == "scheduled"
    monkeypatch.undo()
    number = len(world.entries())
    assert put(world, world.line.key, message) == 200
    [entry] = world.entries()[number:]
    assert (entry.action, entry.channel, entry.subject) == ("message.cancelled", "api", message)


def test_a_sending_program_leaves_one_entry_a_request_and_none_for_its_repetition(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = len(world.entries())
    message = {"content": "Bonjour", "destination_number": "+33612345670"}
    for _once_more in range(2):
        key = {"Idempotency-Key": "order-4711"}
        assert world.line.post(message, message, **key).status_code == 202
    [entry] = world.entries()[number:]
    assert (entry.action, entry.actor_kind, entry.channel) == ("messages.sent", "key", "api")
    assert (entry.subject, entry.address) == ("2", "127.0.0.1")
    with scope(world.account):
        [batch] = Batch.objects.for_account(world.account)
    assert (batch.channel, batch.actor) == ("api", entry.actor_label)


def test_the_log_shows_what_programs_sent_when_it_is_asked_for(world: World) -> None:
    world.line.send()
    page = reverse("console:account_activity", args=[world.account.public_id])
    told = "sent messages, 1 in all"
    assert told not in world.owner.get(page).content.decode()
    assert told in world.owner.get(page, {"event": "messages.sent"}).content.decode()


def test_a_dry_run_leaves_nothing(world: World) -> None:
    before = world.state()
    body = {"messages": [{"content": "Bonjour", "destination_number": "+33612345670"}]}
    answer = Client().post(
        reverse("api_check"), json.dumps(body), "application/json",
        headers={"Authorization": world.line.key.header},
    )  # fmt: skip
    assert answer.status_code == 200
    changed = {name for name, digest in world.state().items() if digest != before[name]}
    assert changed <= {"apisettings_apikey"}


def test_the_step_refuses_to_write_outside_its_change() -> None:
    account = make_account()
    with scope(account):
        with pytest.raises(RuntimeError, match="transaction"):
            record(account, actor=ACTOR, action="sms_limit.changed")
        with transaction.atomic(durable=True):
            record(account, actor=ACTOR, action="sms_limit.changed")
        assert SendingSettings.objects.for_account(account).get().version == 1
