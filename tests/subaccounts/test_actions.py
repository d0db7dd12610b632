import pytest

from accounts.audit import CLOCK
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from billing.balance import balance_of
from subaccounts.actions import TooDeep, open_subaccount
from tests import make


def open_below(parent: Account, name: str = "Atelier") -> Account:
    return open_subaccount(parent, name=name, time_zone="Indian/Reunion", country="RE", actor=CLOCK)


def log_of(account: Account) -> list[str]:
    with scope(account):
        return list(AuditEntry.objects.for_account(account).values_list("action", flat=True))


def test_a_sub_account_stands_below_its_parent_and_both_logs_say_so() -> None:
    parent = make.make_account()
    child = open_below(parent)
    child.refresh_from_db()
    assert child.parent == parent
    assert child.path == [*parent.path, child.pk]
    assert log_of(parent) == ["subaccount.opened"]
    assert log_of(child) == ["account.opened"]


def test_whoever_pays_for_the_parent_pays_for_the_sub_account() -> None:
    parent = make.make_account()
    parent.payer = parent
    parent.save()
    make.fund(parent, 7 * make.EURO)
    child = open_below(open_below(parent))
    with scope(child):
        balance = balance_of(child)
    assert balance is not None
    assert balance.available == 7 * make.EURO


def test_the_tree_ends_at_the_fifth_level() -> None:
    account = make.make_account()
    for _level in range(4):
        account = open_below(account)
    with pytest.raises(TooDeep):
        open_below(account)
