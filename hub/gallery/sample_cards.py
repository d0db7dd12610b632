"""Cards of the settings pages in every state, with values that stand in no database."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.card_page import Clash
from accounts.cards import CardKind, Fact
from accounts.forms import WhyForm
from accounts.general_cards import NAME, ZONE
from accounts.models import Account
from contacts.opt_out_card import OPT_OUT
from hub.demo.cast import PEOPLE
from hub.demo.company import PARENT
from hub.gallery import sample_forms
from hub.lib.forms import problems
from senders import hours_picture
from senders.cards import RECEIPTS
from senders.forms import LimitForm
from senders.hours_form import HoursForm
from senders.limits_above import Above
from senders.meters import Meter, Meters
from senders.presets import PRESETS
from senders.preview import ZoneNow, show_wait


@dataclass(frozen=True, slots=True)
class SampleCard:
    """A card as the parts of `templates/senders`, `accounts` and `contacts` read it."""

    id: str
    title: Any
    purpose: Any
    changed: str = ""
    version: str = ""
    clash: Clash | None = None
    facts: list[Fact] = field(default_factory=list)
    extras: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    template: str = ""
    form: Any = None
    short: Any = ""
    set_above: str = ""
    origin: str = "own"
    offers: str = ""


def cards(sample: Account) -> dict[str, Any]:
    """The context of `hub/ui_cards.html`."""
    return {
        "account": sample,
        "card_forms": card_forms(),
        "general": general(sample),
        "why_form": WhyForm(),
        "inherited": inherited(sample),
        "sections": [
            ("states", _("States of a card")),
            ("sending", _("Sending rules")),
            ("general", _("General")),
        ],
        **limit(sample),
        **hours(sample),
    }


def general(sample: Account) -> list[SampleCard]:
    """The cards of Account · General as its page has them."""
    words = {
        "extra_stop": ["ARRETEZ", "OK"],
        "extra_start": [],
        "confirm": True,
        "confirmation": "",
    }
    return [
        of_kind(NAME, sample, {"name": sample.name}),
        of_kind(ZONE, sample, {"time_zone": sample.time_zone}),
        of_kind(OPT_OUT, sample, words, {"try": "stop"}),
    ]


def inherited(sample: Account) -> list[SampleCard]:
    """One card as its account's own, as its parent's, and locked by it."""
    saved = {"receipts": True, "receipts_locked_below": False, "receipts_origin": "own"}
    own = of_kind(RECEIPTS, sample, saved, offers="parent")
    told = {
        "parent": (_("Card set by the parent"), _("Set by %(parent)s (parent)")),
        "locked": (_("Card locked by the parent"), _("Locked by %(parent)s (parent)")),
    }
    return [own] + [
        of_kind(
            RECEIPTS,
            sample,
            saved,
            id=f"receipts-{origin}",
            title=title,
            form=None,
            origin=origin,
            set_above=words % {"parent": PARENT},
            offers="own" if origin == "parent" else "",
        )
        for origin, (title, words) in told.items()
    ]


def of_kind(
    kind: CardKind,
    account: Account,
    saved: dict[str, Any],
    query: dict[str, str] | None = None,
    **given: Any,
) -> SampleCard:
    """The card of `kind` with `saved`, as its page would show it."""
    told = {
        "id": kind.id,
        "title": kind.title,
        "purpose": kind.purpose,
        "template": kind.template,
        "form": kind.form(account=account, saved=saved, query=query),
        "facts": kind.facts(account, saved),
        "short": kind.short(saved),
        "warnings": kind.warnings(saved),
        "extras": kind.extras(account, saved, query or {}),
        "version": "1",
    }
    return SampleCard(**{**told, **given})


def clash(rows: list[tuple[Any, Any, Any]]) -> Clash:
    """Somebody else was first."""
    told = _("%(name)s changed this on %(when)s, after you opened the page.")
    return Clash(told % {"name": PEOPLE[1].name, "when": "14:05"}, rows)


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
    rows = [(_("Per day"), "5 000", "3 000"), (_("Per month"), "80 000", "80 000")]
    return {
        "limit_form": LimitForm(account=sample, saved=saved),
        "limit_card": SampleCard(
            "limit",
            _("SMS limit"),
            _("Two people at once: nothing was overwritten."),
            version="1",
            clash=clash(rows),
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
    """Usual hours filled in and not saved, with their picture, and where it is open now."""
    preset = PRESETS[0]
    zones = [
        ZoneNow("Paris", "14:05", True, _("Sending")),
        ZoneNow(
            "Nouméa",
            "00:05",
            False,
            _("Held until %(when)s, in %(wait)s")
            % {"when": "08:00", "wait": show_wait(timedelta(hours=8))},
        ),
    ]
    return {
        "hours_form": HoursForm(account=sample, saved=saved_hours(), query={"preset": preset.key}),
        "hours_card": SampleCard(
            "hours",
            _("Sending hours"),
            _("A row of times for each day."),
            extras={
                "presets": PRESETS,
                "picture": hours_picture.draw(preset.week, timezone.localtime()),
                "zones": zones,
                "wider_than": preset,
            },
        ),
    }


def saved_hours() -> dict[str, Any]:
    """Usual hours as an account has them saved."""
    preset = PRESETS[0]
    saved = {"hours_on": True, "hours_clock": preset.clock, "week": preset.week.to_json()}
    return {**saved, "unknown_zone_uses_account": False, "hours_locked_below": False}


def hours_page(sample: Account, form: HoursForm) -> dict[str, Any]:
    """The context of `senders/settings.html` with the hours alone on it."""
    plain = hours(sample)["hours_card"]
    extras = {**plain.extras, "wider_than": None}
    card = replace(plain, extras=extras, form=form, template="senders/_hours.html", version="1")
    return {"cards": {card.id: card}, "problems": problems(form), "invalid": bool(form.errors)}


def hours_wrong(sample: Account) -> dict[str, Any]:
    """A day came back that ends before it begins."""
    shown = HoursForm(account=sample, saved=saved_hours()).shown()
    given = {**shown, "wd_from": "20:00", "wd_to": "08:00"}
    return hours_page(sample, HoursForm(given, account=sample, saved=saved_hours()))


def hours_several(sample: Account) -> dict[str, Any]:
    """A day is saved with two stretches, by a program, of which the form shows one."""
    saved = saved_hours()
    saved["week"] = {**saved["week"], "wed": [["08:00", "12:00"], ["14:00", "19:00"]]}
    return hours_page(sample, HoursForm(account=sample, saved=saved))


def closing(sample: Account) -> dict[str, Any]:
    """The same account on its way out."""
    state, day = Account.State.CLOSING, timezone.now() + timedelta(days=14)
    same = {"public_id": sample.public_id, "name": sample.name}
    return {"closing_account": Account(**same, state=state, closes_at=day)}
