"""What an account asks of staff, and staff's answer: several contacts with one number."""

from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import Actor, record
from accounts.models import Account, AccountRequest
from accounts.suspension import WrongState
from accounts.tenancy import scope

REQUESTED: Final = "duplicate_contacts.requested"
APPROVED: Final = "duplicate_contacts.approved"
REFUSED: Final = "duplicate_contacts.refused"
WITHDRAWN: Final = "duplicate_contacts.withdrawn"

Kind, State = AccountRequest.Kind, AccountRequest.State


class AskedAlready(ValueError):
    """A request of this account waits for its answer."""


def request_duplicates(
    account: Account, *, actor: Actor, allow: bool, why: str = ""
) -> AccountRequest:
    """Staff see the wish to allow (or no longer allow) several contacts with one number.

    AskedAlready while a request waits; WrongState when it is so already. Needs the scope.
    """
    kind = Kind.DUPLICATES_ON if allow else Kind.DUPLICATES_OFF
    try:
        with transaction.atomic(durable=True):
            row = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
            if row.duplicate_contacts == allow:
                raise WrongState(kind)
            asked = AccountRequest.objects.create(
                account=account, kind=kind, why=why, requested_by=actor.label
            )
            changes: dict[str, list[object]] = {"request": [None, str(kind)]}
            if why:
                changes["why"] = [None, why]
            record(account, actor=actor, action=REQUESTED, subject="", changes=changes)
    except IntegrityError as error:
        raise AskedAlready(kind) from error
    return asked


def withdraw_request(account: Account, *, actor: Actor) -> None:
    """The request waits no longer and another may be made. WrongState when none waits. Needs the
    scope.
    """
    with transaction.atomic(durable=True):
        Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        waiting = AccountRequest.objects.filter(account=account, state=State.REQUESTED)
        if not waiting.update(
            state=State.CANCELLED, decided_by=actor.label, decided_at=timezone.now()
        ):
            raise WrongState(State.REQUESTED)
        changes: dict[str, list[object]] = {
            "request": [str(State.REQUESTED), str(State.CANCELLED)],
        }
        record(account, actor=actor, action=WITHDRAWN, subject="", changes=changes)


def decide_request(asked: AccountRequest, *, approve: bool, reason: str, actor: Actor) -> None:
    """The request is answered and, when approved, obeyed; the account reads the reason.

    WrongState unless it waits. Opens the account's scope.
    """
    state = State.APPROVED if approve else State.REFUSED
    allow = asked.kind == Kind.DUPLICATES_ON
    with scope(asked.account_id), transaction.atomic(durable=True):
        account = Account.objects.select_for_update(no_key=True).get(pk=asked.account_id)
        waiting = AccountRequest.objects.filter(pk=asked.pk, state=State.REQUESTED)
        if not waiting.update(
            state=state, reason=reason, decided_by=actor.label, decided_at=timezone.now()
        ):
            raise WrongState(asked.state)
        changes: dict[str, list[object]] = {
            "request": [str(State.REQUESTED), str(state)],
            "reason": [None, reason],
        }
        if approve:
            changes["duplicate_contacts"] = [account.duplicate_contacts, allow]
            account.duplicate_contacts = allow
            account.save(update_fields=["duplicate_contacts"])
        record(
            account,
            actor=actor,
            action=APPROVED if approve else REFUSED,
            subject="",
            changes=changes,
        )


def latest_request(account: Account) -> AccountRequest | None:
    """The newest request, answered or not."""
    return AccountRequest.objects.filter(account=account.pk).order_by("-id").first()
