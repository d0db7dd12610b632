"""What the component page shows: real parts with things that stand in no database."""

from typing import Any, Final

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.activity_page import Chip, show_entry
from accounts.models import Account
from hub.coming import PAGES
from hub.demo.company import CHILD, PARENT
from hub.gallery import sample_cards, sample_dashboard, sample_forms, sample_people
from hub.lib.forms import problems
from messaging.telling import BADGES
from messaging.writing.counted import counted

PUBLIC_ID: Final = "0EXAMPLE00"


def account(**given: Any) -> Account:
    """An account that is in no database; its addresses lead nowhere."""
    now = timezone.now()
    made = Account(**{"public_id": PUBLIC_ID, "name": PARENT, "created_at": now, **given})
    made.has_subaccounts = True
    return made


def account_below() -> Account:
    """One with a parent."""
    return account(name=CHILD, parent=account())


def components(request: HttpRequest, sample: Account) -> dict[str, Any]:
    """The context of `hub/ui.html`."""
    wrong = sample_forms.refused()
    return {
        "messages": [*flashes()],
        "problems": problems(wrong),
        "fields": {
            "rest": sample_forms.at_rest(),
            "wrong": wrong,
            "off": sample_forms.disabled(),
        },
        "text": sample_forms.text(),
        "counted": counted(sample_forms.DEAR),
        "badges": [(state, badge) for state, badge in BADGES.items()],
        "note_kinds": ("good", "info", "warn", "bad"),
        "badge_kinds": ("ok", "pend", "bad", "info", "off"),
        "chips": [
            Chip(_("Failed"), request.path),
            Chip(_("From %(day)s") % {"day": "23/11/2026"}, request.path),
        ],
        "entry": show_entry(sample_people.entry(sample, sample_people.LIMITS), sample, {}),
        "quota": sample_dashboard.quota(),
        "money": sample_dashboard.money(),
        "coming": PAGES[0],
        "sections": sections(),
        **sample_cards.closing(sample),
    }


def sections() -> list[tuple[str, str]]:
    """The contents of the page: (anchor, title)."""
    return [
        ("buttons", _("Buttons")),
        ("fields", _("Fields")),
        ("notes", _("Notes")),
        ("lists", _("Lists")),
        ("figures", _("Figures")),
        ("changes", _("Changes and danger")),
    ]


def flashes() -> list[Message]:
    """A note of each level, the first with its Undo."""
    undo = f"undo:/a/{PUBLIC_ID}/undo/00000000-0000-7000-8000-000000000000/"
    return [
        Message(constants.SUCCESS, _("SMS limit saved. It can be taken back."), extra_tags=undo),
        Message(constants.INFO, _("Nothing to save, it stood so already.")),
        Message(constants.WARNING, _("The daily limit is nearly reached.")),
        Message(constants.ERROR, _("Nothing was saved.")),
    ]
