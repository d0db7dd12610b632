"""One contact a number, or several: what the account's switch decides."""

from threading import Barrier, Thread

from django.db import connections

from accounts.audit import Actor
from accounts.models import Account
from accounts.tenancy import scope
from contacts.actions import save_contact
from contacts.models import Contact, OptOut
from tests.make import make_account, opt_out
from tests.senders.given import entries_of

ACTOR = Actor("person", "1", "Nadia Benali", "console")
NUMBER = "+33612345678"


def saved(account: Account, **fields: str) -> Contact:
    with scope(account):
        return save_contact(account, actor=ACTOR, number=NUMBER, **fields)


def names(account: Account) -> list[str]:
    with scope(account):
        mine = Contact.objects.for_account(account).filter(number=NUMBER).order_by("id")
        return list(mine.values_list("name", flat=True))


def test_with_duplicates_off_the_same_number_changes_one_contact() -> None:
    account = make_account()
    first = saved(account, name="Léa", time_zone="Europe/Paris")
    second = saved(account, name="Léa Martin")
    assert first.pk == second.pk
    assert names(account) == ["Léa Martin"]
    assert second.time_zone == "Europe/Paris"
    added, changed = entries_of(account)
    assert (added.action, changed.action) == ("contact.added", "contact.changed")
    assert changed.changes == {"name": ["Léa", "Léa Martin"]}


def test_saving_the_same_again_writes_nothing() -> None:
    account = make_account()
    saved(account, name="Léa")
    saved(account, name="Léa")
    assert len(entries_of(account)) == 1


def test_with_duplicates_on_each_save_makes_a_contact() -> None:
    account = make_account(duplicate_contacts=True)
    saved(account, name="Léa")
    saved(account, name="Léa")
    assert names(account) == ["Léa", "Léa"]


def test_switched_off_again_the_oldest_is_changed_and_none_is_deleted() -> None:
    account = make_account(duplicate_contacts=True)
    saved(account, name="Old")
    saved(account, name="New")
    Account.objects.filter(pk=account.pk).update(duplicate_contacts=False)
    saved(account, name="Changed")
    assert names(account) == ["Changed", "New"]


def test_an_opt_out_outlives_whatever_happens_to_the_contact() -> None:
    account = make_account()
    opt_out(account, NUMBER)
    saved(account, name="Léa")
    with scope(account):
        assert OptOut.objects.for_account(account).filter(number=NUMBER).exists()


def test_another_account_has_its_own_contact() -> None:
    one, other = make_account(), make_account()
    assert saved(one, name="A").pk != saved(other, name="B").pk
    assert names(one) == ["A"]


def test_two_imports_at_once_make_one_contact() -> None:
    account, barrier = make_account(), Barrier(4)

    def run(name: str) -> None:
        try:
            barrier.wait()
            saved(account, name=name)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(f"N{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(account)) == 1
