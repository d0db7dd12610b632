"""What a stored decision says, in the reader's language and the account's zone.

The sentences of reasons live in messaging.reasons; here are those of passed checks and of states
without a reason, and the words for the values that decided.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_timedelta, get_timezone_location
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import (
    get_language,
    gettext_lazy,
    ngettext_lazy,
    pgettext,
    pgettext_lazy,
)
from django.utils.translation import gettext as _

from accounts.access import ConsoleRequest
from accounts.models import Membership
from accounts.permissions import allows
from hub.lib.money import locale_of, show_money, show_number
from hub.lib.phones import mask, show
from messaging import states
from messaging.reasons import REASONS

Text = str | Promise
NOTHING: Final = "–"

# What the values of a decision are, by their names.
MONEY: Final = frozenset({"price", "available", "part"})
INSTANTS: Final = frozenset({"until", "expires", "closes"})
COUNTS: Final = frozenset({"cap", "used", "max"})

# Whose number and price a role does not need to see in full.
MASKED_ROLES: Final = frozenset({Membership.Role.BASIC})
# What the reader of an action's page must be allowed; an action nobody may follow is not shown.
ACTION_NEEDS: Final = {
    "console:account_general": "account.view",
    "console:numbers_settings": "sending.view",
    "console:numbers_active": "sending.view",
    "console:billing_subscription": "billing.view",
}


class Badge(NamedTuple):
    """A state as icon and word, never colour alone."""

    kind: str
    icon: str
    word: Text


BADGES: Final[dict[str, Badge]] = {
    states.SCHEDULED: Badge("pend", "calendar-clock", pgettext_lazy("message", "Scheduled")),
    states.HELD: Badge("pend", "clock", pgettext_lazy("message", "Held")),
    states.QUEUED: Badge("info", "send", pgettext_lazy("message", "Queued")),
    states.SENDING: Badge("info", "send", pgettext_lazy("message", "Sending")),
    states.SUBMITTED: Badge("info", "info", pgettext_lazy("message", "Sent")),
    states.DELIVERED: Badge("ok", "circle-check", pgettext_lazy("message", "Delivered")),
    states.FAILED: Badge("bad", "circle-x", pgettext_lazy("message", "Failed")),
    states.REJECTED: Badge("off", "circle-pause", pgettext_lazy("message", "Blocked")),
    states.EXPIRED: Badge("bad", "clock", pgettext_lazy("message", "Expired")),
    states.CANCELLED: Badge("off", "x", pgettext_lazy("message", "Cancelled")),
    states.UNKNOWN: Badge("pend", "circle-help", pgettext_lazy("message", "Not known")),
}

STEPS: Final[dict[str, Text]] = {
    "account": gettext_lazy("Account"),
    "validity": gettext_lazy("Validity"),
    "text": gettext_lazy("Text"),
    "sender": gettext_lazy("Sender"),
    "country": gettext_lazy("Country"),
    "opt_out": gettext_lazy("Opt-out"),
    "price": gettext_lazy("Price"),
    "schedule": gettext_lazy("Schedule"),
    "hours": gettext_lazy("Sending hours"),
    "balance": gettext_lazy("Balance"),
    "limit": gettext_lazy("SMS limit"),
    "route": gettext_lazy("Route"),
    "carrier": gettext_lazy("Carrier"),
    "receipt": gettext_lazy("Delivery receipt"),
}

# What a passed check says; checks that stop a message say the sentence of their reason.
CHECKS: Final[dict[tuple[str, str], Text]] = {
    ("text", "counted"): ngettext_lazy(
        "The text takes %(parts)s segment (%(encoding)s).",
        "The text takes %(parts)s segments (%(encoding)s).",
        "parts",
    ),
    ("sender", "named"): gettext_lazy("The sender %(source)s is registered for this account."),
    ("sender", "default"): gettext_lazy(
        "No sender was named, so the default one is used: %(source)s."
    ),
    ("country", "everywhere"): gettext_lazy("%(country)s: this account may send to every country."),
    ("country", "listed"): gettext_lazy("%(country)s is enabled for this account."),
    ("opt_out", "not_listed"): gettext_lazy("This person has not opted out."),
    ("opt_out", "confirmation"): gettext_lazy(
        "This is the one confirmation that may follow an opt-out."
    ),
    ("price", "test"): gettext_lazy("A test message costs nothing."),
    ("price", "listed"): ngettext_lazy(
        "%(parts)s segment at %(part)s.", "%(parts)s segments at %(part)s each.", "parts"
    ),
    ("hours", "off"): gettext_lazy("Sending hours are off: any hour is allowed."),
    ("hours", "transactional"): gettext_lazy("Transactional messages may leave at any hour."),
    ("hours", "confirmation"): gettext_lazy("A confirmation leaves at once, at any hour."),
    ("hours", "account_zone"): gettext_lazy("Open now by the account’s time zone (%(zones)s)."),
    ("hours", "contact_zone"): gettext_lazy("Open now by the contact’s time zone (%(zones)s)."),
    ("hours", "number_zones"): gettext_lazy("Open now wherever this number may be (%(zones)s)."),
    ("hours", "account_zone_for_unknown"): gettext_lazy(
        "The recipient’s time zone is not known; open now by the account’s (%(zones)s)."
    ),
    ("limit", "counted_when_sent"): gettext_lazy(
        "Segments count towards the limit when the message is sent."
    ),
}
NEAR: Final[dict[int, Text]] = {
    0: gettext_lazy("today"),
    1: gettext_lazy("tomorrow"),
    -1: gettext_lazy("yesterday"),
}
CLOSES: Final = gettext_lazy("The hours end %(closes)s.")

VERDICTS: Final[dict[str, Badge]] = {
    "pass": Badge("ok", "check", pgettext_lazy("check", "Passed")),
    "hold": Badge("pend", "clock", pgettext_lazy("check", "Holds it")),
    "refuse": Badge("bad", "circle-x", pgettext_lazy("check", "Stops it")),
    "end": Badge("bad", "circle-x", pgettext_lazy("check", "Ended it")),
}
# The limit is looked at when the message leaves; at the door nothing was found out about it.
LATER: Final = Badge("info", "clock", pgettext_lazy("check", "When sent"))


@dataclass(frozen=True, slots=True)
class Action:
    """A link that helps: words and address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the decision trail, in words."""

    step: str
    badge: Badge
    sentence: str


class _Words(dict[str, Any]):
    """Values of a sentence; what was not stored reads as a dash, never as an error."""

    def __missing__(self, key: str) -> Any:
        return 0 if key == "parts" else NOTHING


@dataclass(slots=True)
class Teller:
    """Speaks to one reader: language, the account's zone, and what the role may see."""

    zone: str
    role: str
    account_id: str
    language: str = field(default_factory=lambda: get_language() or "en")
    now: datetime = field(default_factory=timezone.now)
    # Tells what was said then: an instant that has passed is told as it was.
    history: bool = False
    _whens: dict[tuple[date, str], str] = field(default_factory=dict, repr=False)

    @classmethod
    def for_request(cls, request: ConsoleRequest) -> "Teller":
        return cls(timezone.get_current_timezone_name(), request.role, request.account.public_id)

    @property
    def masks(self) -> bool:
        """True when this reader sees numbers without their last digits."""
        return self.role in MASKED_ROLES

    def number(self, e164: str) -> str:
        return mask(e164) if self.masks else show(e164)

    def money(self, micro: int, currency: str) -> str:
        return show_money(micro, currency, self.language) if currency else NOTHING

    def clock(self, at: datetime, *, seconds: bool = False) -> str:
        """The wall clock of the account: "08:00"."""
        return self._local(at).strftime("%H:%M:%S" if seconds else "%H:%M")

    def day(self, at: datetime) -> str:
        """ "today", "tomorrow", "yesterday", else "3 December", with the year when it differs."""
        day, today = self.day_of(at), self.day_of(self.now)
        near = NEAR.get((day - today).days)
        if near:
            return str(near)
        skeleton = "MMMMd" if day.year == today.year else "yMMMMd"
        shown = _date_words(day, skeleton, self.language)
        if self.language.startswith("fr") and shown.startswith("1 "):
            shown = "1er" + shown[1:]
        # Translators: a date in a sentence, after a verb; French says "le 3 décembre".
        return pgettext("after a verb", "%(date)s") % {"date": shown}

    def day_of(self, at: datetime) -> date:
        return self._local(at).date()

    def short(self, day: date) -> str:
        """ "21 Nov" this year, "21 Nov 2025" in another."""
        skeleton = "MMMd" if day.year == self.day_of(self.now).year else "yMMMd"
        return _date_words(day, skeleton, self.language)

    def when(self, at: datetime) -> str:
        """In a sentence, after a verb: "tomorrow at 08:00"."""
        key = (self.day_of(at), self.clock(at))
        found = self._whens.get(key)
        if found is None:
            words = {"day": self.day(at), "time": key[1]}
            found = self._whens[key] = _("%(day)s at %(time)s") % words
        return found

    def soon(self, at: datetime) -> str:
        """As `when`, for what is awaited: an instant that has passed is due any moment."""
        return self.when(at) if self.history or at > self.now else _("in a moment")

    def span(self, length: timedelta) -> str:
        """A duration in one unit: "4 secs", "12 mins", "3 hrs"."""
        return _span_words(length // timedelta(seconds=1), self.language)

    def sentence(self, reason: str, values: dict[str, Any]) -> str:
        """The catalogue's sentence with the values that decided; the key of an unknown reason."""
        found = REASONS.get(reason)
        return str(found.sentence) % self._words(values) if found else reason

    def action(self, reason: str | None) -> Action | None:
        """The catalogue's way out, for a reader who may take it."""
        found = REASONS.get(reason or "")
        if found is None or found.action is None:
            return None
        name, _hash, anchor = found.action_url.partition("#")
        needed = ACTION_NEEDS.get(name)
        if needed and not allows(self.role, needed):
            return None
        url = reverse(name, kwargs={"account_id": self.account_id})
        return Action(str(found.action), f"{url}#{anchor}" if anchor else url)

    def checks(self, steps: list[dict[str, Any]]) -> list[Check]:
        """A stored trail, line by line."""
        return [self._check(step) for step in steps]

    def _check(self, step: dict[str, Any]) -> Check:
        name, rule, values = step["step"], step["rule"], step["values"]
        if step["verdict"] == "pass":
            text = self._passed(name, rule, values)
        else:
            text = self.sentence(rule, values)
        badge = LATER if rule == "counted_when_sent" else VERDICTS[step["verdict"]]
        return Check(str(STEPS.get(name, name)), badge, text)

    def _passed(self, name: str, rule: str, values: dict[str, Any]) -> str:
        found = CHECKS.get((name, rule))
        if found is None:
            return rule
        words = self._words(values)
        text = str(found % words)
        if name == "hours" and values.get("closes"):
            text += " " + str(CLOSES) % words
        return text

    def _words(self, values: dict[str, Any]) -> _Words:
        currency = str(values.get("currency") or "")
        return _Words({key: self._word(key, value, currency) for key, value in values.items()})

    def _word(self, key: str, value: Any, currency: str) -> Any:
        if value is None:
            return NOTHING
        if key in MONEY:
            return self.money(value, currency)
        if key in INSTANTS:
            at = datetime.fromisoformat(value)
            return self.when(at) if key == "closes" else self.soon(at)
        if key == "zones":
            return ", ".join(map(self.place, value))
        if key in COUNTS:
            return show_number(value, self.language)
        named = {"zone": self.place, "country": self.country}.get(key)
        return named(value) if named else value

    def place(self, zone: str) -> str:
        """The city a zone is named for, in the reader's language."""
        try:
            shown = get_timezone_location(zone, locale=locale_of(self.language), return_city=True)
        except LookupError:
            return zone
        return str(shown).rpartition("/")[2]

    def country(self, code: str) -> str:
        territories = locale_of(self.language).territories
        return str(territories.get(code) or _("Unknown country"))

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))


# A page words the same days and durations again and again, and Babel takes its time.
@lru_cache(maxsize=4096)
def _date_words(day: date, skeleton: str, language: str) -> str:
    return str(format_skeleton(skeleton, day, locale=locale_of(language)))


@lru_cache(maxsize=4096)
def _span_words(seconds: int, language: str) -> str:
    length = timedelta(seconds=seconds)
    return str(format_timedelta(length, format="short", threshold=1.5, locale=locale_of(language)))
