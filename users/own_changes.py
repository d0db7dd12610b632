"""A change of one's own profile, as its Undo carries it: no account's log has it."""

from typing import Final, NamedTuple
from uuid import UUID

from django.core import signing

from accounts.undo import UNDO_FOR, Why

SALT: Final = "users.own_changes"


class Change(NamedTuple):
    """The card `card` of `person` went from one value to another."""

    person: UUID
    card: str
    before: str
    after: str

    def signed(self) -> str:
        """For an address; says when it was made."""
        return signing.dumps([str(self.person), *self[1:]], salt=SALT)


def read_signed(token: str) -> tuple[Change, Why | None]:
    """The change, and TOO_LATE after 10 minutes. BadSignature when it was not made here."""
    person, card, before, after = signing.loads(token, salt=SALT)
    change = Change(UUID(person), card, before, after)
    try:
        signing.loads(token, salt=SALT, max_age=UNDO_FOR)
    except signing.SignatureExpired:
        return change, Why.TOO_LATE
    return change, None
