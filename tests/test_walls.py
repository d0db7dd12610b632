"""Every address of Hub, as nobody, a stranger, the wrong role and the right one.

Addresses are found by walking the URL resolver, so a new page is tried without being named here.
It must carry what `@console` or `@api` puts on it, or stand in UNGUARDED with a reason.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.audit import CLOCK, record
from accounts.models import Account, Membership
from accounts.permissions import PERMISSIONS, allows
from accounts.tenancy import scope
from apisettings.models import Delivery, Webhook
from hub.lib.ids import uuid7
from messaging.models import Message, MessageTemplate
from tests.accounts.given import waiting_job
from tests.line import Line, route
from tests.make import fund, make_account, make_key, make_member, make_user, signed_in

__all__ = ["route"]

UNGUARDED: Final = {
    "home": "sends people where they belong",
    "healthz": "asked by load balancers; says nothing of anybody",
    "help": "for everybody; says nothing of anybody",
    "api_description": "what docs/openapi.yaml says",
    "set_language": "a choice of the browser's",
    "set_theme": "a choice of the browser's",
    "account_list": "lists the accounts of whoever is signed in",
    "open_account": "for a person without an account",
    "profile": "a person's own",
    "sessions": "a person's own",
    "account_email": "a person's own, allauth asks who",
    "api_not_found": "every address of the API that does not exist",
    "metrics": "a token or staff; tried below",
    "operations": "staff; tried below",
    "ui": "staff; tried below",
    "ui_cards": "staff; tried below",
    "ui_pages": "staff; tried below",
    "ui_page": "staff; tried with the gallery",
    "ui_confirm": "staff; tried below",
    "ui_emails": "staff; tried below",
    "ui_email": "staff; tried with the gallery",
    "ui_email_html": "staff; tried with the gallery",
}
# Modules whose pages guard themselves.
LIBRARIES: Final = ("allauth.",)
STAFF: Final = ("admin:", "hijack:")


class Address(NamedTuple):
    """A view and how to get there."""

    name: str
    params: tuple[str, ...]
    view: Callable[..., Any]


def walk(patterns: list[Any], names: str = "", params: tuple[str, ...] = ()) -> Iterator[Address]:
    for one in patterns:
        here = (*params, *parameters(one.pattern))
        if isinstance(one, URLResolver):
            inner = f"{names}{one.namespace}:" if one.namespace else names
            yield from walk(one.url_patterns, inner, here)
        elif isinstance(one, URLPattern):
            yield Address(f"{names}{one.name}", here, one.callback)


def parameters(pattern: Any) -> list[str]:
    return list(getattr(pattern, "converters", None) or pattern.regex.groupindex)


ADDRESSES: Final = list(walk(get_resolver().url_patterns))
PAGES: Final = [one for one in ADDRESSES if hasattr(one.view, "permission")]
DOORS: Final = [
    (one, method, view)
    for one in ADDRESSES
    for method, view in (
        getattr(one.view, "api_views", None)
        or dict.fromkeys(getattr(one.view, "api_methods", ()), one.view)
    ).items()
    if method != "HEAD"
]


# -- the world -----------------------------------------------------------------------------


@dataclass
class World:
    """An account with a member of every role, and one with its own people beside it."""

    line: Line
    members: dict[str, Client]
    stranger: Client
    elsewhere: Line

    def message_id(self) -> str:
        return self.line.send(scheduled="2999-01-01T08:00:00Z")

    def template_id(self) -> str:
        account = self.line.account
        with scope(account):
            made = MessageTemplate.objects.create(
                account=account, name=str(uuid7()), body="Bonjour", changed_at=timezone.now(),
                changed_by="Alice Martin",
            )  # fmt: skip
            return str(made.pk)

    def key_id(self) -> str:
        return make_key(self.line.account).key_id

    def entry_id(self) -> str:
        """Of a change that can be undone."""
        account = self.line.account
        with scope(account), transaction.atomic():
            entry = record(
                account, actor=CLOCK, action="sms_limit.changed", changes={"limit_day": [1, 2]}
            )
            return str(entry.pk)

    def job_id(self) -> str:
        """One that waits."""
        with scope(self.line.account):
            return str(waiting_job(self.line.account).pk)

    def delivery_id(self) -> str:
        account = self.line.account
        with scope(account):
            webhook = Webhook.objects.for_account(account).first() or Webhook.objects.create(
                account=account, url="https://example.test/", secret=b"x"
            )
            return str(
                Delivery.objects.create(
                    account=account, webhook=webhook, event_id=uuid7(), kind="message.delivered",
                    body="{}", state="exhausted", created_at=timezone.now(),
                ).pk
            )  # fmt: skip


# What stands for a parameter of an address: a thing of the account that is fresh each time.
PARAMS: Final[dict[str, Callable[[World], str]]] = {
    "account_id": lambda world: world.line.account.public_id,
    "message_id": World.message_id,
    "template_id": World.template_id,
    "key_id": World.key_id,
    "delivery_id": World.delivery_id,
    "entry_id": World.entry_id,
    "job_id": World.job_id,
}


@pytest.fixture(scope="module")
def world(route: None) -> World:
    line, elsewhere = Line(), Line()
    members = {}
    for role in Membership.Role.values:
        person = make_user(f"Rôle {role}")
        make_member(line.account, person, role)
        members[role] = signed_in(person)
    stranger = make_user("Charlie Petit")
    make_member(elsewhere.account, stranger, "owner")
    return World(line, members, signed_in(stranger), elsewhere)


def url(address: Address, world: World, **instead: str) -> str:
    unknown = [name for name in address.params if name not in PARAMS]
    assert not unknown, f"say in PARAMS what stands for {unknown} of {address.name}"
    filled = {name: PARAMS[name](world) for name in address.params if name not in instead}
    return reverse(address.name, kwargs={**filled, **instead})


def named(address: Address) -> str:
    return address.name


METHODS: Final = ("get", "post")


def answered(status: int) -> bool:
    """The view itself spoke: an answer, a redirect, a method it lacks, or input it refuses."""
    return 200 <= status < 400 or status in (400, 405, 422)


# -- everything is guarded --------------------------------------------------------------------


def test_every_address_is_guarded_or_on_the_list() -> None:
    bare = {
        one.name
        for one in ADDRESSES
        if not hasattr(one.view, "permission")
        and not hasattr(one.view, "api_scope")
        and not hasattr(one.view, "api_views")
        and not one.view.__module__.startswith(LIBRARIES)
        and not one.name.startswith(STAFF)
    }
    assert bare - UNGUARDED.keys() == set()


def test_pages_of_an_account_lie_under_its_id_and_everything_there_is_a_page() -> None:
    under = {one.name for one in ADDRESSES if "account_id" in one.params}
    assert {one.name for one in PAGES} == under
    assert len(under) > 15


def test_every_permission_is_one_of_the_map_and_every_role_may_something() -> None:
    asked = {getattr(one.view, kind) for one in PAGES for kind in ("permission", "change")}
    assert asked <= PERMISSIONS.keys()
    for role in Membership.Role:
        assert allows(role, "dashboard.view")


# -- the console --------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", PAGES, ids=named)
def test_nobody_is_sent_to_sign_in(address: Address, method: str, world: World) -> None:
    answer = getattr(Client(), method)(url(address, world))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", PAGES, ids=named)
def test_a_stranger_finds_nothing(address: Address, method: str, world: World) -> None:
    call = getattr(world.stranger, method)
    assert call(url(address, world)).status_code == 404
    assert call(url(address, world, account_id="0000000000")).status_code == 404


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", [one for one in PAGES if len(one.params) > 1], ids=named)
def test_anothers_thing_is_not_found_in_ones_own_account(
    address: Address, method: str, world: World
) -> None:
    own, call = world.elsewhere.account.public_id, getattr(world.stranger, method)
    answer = call(url(address, world, account_id=own))
    if address.name in SAME_AS_NOTHING and answer.status_code == 302:
        nowhere = dict.fromkeys(address.params, NOBODYS) | {"account_id": own}
        assert answer["Location"] == call(url(address, world, **nowhere))["Location"]
    else:
        assert answer.status_code in (404, 405)


NOBODYS: Final = "00000000-0000-7000-8000-000000000000"
# Pages that answer something else than 404, and the same as for a thing that exists nowhere.
SAME_AS_NOTHING: Final = {"console:api_webhook_resend": "says that there is nothing to send again"}


@pytest.mark.parametrize("address", PAGES, ids=named)
def test_a_role_gets_what_the_map_says_and_403_for_the_rest(address: Address, world: World) -> None:
    for role, client in world.members.items():
        for method, needed in (("get", address.view.permission), ("post", address.view.change)):
            status = getattr(client, method)(url(address, world)).status_code
            if allows(role, needed):
                assert answered(status) or address.name in NEEDS_MORE, (role, method, status)
            else:
                assert status == 403, (role, method, status)


# Pages that ask for more than the map says, with what that is.
NEEDS_MORE: Final = {
    "console:api_key_created": "a key made a moment ago, in this session",
    "console:undo": "the right that the change itself needed; see tests/hub/test_every_card.py",
}


# -- the API ------------------------------------------------------------------------------------

BODIES: Final = {("api_message", "PUT"): {"status": "cancelled"}}


def ask(address: Address, method: str, world: World, key: str | None) -> Any:
    return Client().generic(
        method,
        url(address, world),
        data=json.dumps(BODIES.get((address.name, method), {})),
        content_type="application/json",
        headers={"Authorization": key} if key else {},
    )


def door(value: Any) -> str:
    return value.name if isinstance(value, Address) else value if isinstance(value, str) else "view"


def every_scope() -> list[str]:
    return sorted({view.api_scope for _address, _method, view in DOORS})


@pytest.mark.parametrize(("address", "method", "view"), DOORS, ids=door)
def test_without_a_key_a_program_gets_401(
    address: Address, method: str, view: Any, world: World
) -> None:
    for key in (None, "Basic !", "Bearer x", "Basic " + "QTpi"):
        answer = ask(address, method, world, key)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Basic")
        assert set(answer.json()) == {"message"}


@pytest.mark.parametrize(("address", "method", "view"), DOORS, ids=door)
def test_a_key_without_the_scope_gets_403(
    address: Address, method: str, view: Any, world: World
) -> None:
    others = [one for one in every_scope() if one != view.api_scope]
    key = make_key(world.line.account, scopes=others)
    assert ask(address, method, world, key.header).status_code == 403


@pytest.mark.parametrize(("address", "method", "view"), DOORS, ids=door)
def test_a_key_of_another_account_finds_nothing_and_changes_nothing(
    address: Address, method: str, view: Any, world: World
) -> None:
    key = make_key(world.elsewhere.account, scopes=every_scope())
    before = contents(world.line.account)
    answer = ask(address, method, world, key.header)
    assert answer.status_code < 500
    if address.params:
        assert answer.status_code == 404
    made = contents(world.line.account)
    assert {id_: state for id_, state in made.items() if id_ in before} == before
    assert set(made.values()) <= {"scheduled"} | set(before.values())
    assert not any(id_ in answer.content.decode() for id_ in made)


@pytest.mark.parametrize(("address", "method", "view"), DOORS, ids=door)
def test_a_key_with_the_scope_is_answered(
    address: Address, method: str, view: Any, world: World
) -> None:
    key = make_key(world.line.account, scopes=[view.api_scope])
    status = ask(address, method, world, key.header).status_code
    assert answered(status)
    other = "DELETE" if method != "DELETE" else "POST"
    assert ask(address, other, world, key.header).status_code == 405


def contents(account: Account) -> dict[str, str]:
    with scope(account):
        rows = Message.objects.for_account(account).values_list("id", "state")
        return {str(id_): state for id_, state in rows}


@pytest.mark.parametrize("child", [False, True])
def test_the_account_header_opens_ones_own_children_only(child: bool, world: World) -> None:
    parent = make_account()
    target = make_account("Atelier", parent=parent) if child else world.line.account
    fund(parent)
    answer = Client().get(
        reverse("api_message", kwargs={"message_id": world.message_id()}),
        headers={"Authorization": make_key(parent).header, "Account": target.public_id},
    )
    assert answer.status_code == (404 if child else 403)


# -- staff ----------------------------------------------------------------------------------------

SIGN_IN: Final = ("admin:login", "admin:logout", "admin:jsi18n")
GALLERY: Final = ("ui", "ui_cards", "ui_pages", "ui_confirm", "ui_emails")
DESKS: Final = [
    one
    for one in ADDRESSES
    if (one.name.startswith(STAFF) and not one.params and one.name not in SIGN_IN)
    or one.name in ("metrics", "operations", *GALLERY)
]


@pytest.mark.parametrize("address", DESKS, ids=named)
def test_only_staff_enter_the_staff_pages(address: Address, world: World) -> None:
    for client in (Client(), world.members["owner"]):
        for method in METHODS:
            status = getattr(client, method)(reverse(address.name)).status_code
            assert status in (302, 401, 403, 404, 405), (method, status)


@pytest.mark.parametrize(
    "name", ["account_list", "open_account", "profile", "sessions", "account_email"]
)
def test_a_persons_own_pages_need_a_person(name: str) -> None:
    for method in METHODS:
        answer = getattr(Client(), method)(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))
