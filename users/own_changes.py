"""A change of what is one's own, as its Undo carries it: no account's log has it."""

from typing import Final, NamedTuple
from uuid import UUID

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils.functional import Promise

from accounts.undo import UNDO_FOR, Why
from accounts.undo_views import NOT_UNDONE, UNDONE

SALT: Final = "users.own_changes"
# In the address of Undo: the change to take back.
UNDO: Final = "undo"


class Change(NamedTuple):
    """The setting `card` of `person` went from one value to another."""

    person: UUID
    card: str
    before: str
    after: str

    def signed(self) -> str:
        """For an address; says when it was made."""
        return signing.dumps([str(self.person), *self[1:]], salt=SALT)


def undo_tag(request: HttpRequest, change: Change) -> str:
    """Makes the note that carries it offer Undo on this page; empty when nothing changed."""
    if change.before == change.after:
        return ""
    return f"undo:{request.path}?{UNDO}={change.signed()}"


def read_signed(token: str, person: UUID) -> tuple[Change, Why | None]:
    """The change, and TOO_LATE after 10 minutes. BadRequest if it was not made here, by them."""
    try:
        stated, card, before, after = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise BadRequest("No such change.") from error
    change = Change(UUID(stated), card, before, after)
    if change.person != person:
        raise BadRequest("No such change.")
    try:
        signing.loads(token, salt=SALT, max_age=UNDO_FOR)
    except signing.SignatureExpired:
        return change, Why.TOO_LATE
    return change, None


def told(why: Why | None, setting: str | Promise) -> str:
    """What the note says of an Undo: done, or why not."""
    said = UNDONE if why is None else NOT_UNDONE[why]
    return str(said) % {"setting": setting}
