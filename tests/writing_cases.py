"""Every address of the console that writes, with what is posted to it: tests walk this list."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.audit import Actor
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from apisettings.actions import secret_version
from apisettings.models import Delivery, Webhook
from hub.lib.ids import uuid7
from messaging.models import MessageTemplate
from senders.models import Sender
from tests.accounts import given as general
from tests.line import Line
from tests.make import PASSWORD, make_account, make_key, make_member, make_user, signed_in
from tests.senders import given as sending

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
    """A way to write. `wrong` are bodies that are refused, `answers` the status of a good one."""

    url_name: str
    action: str
    body: Callable[[World], Body] = lambda world: {}
    params: Callable[[World], Params] = lambda world: {}
    wrong: tuple[Body, ...] = ()
    query: Callable[[World], str] = lambda world: ""
    answers: int = 302


# -- what the cases need --------------------------------------------------------------------


def card_of(module: Any, card: str, **given: Any) -> Callable[[World], Body]:
    def body(world: World) -> Body:
        shown = module.shown(world.owner, world.account, card) | given
        return {name: value for name, value in shown.items() if value is not None}

    return body


def hours(world: World) -> Body:
    return sending.shown(world.owner, world.account, "hours", "?preset=fr")


def followed(world: World) -> Body:
    """The account has a parent, whose hours it is to follow."""
    parent = make_account("Maison Mère")
    world.account.parent, world.account.path = parent, [parent.pk, world.account.pk]
    world.account.save()
    page = world.owner.get(sending.address(world.account)).content.decode()
    return sending.fields_of(page, "hours", "origin-hours") | {"origin": "parent"}


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
    return {**SURE, "version": secret_version(webhook(world))}


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
    sent = {"typed": world.account.name, "password": PASSWORD, "sure": "on"}
    page = general.address(world.account, "account_close")
    assert world.owner.post(page, sent).status_code == 302
    world.again()
    return {}


# What the page before an act that is hard to reverse asks.
SURE: Final[Body] = {"sure": "on", "password": PASSWORD}


def asked(world: World) -> Body:
    """A request for duplicate contacts waits."""
    page = general.address(world.account, "account_duplicates")
    assert world.owner.post(page, {"why": "Familles"}).status_code == 302
    return {}


NEW_KEY: Final[Body] = {
    "name": "Boutique",
    "mode": "live",
    "scopes": ["messages:send"],
    "networks": "",
    "expires_on": (timezone.now() + timedelta(days=30)).date().isoformat(),
    "password": PASSWORD,
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
    Case(
        "numbers_origin",
        "sending_hours.changed",
        followed,
        wrong=(
            {"card": "limit", "origin": "parent"},
            {"card": "hours", "origin": "locked"},
            {"card": "hours", "origin": "parent", "version": "old"},
        ),
    ),
    Case("numbers_limit_zero", "sms_limit.changed", query=zero_query),
    Case(
        "api_key_new", "api_key.created", lambda world: NEW_KEY, wrong=({**NEW_KEY, "scopes": []},)
    ),
    Case(
        "api_key_revoke",
        "api_key.revoked",
        lambda world: SURE,
        lambda world: {"key_id": make_key(world.account).key_id},
        wrong=({}, {"sure": "on"}, {**SURE, "password": "a guess"}, {"password": PASSWORD}),
    ),
    Case("api_webhooks", "webhook.created", lambda world: HOOK, wrong=({**HOOK, "url": "x"},)),
    Case(
        "api_webhook_secret_replace",
        "webhook.secret_replaced",
        present_secret,
        wrong=({**SURE, "version": "another"}, {"version": "another", "sure": "on"}),
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
    Case("account_duplicates_withdraw", "duplicate_contacts.withdrawn", asked),
    Case(
        "account_close",
        "account.closing",
        lambda world: {"typed": world.account.name, "password": PASSWORD, "sure": "on"},
        wrong=(
            {"typed": "x", "password": PASSWORD, "sure": "on"},
            {"typed": "Maison Test", "password": PASSWORD},
        ),
    ),
    Case("account_keep", "account.reopened", closing),
    Case("account_activity_csv", "activity.exported", answers=200),
    Case("account_activity_jsonl", "activity.exported", answers=200),
    Case("account_job_cancel", "job.cancelled", params=job),
    Case("undo", "sms_limit.changed", params=changed_limit),
)


def named(case: Case) -> str:
    return f"{case.url_name}:{case.action or 'sent'}"


# -- the console ------------------------------------------------------------------------------


def prepared(case: Case, world: World) -> tuple[str, Body]:
    """The address and what is sent there; whatever must stand before it stands."""
    params, body = case.params(world), case.body(world)
    account = {"account_id": world.account.public_id}
    url = reverse(f"console:{case.url_name}", kwargs={**account, **params})
    return url + case.query(world), body
