"""The activity log as its page shows it: days, entries in words, chips, links."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.activity import Filters
from accounts.activity_form import KINDS, FilterForm
from accounts.activity_words import (
    AREAS,
    CHANNELS,
    WORDS,
    ValueWords,
    actor_words,
    did,
    field_words,
    value_words,
)
from accounts.audit import MARKS, UNDOES
from accounts.models import SENT, Account, AuditEntry
from hub.lib.money import locale_of, show_when
from hub.lib.pages import Page

# A longer value opens on demand.
LONG: Final = 120


class ChangeRow(NamedTuple):
    """A field's value before and after; `long` when it is better folded away, `own` when it is
    what somebody wrote, in whatever language and direction."""

    field: str
    before: str
    after: str
    long: bool
    own: bool = False


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry in words."""

    id: str
    kind: str
    initials_of: str
    who: str
    did: str
    iso: str
    when: str
    clock: str
    channel: str
    address: str
    undo: bool
    changes: list[ChangeRow]


class Day(NamedTuple):
    """Entries of one day by the reader's clock."""

    label: str
    entries: list[ShownEntry]


class Chip(NamedTuple):
    """A filter in use, and the address of the log without it."""

    label: str
    url: str


class LogPage:
    """One page of the log for one reader."""

    def __init__(
        self,
        account: Account,
        query: QueryDict,
        filters: Filters,
        found: Page[AuditEntry],
        words: ValueWords,
    ) -> None:
        self.account, self.query, self.filters = account, query, filters
        self.found, self.words = found, words
        self.base = reverse("console:account_activity", args=[account.public_id])

    def days(self) -> list[Day]:
        def day_of(entry: AuditEntry) -> date:
            return timezone.localdate(entry.at)

        return [
            Day(day_words(day), [show_entry(entry, self.account, self.words) for entry in some])
            for day, some in groupby(self.found.rows, key=day_of)
        ]

    def chips(self, form: FilterForm) -> list[Chip]:
        """The filters in use, each removable."""
        return [Chip(label, self._url({name: ""})) for name, label in self._used(form)]

    @property
    def clear_url(self) -> str:
        return self.base

    @property
    def sent_url(self) -> str:
        """What was sent, requests of programs too; they are left out until asked for."""
        return self._url({"event": SENT})

    @property
    def newer_url(self) -> str:
        return self._url({"newer": self.found.newer}) if self.found.newer else ""

    @property
    def older_url(self) -> str:
        return self._url({"older": self.found.older}) if self.found.older else ""

    def export_url(self, name: str) -> str:
        address = reverse(f"console:account_activity_{name}", args=[self.account.public_id])
        return address + self._url({}).removeprefix(self.base)

    @property
    def csv_url(self) -> str:
        return self.export_url("csv")

    @property
    def jsonl_url(self) -> str:
        return self.export_url("jsonl")

    def _used(self, form: FilterForm) -> Iterator[tuple[str, str]]:
        used = self.filters
        if used.who:
            yield "who", _who_words(used.who, form)
        if used.area:
            yield "area", str(AREAS[used.area])
        if used.event:
            yield "event", str(WORDS[used.event].name)
        if used.text:
            yield "text", _("About “%(text)s…”") % {"text": used.text}
        if used.first:
            yield "first", _("From %(day)s") % {"day": _short(used.first)}
        if used.last:
            yield "last", _("To %(day)s") % {"day": _short(used.last)}

    def _url(self, changed: dict[str, str | None]) -> str:
        """This log with other parameters; cursors are dropped unless given."""
        kept = {name: str(self.query.get(name, "")) for name in FilterForm.base_fields}
        query = QueryDict(mutable=True)
        for name, value in {**kept, **changed}.items():
            if value:
                query[name] = value
        return f"{self.base}?{query.urlencode()}" if query else self.base


def show_entry(entry: AuditEntry, account: Account, words: ValueWords) -> ShownEntry:
    """The entry in the reader's words, by the reader's clock."""
    zone, language = timezone.get_current_timezone_name(), get_language() or "en"
    return ShownEntry(
        id=str(entry.pk),
        kind=entry.actor_kind,
        initials_of=entry.actor_label,
        who=actor_words(entry.actor_kind, entry.actor_label),
        did=did(entry.action, entry.subject),
        iso=entry.at.isoformat(timespec="seconds"),
        when=f"{show_when(entry.at, zone, language, 'long')} ({zone})",
        clock=clock_words(entry.at, zone),
        channel=str(CHANNELS.get(entry.channel, entry.channel)),
        address=entry.address or "",
        undo=UNDOES in entry.changes,
        changes=change_rows(entry, zone, words),
    )


def change_rows(entry: AuditEntry, zone: str, words: ValueWords) -> list[ChangeRow]:
    """What changed, field by field; what was nothing before and after is left out."""
    rows = []
    for field, pair in entry.changes.items():
        if field in MARKS or not isinstance(pair, list) or len(pair) != 2:
            continue
        before, after = (value_words(field, value, zone, words) for value in pair)
        if before != after or field.endswith(("secret", "password")):
            long = max(len(before), len(after)) > LONG
            own = before in pair or after in pair
            rows.append(ChangeRow(field_words(field), before, after, long, own))
    return rows


def day_words(day: date) -> str:
    """ "Monday 23 November 2026" in the reader's language, with a capital."""
    locale = locale_of(get_language() or "en")
    text = format_date(day, "EEEE d MMMM y", locale=locale)
    if locale.language == "fr" and day.day == 1:
        text = text.replace(" 1 ", " 1er ", 1)
    return text[:1].upper() + text[1:]


def clock_words(at: datetime, zone: str) -> str:
    """ "14:30:18 CET": the time with seconds and its zone."""
    local = at.astimezone(ZoneInfo(zone))
    name = local.strftime("%Z")
    named = name if name.isalpha() else f"UTC{local:%z}"[:9]
    return f"{local:%H:%M:%S} {named}"


def _who_words(who: str, form: FilterForm) -> str:
    kinds: dict[str, str | Promise] = dict(KINDS)
    if who in kinds:
        return str(kinds[who])
    people = dict(form.fields["who"].choices[-1][1])  # type: ignore[attr-defined]
    return str(people.get(who, who))


def _short(day: date) -> str:
    return format_date(day, "medium", locale=locale_of(get_language() or "en"))
