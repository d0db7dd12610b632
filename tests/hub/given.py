"""What the tests of the dashboard start from: its page in parts, events as the line writes them."""

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import Any, Final

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from accounts.tenancy import scope, system
from apisettings import outbox
from apisettings.events import publish
from apisettings.models import Event
from messaging import sweeps
from messaging.models import DayCount
from tests.conftest import worker
from tests.senders.given import member_of

# 12 November 2026, 14:32 in Paris.
NOON: Final = datetime(2026, 11, 12, 13, 32, tzinfo=UTC)


def page(account: Account, client: Client | None = None) -> str:
    url = reverse("console:dashboard", args=[account.public_id])
    answer = (client or member_of(account)).get(url)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def figures(html: str) -> dict[str, tuple[str, str]]:
    found = re.findall(r"<dt>([^<]+)</dt><dd><strong>([^<]+)</strong><small>([^<]+)</small>", html)
    return {name: (value, base) for name, value, base in found}


def attention(html: str) -> list[str]:
    found = re.findall(r'<ul class="att".*?</ul>', html, re.DOTALL)
    return re.findall(r"<b>([^<]+)</b><small>", "".join(found))


def tell(account: Account, kind: str, times: int = 1, at: datetime | None = None, **more: Any
         ) -> None:  # fmt: skip
    """Events as the line writes them."""
    test = more.pop("test", False)
    with scope(account), transaction.atomic():
        events = [publish(account, kind, {"parts": 1, **more}, test=test) for _ in range(times)]
    if at is not None:
        move(at, *events)


def move(at: datetime, *events: Event) -> None:
    """As the demo does it."""
    with worker(), system("a test moves events"):
        Event.unscoped.filter(pk__in=[event.pk for event in events]).update(at=at)


def fold() -> None:
    """The workers hand the events over and count them."""
    with worker():
        while outbox.hand_over():
            pass
        sweeps.count_days()


def counted(account: Account) -> dict[tuple[date, str], tuple[int, int]]:
    with scope(account):
        rows = DayCount.objects.for_account(account)
        return {(row.day, row.kind): (row.messages, row.parts) for row in rows}
