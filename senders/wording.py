"""The sending settings in words: for the rail, for readers, and for two values at odds."""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.cards import Fact
from accounts.conflicts import Values
from accounts.models import Account
from hub.lib.money import show_number
from hub.lib.windows import Week, open_hours
from senders.forms import sender_name
from senders.hours_picture import sentence, show_hours
from senders.models import Sender, SendingSettings
from senders.settings_above import HOURS, RECEIPTS


def hours_facts(account: Account, values: Values) -> list[Fact]:
    """`values` are the card's, as senders.actions.values_of tells them."""
    by_account = values["hours_clock"] == SendingSettings.Clock.ACCOUNT
    return [
        Fact(_("Limit sending hours"), on_or_off(values["hours_on"])),
        Fact(
            _("Hours are read in"),
            str(SendingSettings.Clock(values["hours_clock"]).label),
        ),
        *([Fact(_("Days"), sentence(Week.parse(values["week"])))] if values["week"] else []),
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
        *_binding(account, values[HOURS.binds]),
    ]


def limit_facts(account: Account, values: Values) -> list[Fact]:
    """As `hours_facts`."""
    return [
        Fact(_("Per day"), segments_or_none(values["limit_day"])),
        Fact(_("Per month"), segments_or_none(values["limit_month"])),
        Fact(
            _("When a limit is reached"),
            str(SendingSettings.OverLimit(values["over_limit"]).label),
        ),
    ]


def sender_facts(account: Account, values: Values) -> list[Fact]:
    """As `hours_facts`. Needs the scope: the sender's kind is looked up."""
    address = values["default_sender"]
    mine = Sender.objects.for_account(account)
    return [Fact(_("Sender"), _sender(mine.filter(address=address).first() if address else None))]


def receipts_facts(account: Account, values: Values) -> list[Fact]:
    """As `hours_facts`."""
    return [
        Fact(_("Always request delivery receipts"), on_or_off(values["receipts"])),
        *_binding(account, values[RECEIPTS.binds]),
    ]


def hours_short(values: Values) -> str:
    """The rail's word for the card."""
    if not values["hours_on"]:
        return on_or_off(False)
    return _("%(hours)s h a week") % {"hours": show_hours(open_hours(Week.parse(values["week"])))}


def limit_short(values: Values) -> str:
    """The rail's word for the card: "5,000 a day, 80,000 a month"."""
    return limits_in_words(values["limit_day"], values["limit_month"])


def sender_short(values: Values) -> str:
    """The rail's word for the card."""
    return values["default_sender"] or pgettext("sender", "None")


def receipts_short(values: Values) -> str:
    """The rail's word for the card."""
    return on_or_off(values["receipts"])


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


def _binding(account: Account, on: bool) -> list[Fact]:
    """Nothing to tell while there is nobody to bind."""
    told = on or account.has_subaccounts
    return [Fact(_("Same for every sub-account"), on_or_off(on))] if told else []


def _sender(sender: Sender | None) -> str:
    return sender_name(sender) if sender else _("None: every message must name its sender")


def _number(n: int) -> str:
    return show_number(n, get_language() or "en")
