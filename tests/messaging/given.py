"""Messages of a test, made through the real door, and what their pages say."""

import re
import time
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from accounts.tenancy import scope
from messaging import dispatch, sweeps
from messaging.accept import Request, accept
from messaging.draft import Draft
from messaging.models import Message
from tests import make
from tests.conftest import worker

NUMBER = "+33612345678"
NEVER: dict[str, list[list[str]]] = {
    day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
}


def given(
    account: Account, *texts: str, to: str = NUMBER, test: bool = False, **draft: Any
) -> list[str]:
    """One accepted message a text; their ids, in that order."""
    drafts = [Draft(to=to, body=text, **draft) for text in texts]
    asked = Request(drafts=drafts, channel="api", actor="Shop key", hash=b"0" * 32, test=test)
    with scope(account):
        return accept(account.pk, asked).ids


def funded(**settings: Any) -> tuple[Account, Client]:
    """A new account with money, and its owner's browser."""
    account = make.make_account(**settings)
    make.fund(account)
    owner = make.make_user()
    make.make_member(account, owner, "owner")
    return account, make.signed_in(owner)


def later(**delta: int) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)


def sent(account: Account, message_id: str, state: str, *, within: float = 6.0) -> None:
    """The worker and the carrier do their work until the message has `state`."""
    until = time.monotonic() + within
    while state_of(account, message_id) != state:
        assert time.monotonic() < until, state_of(account, message_id)
        with worker():
            dispatch.drain()
            sweeps.match_parked_receipts()
        time.sleep(0.05)


def state_of(account: Account, message_id: str) -> str:
    with scope(account):
        return Message.objects.for_account(account).get(id=message_id).state


def count_of(account: Account) -> int:
    with scope(account):
        return Message.objects.for_account(account).count()


def url(account: Account, name: str = "messages", **kwargs: Any) -> str:
    if "message_id" in kwargs:
        kwargs["message_id"] = UUID(str(kwargs["message_id"]))
    return reverse(f"console:{name}", kwargs={"account_id": account.public_id, **kwargs})


def words(client: Client, address: str, query: dict[str, str] | None = None, **extra: Any) -> str:
    """The text a person reads in the main part of a page that opens."""
    answer = client.get(address, query or {}, **extra)
    assert answer.status_code == 200, answer.status_code
    return words_of(answer.content)


def words_of(content: bytes) -> str:
    text = content.decode().partition("<main")[2] or content.decode()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def link(client: Client, address: str, rel: str) -> str | None:
    """The address behind the Older (`next`) or Newer (`prev`) button."""
    found = re.search(rf'href="([^"]+)" rel="{rel}"', client.get(address).content.decode())
    return unescape(found[1]).replace("&amp;", "&") if found else None
