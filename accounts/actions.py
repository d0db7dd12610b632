from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts import audit, tenancy
from accounts.conflicts import differences, refuse_if_overtaken
from accounts.models import Account, Membership
from accounts.names import clean_name
from hub.lib.ids import uuid7
from hub.lib.zones import canonical

RENAMED: Final = "account.renamed"
ZONE_CHANGED: Final = "time_zone.changed"

Changes = dict[str, list[Any]]


class OpenedAlready(ValueError):
    """An account has this id; `account` is that one."""

    def __init__(self, account: Account) -> None:
        super().__init__(account.public_id)
        self.account = account


def open_account(
    *,
    name: str,
    owner: UUID,
    time_zone: str,
    country: str,
    actor: audit.Actor | None = None,
    id_: UUID | None = None,
) -> Account:
    """A new root account exists, pays for itself, and person `owner` owns it.

    `country` is ISO 3166, `time_zone` an IANA name. Opens the account's scope, so it runs outside
    any scope and any transaction. Without `actor` the log names Hub itself. `id_` makes pressing
    twice one account: OpenedAlready when it has been used.
    """
    id_ = id_ or uuid7()
    account = Account(id=id_, name=name, time_zone=time_zone, country=country)
    account.path = [account.pk]
    account.payer = account
    try:
        _insert(account, owner, actor or audit.CLOCK)
    except IntegrityError as error:
        found = Account.objects.filter(pk=id_).first()
        if found is None:
            raise
        raise OpenedAlready(found) from error
    return account


def _insert(account: Account, owner: UUID, actor: audit.Actor) -> None:
    with tenancy.scope(account), transaction.atomic(durable=True):
        account.save(force_insert=True)
        Membership.objects.create(account=account, user_id=owner, role=Membership.Role.OWNER)
        audit.record(
            account,
            actor=actor,
            action="account.opened",
            subject=account.name,
            changes={
                "name": [None, account.name],
                "time_zone": [None, account.time_zone],
                "country": [None, account.country],
            },
        )


def rename_account(account: Account, *, actor: audit.Actor, seen: str, name: str) -> Changes:
    """The account is called `name` everywhere; its ID stays. Empty when it was so already.

    NotAName, and Overtaken unless `seen` is the fingerprint of the saved values. Needs the scope.
    """
    return _change(account, actor, RENAMED, seen, {"name": clean_name(name)})


def change_time_zone(account: Account, *, actor: audit.Actor, seen: str, time_zone: str) -> Changes:
    """Times are shown, days and months counted and, where asked, hours read in `time_zone`.

    Scheduled messages keep their instant; held ones are decided again. An old IANA name is saved
    as the name in use. ValueError for what is no zone; Overtaken as above. Needs the scope.
    """
    zone = canonical(time_zone)
    if zone is None:
        raise ValueError("no IANA time zone")
    return _change(account, actor, ZONE_CHANGED, seen, {"time_zone": zone}, felt=True)


def _change(
    account: Account,
    actor: audit.Actor,
    action: str,
    seen: str,
    wanted: dict[str, Any],
    *,
    felt: bool = False,
) -> Changes:
    """`felt`: held messages are decided again."""
    with transaction.atomic(durable=True):
        row = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        saved = {name: getattr(row, name) for name in wanted}
        changes = differences(saved, wanted)
        if not changes:
            return {}
        refuse_if_overtaken(account, action=action, seen=seen, saved=saved)
        for name, value in wanted.items():
            setattr(row, name, value)
        row.rules_version += felt
        row.save(update_fields=[*wanted, "rules_version"])
        audit.record(
            account, actor=actor, action=action, subject=account.public_id, changes=changes
        )
    account.refresh_from_db(fields=[*wanted, "rules_version"])
    return changes
