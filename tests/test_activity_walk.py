"""Every address that writes leaves exactly one entry in the activity log, in its own transaction.

Addresses are found by walking the URL resolver: one that takes a POST must have a case below, or
answer 405. A case is tried by who may not, with a bad body, with a log that cannot be written
(then nothing else may have been written either), and as it should be.
"""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.audit import Actor, record
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from apisettings.actions import secret_version
from apisettings.models import Delivery, Webhook
from hub.lib.ids import uuid7
from messaging.models import Batch, MessageTemplate
from senders.models import Sender, SendingSettings
from tests.accounts import given as general
from tests.line import Line, route
from tests.make import PASSWORD, Key, make_account, make_key, make_member, make_user, signed_in
from tests.senders import given as sending
from tests.test_walls import DOORS, PAGES, Address

__all__ = ["route"]

ACTOR: Final = Actor("person", "1", "Nadia Benali", "console")
Params = dict[str, str]
Body = dict[str, Any]


@dataclass
class World:
    """An account of its own for each case, with its owner and a reader."""

    line: Line = field(default_factory=Line)

    def __post_init__(self) -> None:
        self.account: Account = self.line.account
        self.person = make_user()
        make_member(self.account, self.person, "owner")
        self.owner = signed_in(self.person)
        self.reader = sending.member_of(self.account, "billing", "Bob Durand")
        stranger = make_user("Charlie Petit")
        make_member(make_account("Ailleurs"), stranger, "owner")
        self.stranger = signed_in(stranger)

    def again(self) -> None:
        """Typing the password renews its hash here, which ends a session."""
        self.person.refresh_from_db()
        self.owner.force_login(self.person)

    def entries(self) -> list[AuditEntry]:
        with scope(self.account):
            return list(AuditEntry.objects.for_account(self.account).order_by("id"))

    def state(self) -> dict[str, Any]:
        """Every row of the account, as a superuser sees it: a digest of each table."""
        with superuser() as sees:
            tables = sees.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                " WHERE a.attname = 'account_id' AND c.relkind = 'r'"
                " AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
            ).fetchall()
            found = {
                name: sees.execute(
                    f"SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {name} t"
                    " WHERE account_id = %s",
                    [self.account.pk],
                ).fetchone()
                for (name,) in tables
            }
            found["itself"] = sees.execute(
                "SELECT a::text FROM accounts_account a WHERE id = %s", [self.account.pk]
            ).fetchone()
        return found


def superuser() -> Any:
    """A superuser in this worker's database."""
    url = urlsplit(os.environ["HUB_TEST_ADMIN_URL"])
    name = connection.settings_dict["NAME"]
    return psycopg.connect(url._replace(path=f"/{name}").geturl(), autocommit=True)


class Case(NamedTuple):
    """A way to write. `wrong` are bodies that are refused."""

    url_name: str
    action: str
    body: Callable[[World], Body] = lambda world: {}
    params: Callable[[World], Params] = lambda world: {}
    wrong: tuple[Body, ...] = ()
    query: Callable[[World], str] = lambda world: ""


# -- what the cases need --------------------------------------------------------------------


def card_of(module: Any, card: str, **given: Any) -> Callable[[World], Body]:
    def body(world: World) -> Body:
        shown = module.shown(world.owner, world.account, card) | given
        return {name: value for name, value in shown.items() if value is not None}

    return body


def hours(world: World) -> Body:
    return sending.shown(world.owner, world.account, "hours", "?preset=fr")


def other_sender(world: World) -> Body:
    with scope(world.account):
        Sender.objects.create(account=world.account, address="+33639980199", kind="number")
    return card_of(sending, "sender", default_sender="+33639980199")(world)


def zone_query(world: World) -> str:
    shown = general.shown(world.owner, world.account, "zone")
    return f"?time_zone=Indian/Reunion&version={shown['version']}"


def zero_query(world: World) -> str:
    shown = sending.shown(world.owner, world.account, "limit")
    return f"?limit_day=0&over_limit=hold&version={shown['version']}"


def template(world: World, **fields: Any) -> Params:
    with scope(world.account):
        made = MessageTemplate.objects.create(
            account=world.account, name=secrets.token_hex(4), body="Bonjour",
            changed_at=timezone.now(), changed_by="Alice Martin", **fields,
        )  # fmt: skip
    return {"template_id": str(made.pk)}


def archived(world: World) -> Params:
    return template(world, archived_at=timezone.now())


def waiting_message(world: World) -> Params:
    return {"message_id": world.line.send(scheduled="2999-01-01T08:00:00Z")}


def webhook(world: World) -> Webhook:
    with scope(world.account):
        found = Webhook.objects.for_account(world.account).first()
        return found or Webhook.objects.create(
            account=world.account, url="https://hooks.example.test/", secret=b"x"
        )


def with_webhook(world: World) -> Body:
    webhook(world)
    return {}


def present_secret(world: World) -> Body:
    return {"version": secret_version(webhook(world))}


def delivery(world: World) -> Params:
    made = webhook(world)
    with scope(world.account):
        given_up = Delivery.objects.create(
            account=world.account, webhook=made, event_id=uuid7(), kind="message.delivered",
            body="{}", state="exhausted", created_at=timezone.now(),
        )  # fmt: skip
    return {"delivery_id": str(given_up.pk)}


def changed_limit(world: World) -> Params:
    answer = sending.save(world.owner, world.account, "limit", limit_day="5000")
    assert answer.status_code == 302
    return {"entry_id": str(world.entries()[-1].pk)}


