"""The form of sending hours: a row per weekday and one for public holidays, all errors at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.lib.forms import Text
from hub.lib.windows import DAYS, HOLIDAY, Range, Week, open_hours
from senders.forms import SettingsForm
from senders.hours_picture import day_names
from senders.models import SendingSettings
from senders.presets import PROPOSAL, Preset

STEP: Final = 30
DAY_MINUTES: Final = 24 * 60
USUAL: Final[Range] = (8 * 60, 20 * 60)

SAME: Final = "same"
CLOSED: Final = "closed"
OWN: Final = "own"
HOLIDAY_MODES: Final = (
    (SAME, gettext_lazy("As the day they fall on")),
    (CLOSED, gettext_lazy("No sending")),
    (OWN, gettext_lazy("Hours of their own")),
)


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A row of the form as the template shows it; `closed` is None for public holidays."""

    id: str
    label: str
    start: BoundField
    end: BoundField
    overnight: BoundField
    closed: BoundField | None
    mode: BoundField | None

    @property
    def errors(self) -> list[str]:
        return [*self.start.errors, *self.end.errors, *self.overnight.errors]

    @property
    def has_errors(self) -> bool:
        return bool(self.errors)


class HoursForm(SettingsForm):
    """Every day has one stretch here; a week that has more says so in `extra`."""

    sets = ("hours_on", "hours_clock", "week", "unknown_zone_uses_account")
    switches = ("hours_on",)
    choice_hints: ClassVar[dict[str, dict[str, Text]]] = {
        "hours_clock": {
            SendingSettings.Clock.RECIPIENT: gettext_lazy(
                "From the contact, else from the number; where a number may be in several zones, "
                "all of them must be open."
            ),
        }
    }

    hours_on = forms.BooleanField(label=gettext_lazy("Limit sending hours"), required=False)
    hours_clock = forms.ChoiceField(
        label=gettext_lazy("Hours are read in"),
        choices=SendingSettings.Clock.choices,
        widget=forms.RadioSelect,
    )
    unknown_zone_uses_account = forms.BooleanField(
        label=gettext_lazy("Unknown recipients: use the account time zone"),
        required=False,
        help_text=gettext_lazy(
            "When neither the contact nor the number tells a time zone, the message is held with "
            "code 913 until you set the contact’s zone. Turn this on to use the account’s clock "
            "for them instead."
        ),
    )

    def __init__(self, data: Any = None, *, preset: Preset | None = None, **kwargs: Any) -> None:
        self.preset = preset
        super().__init__(data, **kwargs)
        names = [*day_names("wide"), _("Public holidays")]
        week = self.shown_week
        odd = {minute for ranges in (*week.days, week.holiday or ()) for minute in _ends(ranges)}
        starts = sorted({*range(0, DAY_MINUTES, STEP), *odd} - {DAY_MINUTES})
        ends = sorted({*range(STEP, DAY_MINUTES + 1, STEP), *odd} - {0})
        for day, name in zip((*DAYS, HOLIDAY), names, strict=True):
            self._add_row(day, name, starts, ends)
        # The account's zone is worth its name, which only the instance knows.
        account_zone = _("the account time zone (%(zone)s)") % {"zone": self.account.time_zone}
        self.fields["hours_clock"].choices = [  # type: ignore[attr-defined]
            (SendingSettings.Clock.RECIPIENT.value, SendingSettings.Clock.RECIPIENT.label),
            (SendingSettings.Clock.ACCOUNT.value, account_zone),
        ]

    @property
    def was_never_set(self) -> bool:
        return not self.settings.week

    @property
    def shown_week(self) -> Week:
        """The week the unbound form shows: the preset's, the saved one, or a proposal."""
        if self.preset:
            return self.preset.week
        return PROPOSAL.week if self.was_never_set else Week.parse(self.settings.week)

    def saved(self) -> dict[str, Any]:
        given: dict[str, Any] = {name: getattr(self.settings, name) for name in self.sets}
        del given["week"]
        if self.preset:
            given |= {"hours_on": True, "hours_clock": self.preset.clock}
        week = self.shown_week
        for day, ranges in zip(DAYS, week.days, strict=True):
            given |= _row_values(day, ranges) | {f"{day}_closed": not ranges}
        holiday = week.holiday
        mode = SAME if holiday is None else OWN if holiday else CLOSED
        return given | _row_values(HOLIDAY, holiday or ()) | {f"{HOLIDAY}_mode": mode}

    @property
    def extra(self) -> list[str]:
        """Days whose saved hours have several stretches, of which this form shows the first."""
        names = [*day_names("wide"), _("Public holidays")]
        week = self.shown_week
        every = [*week.days, week.holiday or ()]
        return [name for name, ranges in zip(names, every, strict=True) if len(ranges) > 1]

    @property
    def rows(self) -> Iterator[HoursRow]:
        names = [*day_names("wide"), _("Public holidays")]
        for day, name in zip((*DAYS, HOLIDAY), names, strict=True):
            is_holiday = day == HOLIDAY
            yield HoursRow(
                day,
                name,
                self[f"{day}_from"],
                self[f"{day}_to"],
                self[f"{day}_overnight"],
                None if is_holiday else self[f"{day}_closed"],
                self[f"{day}_mode"] if is_holiday else None,
            )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        names = [*day_names("wide"), _("Public holidays")]
        for day, name in zip((*DAYS, HOLIDAY), names, strict=True):
            if _has_hours(day, given):
                self._check_row(day, name)
        if self.errors:
            return given
        given["week"] = _week(given)
        if given["hours_on"] and not open_hours(given["week"]):
            self.add_error(
                "hours_on",
                _("No hours are left: choose hours, or turn sending hours off."),
            )
        return given

    def _add_row(self, day: str, name: str, starts: list[int], ends: list[int]) -> None:
        wrong = {"invalid_choice": _("%(day)s: choose a time from the list") % {"day": name}}

        def times(minutes: list[int]) -> forms.ChoiceField:
            choices = [(_clock(minute), _clock(minute)) for minute in minutes]
            return forms.ChoiceField(
                label="", required=False, choices=choices, error_messages=wrong
            )

        self.fields[f"{day}_from"] = times(starts)
        self.fields[f"{day}_to"] = times(ends)
        self.fields[f"{day}_overnight"] = forms.BooleanField(label="", required=False)
        if day == HOLIDAY:
            self.fields[f"{day}_mode"] = forms.ChoiceField(label="", choices=HOLIDAY_MODES)
        else:
            self.fields[f"{day}_closed"] = forms.BooleanField(label="", required=False)

    def _check_row(self, day: str, name: str) -> None:
        given = self.cleaned_data
        start, end = given.get(f"{day}_from"), given.get(f"{day}_to")
        if start is None or end is None:
            return
        for field, value in ((f"{day}_from", start), (f"{day}_to", end)):
            if not value:
                self.add_error(field, _("%(day)s: choose a time from the list") % {"day": name})
        if not (start and end):
            return
        overnight = given.get(f"{day}_overnight")
        wrong = _wrong_stretch(start, end, overnight=bool(overnight))
        if wrong:
            told = wrong % {"day": name, "start": start, "end": end}
            self.add_error(f"{day}_to", ValidationError(told))


