"""What people did and where they work: pages with people who stand in no database."""

from datetime import timedelta
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.http import QueryDict
from django.utils import timezone

from accounts.activity import Filters
from accounts.activity_form import FilterForm
from accounts.activity_page import LogPage
from accounts.audit import UNDOES
from accounts.models import Account, AuditEntry
from hub.demo.cast import PEOPLE, STAFF
from hub.lib.ids import uuid7
from hub.lib.pages import Page
from users.devices import device_words
from users.session_views import OpenSession

ADDRESS: Final = "192.0.2.7"
DESK: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE: Final = (
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
LIMITS: Final = {"limit_day": [5_000, 8_000], "over_limit": ["hold", "discard"]}
LONG: Final = " ".join(["Votre commande vous attend."] * 8)


def log(account: Account) -> dict[str, Any]:
    """The context of `accounts/activity.html`: an entry of each look, and a filter in use."""
    query = QueryDict("area=numbers")
    form = FilterForm(query, members=[])
    texts = {"body": [LONG, LONG.upper()]}
    rows = [
        entry(account, LIMITS),
        entry(account, {"limit_day": [8_000, 5_000], UNDOES: str(uuid7())}),
        entry(account, LIMITS, kind="staff", label=STAFF.name),
        entry(account, texts, action="template.changed", subject="Retrait"),
        entry(account, {}, action="person.signed_in"),
    ]
    page = LogPage(account, query, Filters(area="numbers"), Page(rows, "older", None), {})
    return {
        "page": page,
        "days": page.days(),
        "chips": page.chips(form),
        "filter_form": form,
        "starts": True,
    }


def entry(
    account: Account,
    changes: dict[str, Any],
    *,
    kind: str = "person",
    label: str = PEOPLE[0].name,
    action: str = "sms_limit.changed",
    subject: str = "",
) -> AuditEntry:
    """What somebody did a moment ago."""
    return AuditEntry(
        account=account,
        at=timezone.now(),
        actor_kind=kind,
        actor_label=label,
        channel="console",
        address=ADDRESS,
        action=action,
        subject=subject,
        changes=changes,
    )


def sessions(account: Account) -> dict[str, Any]:
    """The context of `users/sessions.html`: this browser and a phone."""
    now = timezone.now()
    open_ones = [(DESK, "monitor", now), (PHONE, "smartphone", now - timedelta(days=2))]
    return {
        "sessions": [
            OpenSession(
                UserSession(
                    pk=number, ip=ADDRESS, created_at=at, last_seen_at=at, user_agent=agent
                ),
                device_words(agent),
                icon,
                here=number == 0,
            )
            for number, (agent, icon, at) in enumerate(open_ones)
        ],
        "others": 1,
    }
