"""Whose rows a query may touch: the closed manager, the scope, and the door of the console."""

import random
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client, override_settings

from accounts.models import Account
from accounts.tenancy import AccountManager, Unscoped, scope, system
from contacts.models import Contact
from tests.catalogue import DIRECTORY
from tests.conftest import worker
from tests.make import Cast, make_account, make_contact, make_member, make_user, signed_in

OWNED: Final = [
    model
    for model in apps.get_models()
    if any(field.attname == "account_id" for field in model._meta.concrete_fields)
    and model._meta.db_table not in DIRECTORY
]


def names(account: Account) -> set[str]:
    with scope(account):
        return set(Contact.unscoped.values_list("name", flat=True))


@pytest.fixture(scope="module")
def two() -> tuple[Account, Account]:
    """Two accounts whose only contact has the account's own name."""
    found = make_account("Une"), make_account("Autre")
    for account in found:
        make_contact(account, "+33612345678", name=account.public_id)
    return found


# -- the closed manager ------------------------------------------------------------------

UNNAMED: Final[dict[str, Callable[[Any], Any]]] = {
    "all": lambda objects: objects.all(),
    "filter": lambda objects: objects.filter(number="+33612345678"),
    "exclude": lambda objects: objects.exclude(number=""),
    "get": lambda objects: objects.get(pk=uuid4()),
    "first": lambda objects: objects.first(),
    "last": lambda objects: objects.last(),
    "count": lambda objects: objects.count(),
    "exists": lambda objects: objects.exists(),
    "iterator": lambda objects: list(objects.iterator()),
    "values": lambda objects: objects.values("id"),
    "values_list": lambda objects: objects.values_list("id"),
    "order_by": lambda objects: objects.order_by("id"),
    "aggregate": lambda objects: objects.aggregate(models.Count("id")),
    "in_bulk": lambda objects: objects.in_bulk([]),
    "raw": lambda objects: list(objects.raw("SELECT * FROM contacts_contact")),
    "update": lambda objects: objects.update(name="x"),
    "delete": lambda objects: objects.delete(),
    "create": lambda objects: objects.create(number="+33612345678"),
    "bulk_create": lambda objects: objects.bulk_create([Contact(number="+33612345678")]),
    "bulk_update": lambda objects: objects.bulk_update([Contact(number="+1")], ["number"]),
    "get_or_create": lambda objects: objects.get_or_create(number="+33612345678"),
    "update_or_create": lambda objects: objects.update_or_create(number="+33612345678"),
    "select_related": lambda objects: objects.select_related("account"),
    "only": lambda objects: objects.only("id"),
    "none": lambda objects: objects.none(),
}


@pytest.mark.parametrize("call", UNNAMED.values(), ids=UNNAMED)
def test_a_call_that_names_no_account_raises(call: Callable[[Any], Any], two: Any) -> None:
    with scope(two[0]), pytest.raises((Unscoped, TypeError, AttributeError, DatabaseError)):
        call(Contact.objects)
    assert names(two[0]) == {two[0].public_id}


def test_every_tenant_model_has_the_closed_manager_under_the_usual_name() -> None:
    assert len(OWNED) > 15
    for model in OWNED:
        assert isinstance(model.objects, AccountManager), model  # type: ignore[attr-defined]
        assert type(model.unscoped) is models.Manager, model  # type: ignore[attr-defined]
        assert {manager.name for manager in model._meta.managers} == {"objects", "unscoped"}, model


def test_the_manager_opens_for_one_account(two: tuple[Account, Account]) -> None:
    one, other = two
    with scope(one):
        assert Contact.objects.for_account(one).count() == 1
        assert Contact.objects.for_account(other.pk).count() == 0


# -- the scope ---------------------------------------------------------------------------


def test_a_scope_inside_a_transaction_is_refused(two: tuple[Account, Account]) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError), scope(two[0]):
        pytest.fail("opened")


def test_a_scope_inside_a_scope_is_refused_and_the_first_one_stays(
    two: tuple[Account, Account],
) -> None:
    with scope(two[0]):
        with pytest.raises(RuntimeError), scope(two[1]):
            pytest.fail("opened")
        assert Contact.unscoped.values_list("name", flat=True).get() == two[0].public_id


def test_after_the_scope_a_query_is_an_error(two: tuple[Account, Account]) -> None:
    with scope(two[0]):
        pass
    with pytest.raises(DatabaseError):
        Contact.unscoped.count()


def test_only_the_worker_may_cross_accounts(two: tuple[Account, Account]) -> None:
    with pytest.raises((DatabaseError, psycopg.Error)), system("a test"):
        pytest.fail("crossed")
    ids = [account.pk for account in two]
    with worker(), system("a test"):
        assert Contact.unscoped.filter(account__in=ids).count() == 2


def test_crossing_ends_with_its_transaction(two: tuple[Account, Account]) -> None:
    with worker():
        with suppress(ZeroDivisionError), system("a test"):
            raise ZeroDivisionError
        with pytest.raises(DatabaseError):
            Contact.unscoped.count()
        with scope(two[0]):
            assert Contact.unscoped.count() == 1


# -- hostile exits -----------------------------------------------------------------------


class Hostile(BaseException):
    """What no `except Exception` catches."""


def _raises() -> None:
    raise Hostile


def _raises_in_a_transaction() -> None:
    with transaction.atomic():
        Contact.unscoped.count()
        raise Hostile


def _swallows_a_broken_statement() -> None:
    with suppress(DatabaseError), transaction.atomic():
        _say("SELECT no_such_column")


