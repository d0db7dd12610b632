"""What the tests of the activity log start from: entries as actions write them, and as told."""

import re
from html import unescape
from typing import Any, Final

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.audit import CLOCK, Actor, record
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope

NADIA: Final = Actor("person", "1", "Nadia Benali", "console", "203.0.113.24")
KEY: Final = Actor("key", "K1", "crm-prod", "api", "198.51.100.7")
STAFF: Final = Actor("staff", "9", "Sofia M.", "staff")


def log(account: Account, action: str = "sms_limit.changed", actor: Actor = NADIA, **more: Any
        ) -> AuditEntry:  # fmt: skip
    with scope(account), transaction.atomic():
        return record(account, actor=actor, action=action, **more)


def address(account: Account, query: str = "", page: str = "account_activity") -> str:
    return reverse(f"console:{page}", args=[account.public_id]) + query


def html(client: Client, account: Account, query: str = "", status: int = 200) -> str:
    answer = client.get(address(account, query))
    assert answer.status_code == status
    return unescape(answer.content.decode())


def told(client: Client, account: Account, query: str = "") -> list[str]:
    """What the entries of the page say, newest first, without tags."""
    found = re.findall(r'<p id="e-[^"]+">(.*?)<small>', html(client, account, query))
    return [re.sub(r"<[^>]+>", "", each) for each in found]


def fill(account: Account) -> None:
    """An entry of each kind of actor."""
    log(account, "api_key.created", NADIA, subject="HK7F3A")
    log(account, "contact.added", KEY, subject="+33612345678")
    log(account, "contact.added", KEY, subject="+33698765432")
    log(account, "account.closed", CLOCK)
    log(account, "sms_limit.changed", Actor("person", "2", "Léa Fontaine", "console"))
