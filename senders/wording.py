"""The sending settings in words: for the rail, for readers, and for two values at odds."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from hub.lib.money import show_number
from hub.lib.windows import Week, open_hours
from senders.forms import sender_name
from senders.hours_picture import sentence, show_hours
from senders.models import Sender, SendingSettings

Values = Mapping[str, Any]


class Fact(NamedTuple):
    """One setting of a card: its name and its value, in words."""

    name: str
    value: str


def hours_facts(values: Values) -> list[Fact]:
    """`values` are SendingSettings' columns by name, as in `values_of`."""
    by_account = values["hours_clock"] == SendingSettings.Clock.ACCOUNT
    return [
        Fact(_("Limit sending hours"), on_or_off(values["hours_on"])),
        Fact(
            _("Hours are read in"),
            str(SendingSettings.Clock(values["hours_clock"]).label),
        ),
        Fact(_("Days"), sentence(_week(values["week"]))),
        *(
            []
            if by_account
            else [
                Fact(
                    _("Unknown recipients: use the account time zone"),
                    on_or_off(values["unknown_zone_uses_account"]),
                )
            ]
        ),
    ]


def limit_facts(values: Values) -> list[Fact]:
    """As `hours_facts`."""
    return [
        Fact(_("Per day"), segments_or_none(values["limit_day"])),
        Fact(_("Per month"), segments_or_none(values["limit_month"])),
        Fact(
            _("When a limit is reached"),
            str(SendingSettings.OverLimit(values["over_limit"]).label),
        ),
    ]


def sender_facts(values: Values) -> list[Fact]:
    """As `hours_facts`; `default_sender` is a Sender or None."""
    return [Fact(_("Sender"), _sender(values["default_sender"]))]


def receipts_facts(values: Values) -> list[Fact]:
    """As `hours_facts`."""
    return [Fact(_("Always request delivery receipts"), on_or_off(values["receipts"]))]


def hours_short(settings: SendingSettings) -> str:
    """The rail's word for the card."""
    if not settings.hours_on:
        return on_or_off(False)
    return _("%(hours)s h a week") % {"hours": show_hours(open_hours(_week(settings.week)))}


def limit_short(settings: SendingSettings) -> str:
    """The rail's word for the card: "5,000 a day, 80,000 a month"."""
    return limits_in_words(settings.limit_day, settings.limit_month)


def sender_short(settings: SendingSettings) -> str:
    """The rail's word for the card."""
    return settings.default_sender.address if settings.default_sender else _("None")


def receipts_short(settings: SendingSettings) -> str:
    """The rail's word for the card."""
    return on_or_off(settings.receipts)


def limits_in_words(day: int | None, month: int | None) -> str:
    """What a person typed, as it was read."""
    told = []
    if day is not None:
        told.append(_("%(n)s a day") % {"n": _number(day)})
    if month is not None:
        told.append(_("%(n)s a month") % {"n": _number(month)})
    return ", ".join(told) or _("No limit")


def segments_or_none(limit: int | None) -> str:
    if limit is None:
        return _("No limit")
    if limit == 0:
        return _("0: nothing is sent")
    return _("%(n)s segments") % {"n": _number(limit)}


def on_or_off(value: bool) -> str:
    return pgettext("setting", "On") if value else pgettext("setting", "Off")


def values_of(settings: SendingSettings, names: tuple[str, ...]) -> dict[str, Any]:
    """The named settings as they are saved."""
    return {name: getattr(settings, name) for name in names}


def _sender(sender: Sender | None) -> str:
    return sender_name(sender) if sender else _("None: every message must name its sender")


def _week(stored: Any) -> Week:
    return stored if isinstance(stored, Week) else Week.parse(stored)


def _number(n: int) -> str:
    return show_number(n, get_language() or "en")


FACTS: Final[Mapping[str, Callable[[Values], list[Fact]]]] = {
    "hours": hours_facts,
    "limit": limit_facts,
    "sender": sender_facts,
    "receipts": receipts_facts,
}
SHORT: Final[Mapping[str, Callable[[SendingSettings], str]]] = {
    "hours": hours_short,
    "limit": limit_short,
    "sender": sender_short,
    "receipts": receipts_short,
}
