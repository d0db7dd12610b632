"""Closing an account in stages: 14 days in which an owner can take it back, then for good."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from accounts.audit import CLOCK, Actor, record
from accounts.models import Account
from accounts.notices import closed_letter, closing_letter, reopened_letter, tell_owners
from accounts.suspension import WrongState
from accounts.tenancy import scope

GRACE: Final = timedelta(days=14)
CLOSING: Final = "account.closing"
REOPENED: Final = "account.reopened"
CLOSED: Final = "account.closed"
LETTERS: Final = {CLOSING: closing_letter, REOPENED: reopened_letter, CLOSED: closed_letter}

State = Account.State


class HasSubaccounts(ValueError):
    """Accounts below this one are not closed yet; `names` are theirs, at most 20."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("sub-accounts are open")
        self.names = names


def close_account(account: Account, *, actor: Actor) -> None:
    """From now on its keys are refused and nothing leaves; waiting messages wait. In 14 days it
    closes for good; its owners are written to. Needs the account's scope.

    WrongState unless it is open (a suspended account could reopen itself this way);
    HasSubaccounts while accounts below it are not closed.
    """
    closes_at = timezone.now() + GRACE
    with transaction.atomic(durable=True):
        row = _locked(account, State.OPEN)
        names = open_below(row)
        if names:
            raise HasSubaccounts(names)
        _move(row, State.CLOSING, actor, CLOSING, closes_at=closes_at)
    account.refresh_from_db()


def open_below(account: Account) -> list[str]:
    """Names of accounts right below that are not closed, at most 20."""
    below = account.children.exclude(state=State.CLOSED).order_by("name")
    return list(below.values_list("name", flat=True)[:20])


def keep_account(account: Account, *, actor: Actor) -> None:
    """A closing account is open again: keys work, waiting messages leave as their rules say.

    WrongState unless it is closing. Needs the account's scope.
    """
    with transaction.atomic(durable=True):
        _move(_locked(account, State.CLOSING), State.OPEN, actor, REOPENED, closes_at=None)
    account.refresh_from_db()


def close_for_good(account: Account, *, now: datetime) -> bool:
    """A closing account whose day has come is closed; False when it is not (any more).

    Opens the account's scope.
    """
    with scope(account), transaction.atomic(durable=True):
        try:
            row = _locked(account, State.CLOSING)
        except WrongState:
            return False
        if row.closes_at is None or row.closes_at > now:
            return False
        _move(row, State.CLOSED, CLOCK, CLOSED, closes_at=row.closes_at)
    return True


def _locked(account: Account, state: str) -> Account:
    row = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if row.state != state:
        raise WrongState(row.state)
    return row


def _told(at: datetime | None) -> Any:
    return at.isoformat() if at else None


def _move(
    row: Account, state: str, actor: Actor, action: str, *, closes_at: datetime | None
) -> None:
    state_before, closes_before = row.state, row.closes_at
    row.state, row.closes_at = state, closes_at
    row.rules_version += 1
    row.save(update_fields=["state", "closes_at", "rules_version"])
    tell_owners(row, LETTERS[action])
    changes = {"state": [state_before, state]}
    if closes_before != closes_at:
        changes["closes_at"] = [_told(closes_before), _told(closes_at)]
    record(row, actor=actor, action=action, subject=row.public_id, changes=changes)
