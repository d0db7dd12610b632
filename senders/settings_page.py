"""What the settings page shows: four cards, each with its form, its facts and who changed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Account, AuditEntry
from hub.lib.forms import Problem, problems
from hub.lib.money import show_when
from senders import actions, hours_picture, meters, presets, preview
from senders.actions import StaleVersion
from senders.forms import LimitForm, ReceiptsForm, SenderForm, SettingsForm
from senders.hours_form import HoursForm
from senders.models import Sender, SendingSettings
from senders.presets import Preset
from senders.wording import FACTS, SHORT, Fact, values_of


@dataclass(frozen=True, slots=True)
class CardKind:
    """A card of the page; `action` names its changes in the activity log."""

    id: str
    title: str | Promise
    purpose: str | Promise
    action: str
    form: type[SettingsForm]


CARDS: Final = (
    CardKind(
        "hours",
        gettext_lazy("Socially acceptable sending"),
        gettext_lazy(
            "Messages accepted outside these hours are held and sent when the next window opens."
        ),
        actions.HOURS_CHANGED,
        HoursForm,
    ),
    CardKind(
        "limit",
        gettext_lazy("SMS limit"),
        gettext_lazy("Caps what this account can send. A message counts one per segment."),
        actions.LIMIT_CHANGED,
        LimitForm,
    ),
    CardKind(
        "sender",
        gettext_lazy("Default sender ID"),
        gettext_lazy("Used whenever a message does not name a sender."),
        actions.SENDER_CHANGED,
        SenderForm,
    ),
    CardKind(
        "receipts",
        gettext_lazy("Delivery receipts"),
        gettext_lazy("Carriers confirm each delivery. Reports and webhooks depend on it."),
        actions.RECEIPTS_CHANGED,
        ReceiptsForm,
    ),
)
KINDS: Final = {kind.id: kind for kind in CARDS}


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people changed one card: who was first, and each setting as saved and as asked for."""

    told: str
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class CardView:
    """A card as the template shows it."""

    id: str
    title: str | Promise
    purpose: str | Promise
    form: SettingsForm
    facts: list[Fact]
    short: str
    changed: str
    version: int
    clash: Clash | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A form that was sent and not saved: shown again with its errors, or beside what is saved.

    `version` is the one it was shown with. It is sent again with the corrected form, so that a
    mistake in it does not hide what somebody else changed meanwhile.
    """

    card: str
    form: SettingsForm
    version: int
    stale: StaleVersion | None = None


def settings_of(account: Account) -> SendingSettings:
    """The account's settings, or the defaults when it never had a row."""
    mine = SendingSettings.objects.for_account(account).select_related("default_sender")
    return mine.first() or SendingSettings(account=account)


def senders_of(account: Account) -> list[Sender]:
    """The active senders, by address; at most 200 are offered."""
    active = Sender.objects.for_account(account).filter(state=Sender.State.ACTIVE)
    return list(active.order_by("address")[:200])


def form_of(
    card: str,
    account: Account,
    settings: SendingSettings,
    *,
    data: Any = None,
    preset: Preset | None = None,
) -> SettingsForm:
    """The card's form over the saved settings, bound when `data` is given."""
    common: dict[str, Any] = {"settings": settings, "account": account}
    if card == "hours":
        return HoursForm(data, preset=preset, **common)
    if card == "sender":
        return SenderForm(data, senders=senders_of(account), **common)
    return KINDS[card].form(data, **common)


def page(
    account: Account, *, answer: Answer | None = None, preset: Preset | None = None
) -> dict[str, Any]:
    """The template's context; needs the account's scope."""
    settings = settings_of(account)
    entries = _last_changes(account)
    cards = {kind.id: _card(kind, account, settings, entries, answer, preset) for kind in CARDS}
    return {
        "cards": cards,
        "settings": settings,
        "preset": preset,
        "presets": presets.PRESETS,
        "problems": _problems(answer, cards),
        "invalid": answer is not None,
        "meters": meters.read(account, settings, timezone.now()),
        **_hours_extras(account, settings, preset),
    }


def _card(
    kind: CardKind,
    account: Account,
    settings: SendingSettings,
    entries: Mapping[str, AuditEntry],
    answer: Answer | None,
    preset: Preset | None,
) -> CardView:
    mine = answer if answer and answer.card == kind.id else None
    form = mine.form if mine else form_of(kind.id, account, settings, preset=preset)
    return CardView(
        kind.id,
        kind.title,
        kind.purpose,
        form,
        FACTS[kind.id](values_of(settings, kind.form.sets)),
        SHORT[kind.id](settings),
        _changed(entries.get(kind.action), account),
        mine.version if mine and not mine.stale else settings.version,
        _clash(kind, account, settings, mine) if mine and mine.stale else None,
    )


def _hours_extras(
    account: Account, settings: SendingSettings, preset: Preset | None
) -> dict[str, Any]:
    """Picture and preview of the hours that are saved, or of a preset that is tried on."""
    now = timezone.now()
    form = HoursForm(preset=preset, settings=settings, account=account)
    week, local = form.shown_week, timezone.localtime(now)
    custom = presets.of_country(account.country)
    shown = SendingSettings(
        hours_on=bool(preset) or settings.hours_on,
        hours_clock=preset.clock if preset else settings.hours_clock,
    )
    wider = custom is not None and shown.hours_on and presets.is_wider(week, custom.week)
    return {
        "picture": hours_picture.draw(week, local),
        "zones": preview.right_now(account, shown, week, now) if shown.hours_on else [],
        "wider_than": custom if wider else None,
    }


def _last_changes(account: Account) -> dict[str, AuditEntry]:
    """The newest entry of each card, in one question."""
    newest = (
        AuditEntry.objects.for_account(account)
        .filter(action__in=[kind.action for kind in CARDS])
        .order_by("action", "-id")
        .distinct("action")
    )
    return {entry.action: entry for entry in newest}


def _changed(entry: AuditEntry | None, account: Account) -> str:
    if entry is None:
        return _("Default value, never changed")
    when = show_when(entry.at, account.time_zone, get_language() or "en", "date")
    return _("Changed by %(name)s on %(date)s") % {"name": entry.actor_label, "date": when}


def _clash(kind: CardKind, account: Account, settings: SendingSettings, answer: Answer) -> Clash:
    assert answer.stale is not None
    entry = answer.stale.entry
    asked = answer.form.wanted()
    if asked.get("default_sender"):
        offered = senders_of(account)
        asked["default_sender"] = next(
            (each for each in offered if each.pk == asked["default_sender"]), None
        )
    facts = FACTS[kind.id]
    saved, mine = dict(facts(values_of(settings, kind.form.sets))), dict(facts(asked))
    names = dict.fromkeys([*saved, *mine])
    told = _("Somebody changed this after you opened the page.")
    if entry is not None:
        when = show_when(entry.at, account.time_zone, get_language() or "en", "medium")
        told = _("%(name)s changed this on %(when)s, after you opened the page.") % {
            "name": entry.actor_label,
            "when": when,
        }
    return Clash(told, [(name, saved.get(name, "–"), mine.get(name, "–")) for name in names])


def _problems(answer: Answer | None, cards: Mapping[str, CardView]) -> list[Problem]:
    if answer is None:
        return []
    if answer.stale is None:
        return problems(answer.form)
    told = _("%(card)s: changed meanwhile. Nothing was saved; choose which values to keep.")
    return [Problem(f"{answer.card}-clash", told % {"card": cards[answer.card].title})]
