"""Where a person works: asked at the door of every page, so in one statement and no more.

A directory, read before any account is open (see `Membership`).
"""

from typing import Final, NamedTuple
from uuid import UUID

from django.utils.functional import Promise

from accounts.models import Account, Membership
from accounts.statements import cursor

FIELDS: Final = tuple(field.attname for field in Account._meta.concrete_fields)
OF_PERSON: Final = f"""
SELECT m.role, {", ".join(f"a.{field.column}" for field in Account._meta.concrete_fields)}
FROM accounts_membership m JOIN accounts_account a ON a.id = m.account_id
WHERE m.user_id = %s AND a.state <> '{Account.State.CLOSED.value}'
ORDER BY a.public_id <> %s, a.name, a.public_id LIMIT %s
"""


class Place(NamedTuple):
    """An account and what one is there."""

    account: Account
    role: str

    @property
    def role_name(self) -> Promise | str:
        return Membership.Role(self.role).label


def memberships_of(person: UUID, *, here: str = "", most: int | None = None) -> list[Place]:
    """Every account of `person` that is not closed, by name; the one whose public ID is `here`
    comes first. At most `most`."""
    rows = cursor().execute(OF_PERSON, [person, here, most]).fetchall()
    return [Place(Account.from_db("default", FIELDS, row[1:]), row[0]) for row in rows]
