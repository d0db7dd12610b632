"""The form of sending hours: a row per weekday and one for public holidays, all errors at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.cards import Query, Text
from hub.lib.windows import DAYS, HOLIDAY, Range, Week, open_hours
from senders.heritable_form import HeritableForm, binding_field
from senders.hours_picture import day_names, day_words
from senders.models import SendingSettings
from senders.presets import BY_KEY, PROPOSAL
from senders.settings_above import HOURS

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


# Which rows the form has: weekdays together while they are alike, or every day on its own.
TOGETHER: Final = "together"
EACH: Final = "each"
WEEKDAYS: Final = "wd"
ROWS: Final = {
    TOGETHER: (WEEKDAYS, "sat", "sun", HOLIDAY),
    EACH: (*DAYS, HOLIDAY),
}
# Before an end that lies in the next day.
NEXT_DAY: Final = "+"


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A row of the form as the template shows it; `closed` is None for public holidays."""

    id: str
    label: str
    start: BoundField
    end: BoundField
    closed: BoundField | None
    mode: BoundField | None

    @property
    def has_errors(self) -> bool:
        return bool(self.start.errors or self.end.errors)


class TimeSelect(forms.Select):
    """Written in one go: sixteen selects of fifty options through templates took 40 ms."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        built = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        flat = format_html_join("", ' {}="{}"', built.items())
        return format_html("<select{}>{}</select>", flat, self._written(self.choices, str(value)))

    def _written(self, choices: Any, chosen: str) -> SafeString:
        written = ((self._one(value, label, chosen),) for value, label in choices)
        return format_html_join("", "{}", written)

    def _one(self, value: Any, label: Any, chosen: str) -> SafeString:
        if isinstance(label, list | tuple):
            group = self._written(label, chosen)
            return format_html('<optgroup label="{}">{}</optgroup>', value, group)
        picked = SafeString(" selected") if value == chosen else ""
        return format_html('<option value="{}"{}>{}</option>', value, picked, label)


class HoursForm(HeritableForm):
    """Every day has one stretch here; a week that has more says so in `extra`."""

    card = HOURS
    sets = card.sets
    switches = ("hours_on", card.binds)
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
    hours_locked_below = binding_field()

    def __init__(self, data: Any = None, *, query: Query | None = None, **kwargs: Any) -> None:
        asked = query or {}
        self.preset = BY_KEY.get(str(asked.get("preset", "")))
        self._asked = asked if data is None else data
        super().__init__(data, query=query, **kwargs)
        week = self.shown_week
        odd = {minute for ranges in (*week.days, week.holiday or ()) for minute in _ends(ranges)}
        starts = sorted({*range(0, DAY_MINUTES, STEP), *odd} - {DAY_MINUTES})
        ends = sorted({*range(STEP, DAY_MINUTES + 1, STEP), *odd} - {0})
        for row, name in self._named_rows():
            self._add_row(row, name, starts, ends)
        # The account's zone is worth its name, which only the instance knows.
        account_zone = _("the account time zone (%(zone)s)") % {"zone": self.account.time_zone}
        self.fields["hours_clock"].choices = [  # type: ignore[attr-defined]
            (SendingSettings.Clock.RECIPIENT.value, SendingSettings.Clock.RECIPIENT.label),
            (SendingSettings.Clock.ACCOUNT.value, account_zone),
        ]

    @property
    def was_never_set(self) -> bool:
        return not self.saved["week"]

    @property
    def shown_week(self) -> Week:
        """The week the unbound form shows: the preset's, the saved one, or a proposal."""
        if self.preset:
            return self.preset.week
        return PROPOSAL.week if self.was_never_set else Week.parse(self.saved["week"])

    @property
    def days(self) -> str:
        """TOGETHER or EACH: as asked for, but never together what is not alike."""
        alike = self.is_bound or len(set(self.shown_week.days[:5])) == 1
        return TOGETHER if alike and self._asked.get("days", TOGETHER) == TOGETHER else EACH

    @property
    def can_be_together(self) -> bool:
        """True when the days stand apart although weekdays are alike."""
        return self.days == EACH and len(set(self.shown_week.days[:5])) == 1

    def shown(self) -> dict[str, Any]:
        given = {name: self.saved[name] for name in self.sets if name != "week"}
        if self.preset:
            given |= {"hours_on": True, "hours_clock": self.preset.clock}
        week = self.shown_week
        for day, ranges in zip(DAYS, week.days, strict=True):
            given |= _row_values(day, ranges) | {f"{day}_closed": not ranges}
        weekdays = week.days[0]
        given |= _row_values(WEEKDAYS, weekdays) | {f"{WEEKDAYS}_closed": not weekdays}
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
        for row, name in self._named_rows():
            is_holiday = row == HOLIDAY
            yield HoursRow(
                row,
                name,
                self[f"{row}_from"],
                self[f"{row}_to"],
                None if is_holiday else self[f"{row}_closed"],
                self[f"{row}_mode"] if is_holiday else None,
            )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        for row, name in self._named_rows():
            if _has_hours(row, given):
                self._check_row(row, name)
        if self.errors:
            return given
        week = self._week(given)
        given["week"] = week.to_json()
        if given["hours_on"] and not open_hours(week):
            self.add_error(
                "hours_on",
                _("No hours are left: choose hours, or turn sending hours off."),
            )
        return given

    def _named_rows(self) -> list[tuple[str, str]]:
        days = day_words("wide")
        together = _("%(first)s to %(last)s") % {"first": days[0], "last": days[4]}
        names = dict(zip(DAYS, days, strict=True))
        names |= {WEEKDAYS: together, HOLIDAY: _("Public holidays")}
        return [(row, names[row][:1].upper() + names[row][1:]) for row in ROWS[self.days]]

    def _add_row(self, row: str, name: str, starts: list[int], ends: list[int]) -> None:
        def times(choices: list[Any]) -> forms.ChoiceField:
            wrong = _("%(day)s: choose a time from the list") % {"day": name}
            return forms.ChoiceField(
                label="",
                required=False,
                choices=choices,
                widget=TimeSelect,
                error_messages={"invalid_choice": wrong},
            )

        later = [(NEXT_DAY + _clock(end), _clock(end)) for end in ends if end < DAY_MINUTES]
        self.fields[f"{row}_from"] = times([(_clock(each), _clock(each)) for each in starts])
        self.fields[f"{row}_to"] = times(
            [*((_clock(each), _clock(each)) for each in ends), (_("The next day"), later)]
        )
        if row == HOLIDAY:
            self.fields[f"{row}_mode"] = forms.ChoiceField(label="", choices=HOLIDAY_MODES)
        else:
            self.fields[f"{row}_closed"] = forms.BooleanField(label="", required=False)

    def _check_row(self, row: str, name: str) -> None:
        given = self.cleaned_data
        start, end = given.get(f"{row}_from"), given.get(f"{row}_to")
        if start is None or end is None:
            return
        for field, value in ((f"{row}_from", start), (f"{row}_to", end)):
            if not value:
                self.add_error(field, _("%(day)s: choose a time from the list") % {"day": name})
        wrong = _wrong_stretch(start, end) if start and end else ""
        if wrong:
            told = wrong % {"day": name, "start": start, "end": end.removeprefix(NEXT_DAY)}
            self.add_error(f"{row}_to", ValidationError(told))

    def _week(self, given: dict[str, Any]) -> Week:
        """An end at or before its start is read as the next day's."""

        def hours(row: str) -> list[list[str]]:
            if not _has_hours(row, given):
                return []
            return [[given[f"{row}_from"], given[f"{row}_to"].removeprefix(NEXT_DAY)]]

        row_of = {day: day if day in ROWS[self.days] else WEEKDAYS for day in DAYS}
        stored: dict[str, Any] = {day: hours(row) for day, row in row_of.items()}
        same = given[f"{HOLIDAY}_mode"] == SAME
        return Week.parse({**stored, HOLIDAY: None if same else hours(HOLIDAY)})


