"""The cards of the sending settings: hours, limit, default sender, receipts."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.cards import CardKind, CardRefused, Query
from accounts.conflicts import Values
from accounts.models import Account
from senders import (
    actions,
    hours_picture,
    inheriting,
    limits_above,
    meters,
    presets,
    preview,
    settings_above,
    wording,
)
from senders.actions import Changes, SenderNotActive, settings_of, values_of
from senders.forms import LimitForm, ReceiptsForm, SenderForm
from senders.hours_form import HoursForm
from senders.models import SendingSettings

PAGE: Final = "numbers_settings"
CHANGE: Final = "sending.change"


def _values(names: tuple[str, ...]) -> Any:
    return lambda row: values_of(row, names)


def _defaults(names: tuple[str, ...]) -> Any:
    return lambda: values_of(SendingSettings(), names)


def _applies(values: Values) -> str:
    return _("It applies to every message not sent yet.")


def _hours_extras(account: Account, values: Values, query: Query) -> dict[str, Any]:
    """Picture and preview of the hours that are saved, or of a preset that is tried on."""
    now = timezone.now()
    form = HoursForm(account=account, saved=values, query=query)
    week, preset = form.shown_week, form.preset
    custom = presets.of_country(account.country)
    shown = SendingSettings(
        hours_on=bool(preset) or values["hours_on"],
        hours_clock=preset.clock if preset else values["hours_clock"],
    )
    wider = custom is not None and shown.hours_on and presets.is_wider(week, custom.week)
    return {
        "preset": preset,
        "presets": presets.PRESETS,
        "picture": hours_picture.draw(week, timezone.localtime(now, ZoneInfo(account.time_zone))),
        "zones": preview.right_now(account, shown, week, now) if shown.hours_on else [],
        "wider_than": custom if wider else None,
    }


def _limit_extras(account: Account, values: Values, query: Query) -> dict[str, Any]:
    now = timezone.now()
    used = meters.read(account, _limits(values), now)
    return {"meters": used, "above": limits_above.read(account, now)}


def _limit_saved(values: Values) -> str:
    return wording.limits_in_words(values["limit_day"], values["limit_month"]) + "."


def _limit_outcomes(account: Account, values: Values) -> list[str]:
    """A limit below what is used already says at once what happens."""
    used = meters.read(account, _limits(values), timezone.now())
    return [
        meters.consequence(meter, values["over_limit"], timezone.get_current_timezone_name())
        for meter in used
        if meter.is_reached
    ]


def _limits(values: Values) -> SendingSettings:
    return SendingSettings(limit_day=values["limit_day"], limit_month=values["limit_month"])


def _save_sender(account: Account, **wanted: Any) -> Changes:
    try:
        return actions.change_default_sender(account, **wanted)
    except SenderNotActive as error:
        told = _("This sender is no longer active. Choose another.")
        raise CardRefused("default_sender", told) from error


HOURS: Final = CardKind(
    id="hours",
    title=gettext_lazy("Socially acceptable sending"),
    purpose=gettext_lazy(
        "Messages accepted outside these hours are held and sent when the next window opens."
    ),
    action=actions.HOURS_CHANGED,
    page=PAGE,
    change=CHANGE,
    template="senders/_hours.html",
    form=HoursForm,
    row=settings_of,
    values=_values(settings_above.HOURS.values),
    defaults=_defaults(settings_above.HOURS.values),
    save=actions.change_sending_hours,
    origin=settings_above.HOURS.origin,
    inherited=inheriting.HOURS_INHERITED,
    facts=wording.hours_facts,
    short=wording.hours_short,
    saved_words=_applies,
    extras=_hours_extras,
)
LIMIT: Final = CardKind(
    id="limit",
    title=gettext_lazy("SMS limit"),
    purpose=gettext_lazy("Caps what this account can send. A message counts one per segment."),
    action=actions.LIMIT_CHANGED,
    page=PAGE,
    change=CHANGE,
    template="senders/_limit.html",
    form=LimitForm,
    row=settings_of,
    values=_values(actions.LIMIT),
    defaults=_defaults(actions.LIMIT),
    save=actions.change_sms_limit,
    facts=wording.limit_facts,
    short=wording.limit_short,
    saved_words=_limit_saved,
    outcomes=_limit_outcomes,
    extras=_limit_extras,
)
SENDER: Final = CardKind(
    id="sender",
    title=gettext_lazy("Default sender ID"),
    purpose=gettext_lazy("Used whenever a message does not name a sender."),
    action=actions.SENDER_CHANGED,
    page=PAGE,
    change=CHANGE,
    template="senders/_simple.html",
    form=SenderForm,
    row=settings_of,
    values=_values(actions.SENDER),
    defaults=_defaults(actions.SENDER),
    save=_save_sender,
    facts=wording.sender_facts,
    short=wording.sender_short,
    saved_words=_applies,
)
RECEIPTS: Final = CardKind(
    id="receipts",
    title=gettext_lazy("Delivery receipts"),
    purpose=gettext_lazy("Carriers confirm each delivery. Reports and webhooks depend on it."),
    action=actions.RECEIPTS_CHANGED,
    page=PAGE,
    change=CHANGE,
    template="senders/_simple.html",
    form=ReceiptsForm,
    row=settings_of,
    values=_values(settings_above.RECEIPTS.values),
    defaults=_defaults(settings_above.RECEIPTS.values),
    save=actions.change_receipts,
    origin=settings_above.RECEIPTS.origin,
    inherited=inheriting.RECEIPTS_INHERITED,
    facts=wording.receipts_facts,
    short=wording.receipts_short,
    saved_words=_applies,
)
CARDS: Final = (HOURS, LIMIT, SENDER, RECEIPTS)