def _wrong_stretch(start: str, end: str, *, overnight: bool) -> str:
    if start == end:
        return _(
            "%(day)s: start and end are the same. Choose 00:00 to 24:00 for the whole day, or "
            "“No sending”"
        )
    if overnight and end > start:
        return _(
            "%(day)s: from %(start)s until %(end)s the next day is more than 24 hours. Choose an "
            "earlier end, or untick “until the next day”"
        )
    if not overnight and end < start:
        return _(
            "%(day)s: the end time must be later than the start time, or tick “until the next day”"
        )
    return ""


def _has_hours(day: str, given: dict[str, Any]) -> bool:
    if day == HOLIDAY:
        return bool(given.get(f"{day}_mode") == OWN)
    return not given.get(f"{day}_closed")


def _week(given: dict[str, Any]) -> Week:
    stored: dict[str, Any] = {
        day: [[given[f"{day}_from"], given[f"{day}_to"]]] if _has_hours(day, given) else []
        for day in (*DAYS, HOLIDAY)
    }
    if given[f"{HOLIDAY}_mode"] == SAME:
        stored[HOLIDAY] = None
    return Week.parse(stored)


def _row_values(day: str, ranges: tuple[Range, ...]) -> dict[str, Any]:
    start, end = ranges[0] if ranges else USUAL
    overnight = end > DAY_MINUTES
    return {
        f"{day}_from": _clock(start),
        f"{day}_to": _clock(end - DAY_MINUTES if overnight else end),
        f"{day}_overnight": overnight,
    }


def _ends(ranges: tuple[Range, ...]) -> Iterator[int]:
    for start, end in ranges:
        yield start
        yield end - DAY_MINUTES if end > DAY_MINUTES else end


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
