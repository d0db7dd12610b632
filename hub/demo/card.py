"""`$HUB_HOME/demo.json`: how to get into the demo, for people and scripts."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import Account, Membership
from accounts.tenancy import scope
from apisettings.actions import create_key, revoke_key
from apisettings.models import ApiKey
from apisettings.scopes import Scope
from hub.demo.cast import PASSWORD, PEOPLE, STAFF
from hub.demo.company import Company, actor_of
from hub.environment import write_private
from hub.lib.tokens import digest

KEY_NAME = "Boutique en ligne"
# The longest a key may be valid.
KEY_VALID = timedelta(days=365)


def write_card(company: Company, path: Path) -> dict[str, Any]:
    """The card lies at `path`, readable by its owner only. Secrets are shown once, so the keys of
    an earlier card are kept while they work; a lost one is replaced by a key of the same name."""
    card = {
        "base_url": settings.BASE_URL,
        "accounts": [_account(company.parent), _account(company.child)],
        "users": _users(company),
        "api_keys": _keys(company, _earlier(path)),
        "database_url": settings.DATABASE_URLS["owner"],
        "redis_url": settings.REDIS_URL,
    }
    write_private(path, json.dumps(card, indent=2, ensure_ascii=False) + "\n")
    return card


def _account(account: Account) -> dict[str, Any]:
    parent = account.parent.public_id if account.parent else None
    return {"id": account.public_id, "name": account.name, "parent": parent}


def _users(company: Company) -> list[dict[str, Any]]:
    """Everybody in the order of the cast, the parent's Owner first; staff belong to no account."""
    found = Membership.objects.select_related("user").filter(
        account__in=(company.parent, company.child)
    )
    roles = {(one.user.email, one.account_id): Membership.Role(one.role).name for one in found}
    rows = []
    for person in PEOPLE:
        home = company.child if person.account == "child" else company.parent
        role = roles[person.email, home.pk].capitalize()
        rows.append(_user(person.email, role, home.public_id))
    return [*rows, _user(STAFF.email, "Staff", None)]


def _user(email: str, role: str, account: str | None) -> dict[str, Any]:
    return {"email": email, "password": PASSWORD, "role": role, "account": account}


def _earlier(path: Path) -> dict[str, dict[str, str]]:
    try:
        keys = json.loads(path.read_text("utf-8"))["api_keys"]
        return {key["account"]: key for key in keys}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _keys(company: Company, earlier: dict[str, dict[str, str]]) -> list[dict[str, str]]:
    keys = []
    for account in (company.parent, company.child):
        kept = earlier.get(account.public_id)
        if kept is None or not _works(account, kept):
            kept = _new_key(company, account)
        keys.append(kept)
    return keys


def _works(account: Account, kept: dict[str, str]) -> bool:
    with scope(account):
        return (
            ApiKey.objects.for_account(account)
            .filter(
                key_id=kept.get("key"),
                digest=digest(kept.get("secret", ""), settings.PEPPER),
                revoked_at=None,
                expires_at__gt=timezone.now(),
            )
            .exists()
        )


def _new_key(company: Company, account: Account) -> dict[str, str]:
    actor = actor_of(company.owner)
    with scope(account):
        # One whose secret was lost is of no use to anybody.
        lost = ApiKey.objects.for_account(account).filter(name=KEY_NAME, revoked_at=None)
        for key_id in list(lost.values_list("key_id", flat=True)):
            revoke_key(account, actor=actor, key_id=key_id)
        made = create_key(
            account,
            actor=actor,
            name=KEY_NAME,
            mode="live",
            scopes=[Scope.SEND, Scope.READ],
            networks=[],
            expires_at=timezone.now() + KEY_VALID,
        )
    return {"account": account.public_id, "key": made.key_id, "secret": made.secret}
