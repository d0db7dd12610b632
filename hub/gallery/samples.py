"""What the component page shows: real parts with things that stand in no database."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.activity_page import Chip, show_entry
from accounts.models import Account, AuditEntry
from hub.charts import LineChart, Mark, Point
from hub.coming import PAGES
from hub.demo.cast import PEOPLE
from hub.demo.company import PARENT
from hub.gallery import sample_forms
from hub.lib.forms import problems
from hub.quota import Quota, WeekRow
from messaging.telling import BADGES
from senders import hours_picture
from senders.forms import LimitForm
from senders.hours_form import HoursForm
from senders.limits_above import Above
from senders.meters import Meter, Meters
from senders.presets import PRESETS

PUBLIC_ID: Final = "0EXAMPLE00"


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A card as the parts of `templates/senders` and `templates/accounts` read it."""

    id: str
    title: str
    purpose: str
    changed: str = ""
    version: str = ""
    clash: Any = None
    facts: list[Any] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SampleClash:
    told: str
    rows: list[tuple[str, str, str]]


def account() -> Account:
    """An account that is in no database; its addresses lead nowhere."""
    now = timezone.now()
    return Account(public_id=PUBLIC_ID, name=PARENT, created_at=now)


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
        "card_forms": card_forms(),
        "badges": [(state, badge) for state, badge in BADGES.items()],
        "note_kinds": ("good", "info", "warn", "bad"),
        "badge_kinds": ("ok", "pend", "bad", "info", "off"),
        "chips": [
            Chip(_("Failed"), request.path),
            Chip(_("From %(day)s") % {"day": "23/11/2026"}, request.path),
        ],
        "entry": entry(sample),
        "quota": quota(),
        "coming": PAGES[0],
        "sections": sections(),
        **limit(sample),
        **hours(sample),
        **closing(sample),
    }


def sections() -> list[tuple[str, str]]:
    """The contents of the page: (anchor, title)."""
    return [
        ("buttons", _("Buttons")),
        ("fields", _("Fields")),
        ("notes", _("Notes")),
        ("cards", _("Cards")),
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


def card_forms() -> dict[str, sample_forms.OneField]:
    return {
        "rest": sample_forms.one_field("card_rest"),
        "dirty": sample_forms.one_field("card_dirty"),
        "wrong": sample_forms.one_field("card_wrong", {"name": ""}),
    }


def limit(sample: Account) -> dict[str, Any]:
    """A limit somebody else changed meanwhile, with meters below, near and at their end."""
    now = timezone.now()
    resets = now + timedelta(hours=7)
    saved = {"limit_day": 5_000, "limit_month": 80_000, "over_limit": "hold"}
    told = _("%(name)s changed this on %(when)s, after you opened the page.")
    rows = [(_("Per day"), "5 000", "3 000"), (_("Per month"), "80 000", "80 000")]
    return {
        "limit_form": LimitForm(account=sample, saved=saved),
        "limit_card": SampleCard(
            "limit",
            _("SMS limit"),
            _("Two people at once: nothing was overwritten."),
            version="1",
            clash=SampleClash(told % {"name": PEOPLE[1].name, "when": "14:05"}, rows),
            extras={
                "meters": Meters(
                    Meter("day", _("Today"), 5_000, 5_000, resets),
                    Meter("month", _("This month"), 68_920, 80_000, resets),
                    now + timedelta(days=5),
                ),
                # What an account above has set holds here too, and can only be read.
                "above": [Above(PARENT, Meter("above", _("Today"), 10_000, 10_000, resets))],
            },
        ),
    }


def hours(sample: Account) -> dict[str, Any]:
    """The week of the first preset, with its picture."""
    preset = PRESETS[0]
    saved = {"hours_on": True, "hours_clock": preset.clock, "week": preset.week.to_json()}
    off = {"unknown_zone_uses_account": False, "hours_locked_below": False}
    form = HoursForm(account=sample, saved={**saved, **off})
    return {
        "hours_form": form,
        "hours_card": SampleCard(
            "hours",
            _("Sending hours"),
            _("A row of times for each day."),
            extras={
                "presets": PRESETS,
                "picture": hours_picture.draw(preset.week, timezone.localtime()),
            },
        ),
    }


def closing(sample: Account) -> dict[str, Any]:
    """The same account on its way out."""
    state, day = Account.State.CLOSING, timezone.now() + timedelta(days=14)
    return {
        "closing_account": Account(
            public_id=sample.public_id, name=sample.name, state=state, closes_at=day
        )
    }


def entry(sample: Account) -> Any:
    """An entry of the log with a difference, as the log shows it."""
    stored = AuditEntry(
        account=sample,
        at=timezone.now(),
        actor_kind="person",
        actor_label=PEOPLE[0].name,
        channel="console",
        address="192.0.2.7",
        action="sms_limit.changed",
        changes={"limit_day": [5_000, 8_000], "over_limit": ["hold", "discard"]},
    )
    return show_entry(stored, sample, {})


def quota() -> Quota:
    """A month that burns down faster than it should."""
    sentence = _("A line over the days, its steady pace, and the day on which it ends.")
    chart = LineChart(
        "sample",
        _("Segments left this month"),
        sentence,
        30,
        80_000,
        [Point(0, 80_000), Point(10, 52_000), Point(22, 11_080)],
        [Mark(day, str(day + 1)) for day in (0, 9, 19, 29)],
        [Mark(0, "0"), Mark(40_000, "40 000"), Mark(80_000, "80 000")],
        steady=(Point(0, 80_000), Point(30, 0)),
        ahead=Point(26, 0),
        ahead_label="27",
    )
    rows = [WeekRow("1–7", "19 600", "60 400"), WeekRow("8–14", "20 300", "40 100")]
    return Quota(sentence, chart.svg(), rows, True)
