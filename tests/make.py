"""make_x(): plain functions, valid by default; pass what the test is about."""

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import Account, Membership
from accounts.tenancy import scope
from apisettings.models import ApiKey, KeyHandle
from billing import ledger
from contacts.models import Contact, OptOut
from hub.lib.ids import uuid7
from hub.lib.tokens import digest, new_key
from senders.models import Sender, SendingSettings
from users.models import User

PASSWORD = "correct horse battery"
EURO = 1_000_000


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; the cast shares one password."""
    return make_password(PASSWORD, hasher="pbkdf2_sha256", salt="fixed")


def make_user(name: str = "Alice Martin", **fields: Any) -> User:
    email = fields.pop("email", f"{secrets.token_hex(6)}@example.test")
    user = User(email=email, name=name, **fields)
    user.password = _hashed()
    user.save()
    user.emailaddress_set.create(email=email, verified=True, primary=True)
    return user


def make_account(
    name: str = "Maison Test", parent: Account | None = None, **fields: Any
) -> Account:
    id_ = uuid7()
    path = [*(parent.path if parent else []), id_]
    rules = {key: fields.pop(key) for key in list(fields) if hasattr(SendingSettings, key)
             and key not in ("account", "country", "time_zone")}  # fmt: skip
    account = Account.objects.create(id=id_, name=name, path=path, parent=parent, **fields)
    with scope(account):
        sender = Sender.objects.create(account=account, address="VERDIER", kind="alpha")
        SendingSettings.objects.create(account=account, default_sender=sender, **rules)
    return account


def make_member(account: Account, user: User, role: str) -> Membership:
    return Membership.objects.create(account=account, user=user, role=role)


@dataclass(frozen=True)
class Key:
    """An API key with its secret and the header a program sends."""

    key_id: str
    secret: str

    @property
    def header(self) -> str:
        return "Basic " + b64encode(f"{self.key_id}:{self.secret}".encode()).decode()


def make_key(account: Account, mode: str = "live", **fields: Any) -> Key:
    made = new_key(mode)  # type: ignore[arg-type]
    KeyHandle.objects.create(key_id=made.key_id, account=account)
    fields.setdefault("scopes", ["messages:send", "messages:read"])
    with scope(account):
        ApiKey.objects.create(
            account=account,
            key_id=made.key_id,
            name="test",
            mode=mode,
            digest=digest(made.secret, settings.PEPPER),
            **fields,
        )
    return Key(made.key_id, made.secret)


def fund(account: Account, amount: int = 100 * EURO, currency: str = "EUR") -> None:
    """The account pays for itself and has `amount` to spend."""
    with scope(account):
        ledger.open_wallet(account.pk, currency=currency)
        if amount:
            ledger.credit(account.pk, cause=secrets.token_hex(8), amount=amount, note="test")


def make_contact(account: Account, number: str, **fields: Any) -> Contact:
    with scope(account):
        return Contact.objects.create(account=account, number=number, **fields)


def opt_out(account: Account, number: str) -> None:
    with scope(account):
        OptOut.objects.create(account=account, number=number, source="reply", at=datetime.now(UTC))


@dataclass(frozen=True)
class Cast:
    alice: User
    bob: User
    charlie: User
    account: Account
    child: Account


def make_cast() -> Cast:
    alice, bob, charlie = make_user(), make_user("Bob Durand"), make_user("Charlie Petit")
    account = make_account()
    child = make_account("Atelier Test", parent=account)
    make_member(account, alice, "owner")
    make_member(account, bob, "basic")
    make_member(make_account("Ailleurs"), charlie, "owner")
    return Cast(alice, bob, charlie, account, child)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def as_uuid(value: str | UUID) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
