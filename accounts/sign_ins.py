"""A sign-in, told to every account the person may enter with it."""

from typing import Final
from uuid import UUID

from django.db import transaction

from accounts.audit import Actor, record
from accounts.models import Account, Membership
from accounts.tenancy import scope

SIGNED_IN: Final = "person.signed_in"


def record_sign_in(person: UUID, *, name: str, address: str | None) -> None:
    """One entry in the log of each account that is not closed and that `person` works in.

    Opens each account's scope, so it runs outside any scope and any transaction.
    """
    actor = Actor(kind="person", id=str(person), label=name, channel="console", address=address)
    mine = Membership.objects.filter(user=person).exclude(account__state=Account.State.CLOSED)
    for account in list(mine.order_by("id").values_list("account", flat=True)):
        with scope(account), transaction.atomic(durable=True):
            record(account, actor=actor, action=SIGNED_IN)
