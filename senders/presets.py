"""Sending hours that countries and operators ask of marketing, as data with source and date.

Starting points to be looked at, not advice: a preset fills the form, a person saves it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hub.lib.windows import DAYS, Week
from senders.models import SendingSettings

CHECKED: Final = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Preset:
    """Hours by name. `country` (ISO 3166) is whose custom or rule they are, "" for none."""

    key: str
    name: str | Promise
    country: str
    week: Week
    clock: str
    basis: str | Promise
    source: str
    checked: datetime = CHECKED


def _week(hours: tuple[str, str], *, closed: tuple[str, ...] = (), holidays_too: bool) -> Week:
    stored: dict[str, list[tuple[str, str]] | None] = {
        day: [] if day in closed else [hours] for day in DAYS
    }
    stored["hol"] = None if holidays_too else []
    return Week.parse(stored)


PRESETS: Final[tuple[Preset, ...]] = (
    Preset(
        "fr",
        _("France, marketing"),
        "FR",
        _week(("08:00", "20:00"), closed=("sun",), holidays_too=False),
        SendingSettings.Clock.RECIPIENT,
        _(
            "Monday to Saturday 08:00–20:00, none on Sundays and public holidays. An operators’ "
            "rule rather than a law; their texts end at 20:00, 20:30 or 22:00, this is the "
            "narrowest."
        ),
        "callr, Brevo, sendtargetsms, smsenvoi, Octopush",
    ),
    Preset(
        "us-federal",
        _("United States, federal"),
        "US",
        _week(("08:00", "21:00"), holidays_too=True),
        SendingSettings.Clock.RECIPIENT,
        _(
            "Every day 08:00–21:00 where the recipient is. Several states allow less: Florida, "
            "Oklahoma and Washington end at 20:00, Texas starts at noon on Sundays."
        ),
        "47 CFR 64.1200(c)(1)",
    ),
    Preset(
        "uk",
        _("United Kingdom"),
        "GB",
        _week(("09:00", "20:00"), holidays_too=True),
        SendingSettings.Clock.RECIPIENT,
        _("Every day 09:00–20:00. Customary: no statute names hours."),
        "DMA, Listrak",
    ),
    Preset(
        "global",
        _("Careful everywhere"),
        "",
        _week(("08:00", "20:00"), holidays_too=True),
        SendingSettings.Clock.RECIPIENT,
        _("Every day 08:00–20:00 where the recipient is."),
        "Hub",
    ),
    Preset(
        "mm-compatible",
        _("As MessageMedia"),
        "",
        _week(("08:00", "18:00"), holidays_too=True),
        SendingSettings.Clock.ACCOUNT,
        _("Every day 08:00–18:00 by the account’s clock, as MessageMedia holds messages."),
        "MessageMedia",
    ),
)

BY_KEY: Final = {preset.key: preset for preset in PRESETS}
# What the form proposes to an account that never chose hours.
PROPOSAL: Final = BY_KEY["global"]


def of_country(country: str) -> Preset | None:
    """The custom of one country, when one is known."""
    return next((preset for preset in PRESETS if preset.country == country), None)


def is_wider(week: Week, than: Week) -> bool:
    """True when `week` is open at some minute at which `than` is closed, holidays included."""
    mine, theirs = _minutes(week), _minutes(than)
    if not mine <= theirs:
        return True
    if than.holiday is None:
        return False
    return week.holiday is None or bool(week.holiday and not than.holiday)


def _minutes(week: Week) -> set[int]:
    """Open minutes of a week without holidays, as numbers from Monday's midnight."""
    length = 7 * 24 * 60
    return {
        (day * 24 * 60 + minute) % length
        for day, ranges in enumerate(week.days)
        for start, end in ranges
        for minute in range(start, end)
    }