def _wrong_stretch(start: str, end: str) -> str:
    if end.removeprefix(NEXT_DAY) == start:
        return _(
            "%(day)s: start and end are the same. Choose 00:00 to 24:00 for the whole day, or "
            "“No sending”"
        )
    if end.startswith(NEXT_DAY):
        if end.removeprefix(NEXT_DAY) > start:
            return _(
                "%(day)s: from %(start)s until %(end)s the next day is more than 24 hours. Choose "
                "an earlier end"
            )
        return ""
    if end < start:
        return _(
            "%(day)s: the end time must be later than the start time, or one of the next day, "
            "which stand below 24:00 in the list"
        )
    return ""


def _has_hours(row: str, given: dict[str, Any]) -> bool:
    if row == HOLIDAY:
        return bool(given.get(f"{row}_mode") == OWN)
    return not given.get(f"{row}_closed")


def _row_values(row: str, ranges: tuple[Range, ...]) -> dict[str, Any]:
    start, end = ranges[0] if ranges else USUAL
    late = end > DAY_MINUTES
    told = NEXT_DAY + _clock(end - DAY_MINUTES) if late else _clock(end)
    return {f"{row}_from": _clock(start), f"{row}_to": told}


def _ends(ranges: tuple[Range, ...]) -> Iterator[int]:
    for start, end in ranges:
        yield start
        yield end - DAY_MINUTES if end > DAY_MINUTES else end


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
