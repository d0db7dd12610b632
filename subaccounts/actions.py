from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, tenancy
from accounts.models import Account
from senders.inheriting import look_below, take_bound

# How many accounts may stand one below the other, the root included.
DEEPEST: Final = 5


class TooDeep(ValueError):
    """The tree of accounts ends at five levels."""


def open_subaccount(
    parent: Account, *, name: str, time_zone: str, country: str, actor: audit.Actor
) -> Account:
    """A new account stands below `parent`, and whoever pays for `parent` pays for it too.

    It has the settings that `parent` binds those below to. Both accounts' logs tell of it. Opens
    scopes of its own, so it runs outside any scope and any transaction. Nobody is a member yet.
    TooDeep when `parent` stands on the fifth level.
    """
    if len(parent.path) >= DEEPEST:
        raise TooDeep(
            _("A sub-account can be at most %(levels)d levels deep.") % {"levels": DEEPEST}
        )
    child = Account(
        name=name, time_zone=time_zone, country=country, parent=parent, payer_id=parent.payer_id
    )
    child.path = [*parent.path, child.pk]
    with tenancy.scope(parent), transaction.atomic(durable=True):
        child.save(force_insert=True)
        look_below(parent)
        audit.record(
            parent,
            actor=actor,
            action="subaccount.opened",
            subject=f"{name} ({child.public_id})",
            changes={"name": [None, name]},
        )
    with tenancy.scope(child), transaction.atomic(durable=True):
        bound = take_bound(child)
        audit.record(
            child,
            actor=actor,
            action="account.opened",
            subject=name,
            changes={"name": [None, name], "time_zone": [None, time_zone], **bound},
        )
    return child
