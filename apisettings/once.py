"""Secrets on their one way to the page: sealed in the session, gone when read."""

from base64 import b64decode, b64encode
from uuid import UUID

from django.http import HttpRequest

from apisettings.sealing import opened, sealed


def keep(request: HttpRequest, what: str, account: UUID, name: str, secret: str) -> None:
    """`secret` waits for one `take` of this person, for this account."""
    request.session[_slot(what, account)] = [name, b64encode(sealed(secret, account)).decode()]


def waits(request: HttpRequest, what: str, account: UUID) -> bool:
    """True while a secret waits for its `take`."""
    return _slot(what, account) in request.session


def take(request: HttpRequest, what: str, account: UUID) -> tuple[str, str] | None:
    """The name and the secret, the first time; None ever after."""
    waiting = request.session.pop(_slot(what, account), None)
    if waiting is None:
        return None
    request.session.save()  # now, so that a second request cannot read it beside this one
    name, hidden = waiting
    try:
        return name, opened(b64decode(hidden), account)
    except ValueError:
        return None


def _slot(what: str, account: UUID) -> str:
    return f"once:{what}:{account}"
