from uuid import UUID

from django.db import transaction

from accounts import audit, tenancy
from accounts.models import Account, Membership


def open_account(
    *, name: str, owner: UUID, time_zone: str, country: str, actor: audit.Actor | None = None
) -> Account:
    """A new root account exists, pays for itself, and person `owner` owns it.

    `country` is ISO 3166, `time_zone` an IANA name. Opens the account's scope, so it runs outside
    any scope and any transaction. Without `actor` the log names Hub itself.
    """
    account = Account(name=name, time_zone=time_zone, country=country)
    account.path = [account.pk]
    account.payer = account
    with tenancy.scope(account), transaction.atomic(durable=True):
        account.save(force_insert=True)
        Membership.objects.create(account=account, user_id=owner, role=Membership.Role.OWNER)
        audit.record(
            account,
            actor=actor or audit.CLOCK,
            action="account.opened",
            subject=name,
            changes={
                "name": [None, name],
                "time_zone": [None, time_zone],
                "country": [None, country],
            },
        )
    return account