def _leaves_a_broken_transaction() -> None:
    _say("BEGIN")
    with suppress(DatabaseError):
        _say("SELECT 1 / 0")


def _times_out() -> None:
    with transaction.atomic():
        _say("SET LOCAL statement_timeout = 1")
        _say("SELECT pg_sleep(5)")


def _leaves_begin_open() -> None:
    _say("BEGIN")
    Contact.unscoped.count()


def _leaves_autocommit_off() -> None:
    connection.set_autocommit(False)
    Contact.unscoped.count()


def _is_terminated() -> None:
    _say("SELECT pg_terminate_backend(pg_backend_pid())")


def _closes_the_connection() -> None:
    connection.close()


def _sets_it_by_hand() -> None:
    _say(f"SELECT set_config('hub.account', '{uuid4()}', false)")


def _nests() -> None:
    with scope(uuid4()):
        pass


def _leaves_well() -> None:
    Contact.unscoped.count()


EXITS: Final = (
    _raises, _raises_in_a_transaction, _swallows_a_broken_statement, _leaves_a_broken_transaction,
    _times_out, _leaves_begin_open, _leaves_autocommit_off, _is_terminated,
    _closes_the_connection, _sets_it_by_hand, _nests, _leaves_well,
)  # fmt: skip


def _say(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _round(way: Callable[[], None], account: Account) -> str | None:
    """Enter, leave in a hostile way; what is wrong with the next use of the thread's connection."""
    with suppress(Hostile, DatabaseError, RuntimeError), scope(account):
        if Contact.unscoped.values_list("name", flat=True).get() != account.public_id:
            return "saw another account inside"
        way()
    if connection.in_atomic_block or not connection.get_autocommit():
        return "a transaction is left open"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('hub.account', true)")
        left = cursor.fetchone()
    if left is None or left[0]:
        return f"the setting {left} is left"
    try:
        Contact.unscoped.count()
    except DatabaseError:
        return None
    return "rows are readable without a scope"


def test_no_hostile_exit_leaves_an_account_behind(two: tuple[Account, Account]) -> None:
    faults: list[str] = []

    def rounds(seed: int) -> None:
        chance = random.Random(seed)
        try:
            for number in range(96):
                way = EXITS[number % len(EXITS)] if number < 24 else chance.choice(EXITS)
                wrong = _round(way, chance.choice(two))
                if wrong:
                    faults.append(f"{way.__name__}: {wrong}")
        except Exception as error:  # noqa: BLE001 - told in the assertion
            faults.append(f"{way.__name__}: {error!r}")
        finally:
            connection.close()

    threads = [threading.Thread(target=rounds, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    assert faults == []


# -- parents and children ----------------------------------------------------------------


def test_a_scope_is_one_account_never_its_family() -> None:
    chance = random.Random(7)
    family = [make_account("Racine")]
    for number in range(6):
        parent = chance.choice([one for one in family if len(one.path) < 5])
        family.append(make_account(f"Branche {number}", parent=parent))
    for account in family:
        make_contact(account, "+33612345678", name=account.public_id)
    for account in family:
        assert names(account) == {account.public_id}


# -- the door of the console -------------------------------------------------------------


# Made anew for each page: Django masks its CSRF token.
TOKEN: Final = re.compile(r'value="[A-Za-z0-9]{64}"')


@pytest.fixture
def pages() -> Any:
    with override_settings(ROOT_URLCONF="tests.careless_pages"):
        yield


@pytest.mark.parametrize("page", ["lazy", "careless"])
def test_a_view_that_forgets_to_filter_shows_its_own_account(
    page: str, pages: None, cast: Cast, alice: Client, charlie: Client
) -> None:
    make_contact(cast.account, "+33612345678", name="mine")
    make_contact(cast.child, "+33612345679", name="the child's")
    shown = alice.get(f"/a/{cast.account.public_id}/{page}/")
    assert (shown.status_code, shown.content.decode().split()) == (200, ["mine"])


def test_strangers_get_404_and_the_same_as_for_no_account(
    pages: None, cast: Cast, charlie: Client, alice: Client
) -> None:
    stranger = charlie.get(f"/a/{cast.account.public_id}/changing/")
    nobody = charlie.get("/a/0000000000/changing/")
    assert (stranger.status_code, nobody.status_code) == (404, 404)
    told = stranger.content.decode().replace(cast.account.public_id, "0000000000")
    assert TOKEN.sub("", told) == TOKEN.sub("", nobody.content.decode())
    # Owning the parent does not make a member of the child.
    assert alice.get(f"/a/{cast.child.public_id}/changing/").status_code == 404


def test_a_wrong_role_gets_403_only_for_what_it_may_not(
    pages: None, cast: Cast, bob: Client
) -> None:
    address = f"/a/{cast.account.public_id}/changing/"
    assert bob.get(address).content == b"basic"
    assert bob.post(address).status_code == 403


def test_a_role_is_the_one_of_this_account(pages: None, cast: Cast) -> None:
    elsewhere = make_account("Ailleurs")
    person = make_user("Deux Rôles")
    make_member(cast.account, person, "basic")
    make_member(elsewhere, person, "owner")
    client = signed_in(person)
    assert client.post(f"/a/{cast.account.public_id}/changing/").status_code == 403
    assert client.post(f"/a/{elsewhere.public_id}/changing/").content == b"owner"


def test_a_closed_account_is_gone(pages: None, cast: Cast, alice: Client) -> None:
    Account.objects.filter(pk=cast.account.pk).update(state="closed")
    assert alice.get(f"/a/{cast.account.public_id}/changing/").status_code == 404