def job(world: World) -> Params:
    with scope(world.account):
        return {"job_id": str(general.waiting_job(world.account).pk)}


def closing(world: World) -> Body:
    sent = {"typed": world.account.name, "password": PASSWORD}
    page = general.address(world.account, "account_close")
    assert world.owner.post(page, sent).status_code == 302
    world.again()
    return {}


NEW_KEY: Final[Body] = {
    "name": "Boutique",
    "mode": "live",
    "scopes": ["messages:send"],
    "networks": "",
    "expires_on": (timezone.now() + timedelta(days=30)).date().isoformat(),
}
NEW_MESSAGE: Final[Body] = {
    "to": "+33612345670",
    "source": "VERDIER",
    "text": "Bonjour",
    "token": "0123456789abcdef",
    "do": "send",
}
HOOK: Final[Body] = {
    "url": "https://hooks.example.test/a",
    "state": "active",
    "version": "",
    "events_0": ["message.accepted"],
}

CASES: Final = (
    Case("message_new", "messages.sent", lambda world: NEW_MESSAGE, wrong=({"do": "send"},)),
    Case("message_cancel", "message.cancelled", params=waiting_message),
    Case(
        "template_new",
        "template.created",
        lambda world: {"name": "Rappel", "text": "Bonjour"},
        wrong=({"name": "", "text": ""},),
    ),
    Case(
        "template",
        "template.changed",
        lambda world: {"name": "Autre", "text": "Bonsoir", "version": "1"},
        template,
        wrong=({"name": "x", "text": "y", "version": "0"}, {"name": ""}),
    ),
    Case("template_archive", "template.archived", params=template),
    Case("template_restore", "template.restored", params=archived),
    Case("numbers_settings", "sending_hours.changed", hours, wrong=({"card": "x"},)),
    Case(
        "numbers_settings",
        "sms_limit.changed",
        card_of(sending, "limit", limit_day="5000"),
        wrong=({"card": "limit", "limit_day": "-1"},),
    ),
    Case(
        "numbers_settings",
        "delivery_receipts.changed",
        card_of(sending, "receipts", receipts=None),
        wrong=({"card": "receipts", "version": "-1"},),
    ),
    Case(
        "numbers_settings",
        "default_sender.changed",
        other_sender,
        wrong=({"card": "sender", "default_sender": str(uuid7())},),
    ),
    Case("numbers_limit_zero", "sms_limit.changed", query=zero_query),
    Case(
        "api_key_new", "api_key.created", lambda world: NEW_KEY, wrong=({**NEW_KEY, "scopes": []},)
    ),
    Case(
        "api_key_revoke",
        "api_key.revoked",
        params=lambda world: {"key_id": make_key(world.account).key_id},
    ),
    Case("api_webhooks", "webhook.created", lambda world: HOOK, wrong=({**HOOK, "url": "x"},)),
    Case(
        "api_webhook_secret_replace",
        "webhook.secret_replaced",
        present_secret,
        wrong=({"version": "another"},),
    ),
    Case("api_webhook_test", "webhook.tested", with_webhook),
    Case("api_webhook_resend", "webhook.delivery_resent", params=delivery),
    Case(
        "account_general",
        "account.renamed",
        card_of(general, "name", name="Autre Maison"),
        wrong=({"card": "name", "name": ""}, {"card": "name", "name": "X", "version": "old"}),
    ),
    Case(
        "account_general",
        "opt_out.changed",
        card_of(general, "optout", extra_stop="BASTA"),
        wrong=({"card": "optout", "extra_stop": "BASTA", "version": "old"},),
    ),
    Case("account_zone", "time_zone.changed", query=zone_query),
    Case(
        "account_duplicates",
        "duplicate_contacts.requested",
        lambda world: {"why": "Familles"},
        wrong=({"why": "x" * 300},),
    ),
    Case(
        "account_close",
        "account.closing",
        lambda world: {"typed": world.account.name, "password": PASSWORD},
        wrong=({"typed": "x", "password": PASSWORD},),
    ),
    Case("account_keep", "account.reopened", closing),
    Case("account_job_cancel", "job.cancelled", params=job),
    Case("undo", "sms_limit.changed", params=changed_limit),
)


def named(case: Case) -> str:
    return f"{case.url_name}:{case.action or 'sent'}"


# -- the console ------------------------------------------------------------------------------


@pytest.fixture
def world(route: None) -> World:
    return World()


def prepared(case: Case, world: World) -> tuple[str, Body]:
    """The address and what is sent there; whatever must stand before it stands."""
    params, body = case.params(world), case.body(world)
    account = {"account_id": world.account.public_id}
    url = reverse(f"console:{case.url_name}", kwargs={**account, **params})
    return url + case.query(world), body


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

    assert world.owner.post(url, body).status_code == 302
    assert world.state() != before
    entries = world.entries()[number:]
    assert [entry.action for entry in entries] == [case.action]
    assert (entries[0].actor_label, entries[0].channel) == ("Alice Martin", "console")
    assert entries[0].address == "127.0.0.1"


def refuse_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**fields: Any) -> None:
        raise RuntimeError("the log cannot be written")

    monkeypatch.setattr(audit.AuditEntry.objects, "create", refuse)


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


def test_a_sending_program_is_named_by_its_batch(world: World) -> None:
    """A row for each message in the log would be the message table a second time."""
    number = len(world.entries())
    world.line.send()
    with scope(world.account):
        [batch] = Batch.objects.for_account(world.account)
    assert batch.channel == "api"
    assert batch.actor
    assert world.entries()[number:] == []


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
