"""Which account a program speaks for: the check of an API key, and nothing said about why not.

A key's row is believed for 2 s in each process, so a revoked key stops within 5 s everywhere and
a busy key costs no query.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account
from accounts.tenancy import scope
from apisettings.models import ApiKey, KeyHandle
from hub.lib.tokens import KEY_ID_LENGTH, looks_right, matches

BELIEVED_SECONDS: Final = 2.0
TOUCHED_SECONDS: Final = 60.0
MOST_CACHED: Final = 10_000
# A suspended account's programs may still ask; one that is closing is not spoken for.
USABLE_STATES: Final = (Account.State.OPEN, Account.State.SUSPENDED)

_NO_DIGEST: Final = bytes(32)


class Refused(Exception):
    """No valid key; the one refusal for every cause."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The program at the door. `label` is the key's name, for the activity log."""

    key_id: str
    account_id: UUID
    account_public_id: str
    mode: str
    scopes: frozenset[str]
    label: str

    @property
    def test(self) -> bool:
        return self.mode == ApiKey.Mode.TEST


class _Known(NamedTuple):
    caller: Caller
    pk: UUID
    digest: bytes
    networks: tuple[IPv4Network | IPv6Network, ...]
    expires_at: datetime | None
    usable: bool
    read_at: float


_accounts: dict[str, UUID] = {}
_rows: dict[str, _Known] = {}
_touched: dict[str, float] = {}


def find(key_id: str, secret: str, address: str | None) -> Caller:
    """The caller of a valid key; Refused when anything at all is wrong with it.

    A mistyped secret is refused before any query. Needs no scope, and no open one.
    """
    shaped = len(key_id) == KEY_ID_LENGTH and key_id.isascii() and key_id.isalnum()
    if not shaped or not looks_right(secret):
        raise Refused
    known = _known(key_id)
    right = matches(secret, settings.PEPPER, known.digest if known else _NO_DIGEST)
    if known is None or not right or not _may_enter(known, address):
        raise Refused
    _touch(known, address)
    return known.caller


def forget(key_id: str | None = None) -> None:
    """This process reads the key (or every key) anew at its next use."""
    if key_id is None:
        _rows.clear()
        _touched.clear()
    else:
        _rows.pop(key_id, None)


def _may_enter(known: _Known, address: str | None) -> bool:
    if not known.usable:
        return False
    if known.expires_at and known.expires_at <= timezone.now():
        return False
    if not known.networks:
        return True
    return address is not None and any(ip_address(address) in net for net in known.networks)


def _known(key_id: str) -> _Known | None:
    known = _rows.get(key_id)
    if known is not None and time.monotonic() - known.read_at < BELIEVED_SECONDS:
        return known
    account = _accounts.get(key_id) or _account_of(key_id)
    return _read(key_id, account) if account else None


def _account_of(key_id: str) -> UUID | None:
    account: UUID | None = (
        KeyHandle.objects.filter(key_id=key_id).values_list("account_id", flat=True).first()
    )
    if account is not None:
        _keep_small(_accounts)
        _accounts[key_id] = account
    return account


def _read(key_id: str, account: UUID) -> _Known | None:
    # From before the query: what is read may change while it travels.
    read_at = time.monotonic()
    with scope(account):
        row = (
            ApiKey.objects.for_account(account)
            .filter(key_id=key_id)
            .values_list(
                "id", "name", "mode", "digest", "scopes", "networks", "expires_at", "revoked_at",
                "account__public_id", "account__state",
            )
            .first()
        )  # fmt: skip
    if row is None:
        return None
    pk, name, mode, digest, scopes, networks, expires_at, revoked_at, public_id, state = row
    known = _Known(
        caller=Caller(key_id, account, public_id, mode, frozenset(scopes), name),
        pk=pk,
        digest=bytes(digest),
        networks=tuple(ip_network(text) for text in networks),
        expires_at=expires_at,
        usable=revoked_at is None and state in USABLE_STATES,
        read_at=read_at,
    )
    _keep_small(_rows)
    _rows[key_id] = known
    return known


def _touch(known: _Known, address: str | None) -> None:
    """`last_used` is right to the minute, at one small write a minute, key and process."""
    now = time.monotonic()
    last = _touched.get(known.caller.key_id)
    if last is not None and now - last < TOUCHED_SECONDS:
        return
    _keep_small(_touched)
    _touched[known.caller.key_id] = now
    account, at = known.caller.account_id, timezone.now()
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - timedelta(seconds=TOUCHED_SECONDS / 2))
    with scope(account):
        ApiKey.objects.for_account(account).filter(stale, id=known.pk).update(
            last_used_at=at, last_used_from=address
        )


def _keep_small(cache: dict[str, Any]) -> None:
    if len(cache) >= MOST_CACHED:
        cache.clear()
