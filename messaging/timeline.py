"""The story of one message for a reader: what happened when, what was checked, what it cost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hub.lib.money import show_when
from messaging import states
from messaging.models import Receipt, Route
from messaging.reasons import REASONS
from messaging.story import Story
from messaging.telling import BADGES, Badge, Check, Teller, Text

CHANNELS: Final[dict[str, Text]] = {
    "api": gettext_lazy("Through the API, with the key %(actor)s"),
    "console": gettext_lazy("From this console, by %(actor)s"),
    "email": gettext_lazy("By email, from %(actor)s"),
    "system": gettext_lazy("By %(actor)s itself, to confirm an opt-out"),
}
# What became of an attempt that did not end with the message.
OUTCOMES: Final[dict[str, Text]] = {
    "throttled": gettext_lazy("The carrier asked to wait, so it stood in line again."),
    "not_written": gettext_lazy("Nothing was handed over in time, so it stood in line again."),
}
RECEIPTS: Final[dict[str, Badge]] = {
    "delivered": Badge("ok", "circle-check", pgettext_lazy("receipt", "Delivered")),
    "failed": Badge("bad", "circle-x", pgettext_lazy("receipt", "Not delivered")),
    "expired": Badge("bad", "clock", pgettext_lazy("receipt", "Expired at the carrier")),
}
# Codes a receipt may bring, in our words (spec api-contract 5.1).
CODES: Final[dict[int, Text]] = {
    200: gettext_lazy("handed to a carrier"),
    210: gettext_lazy("the carrier took it"),
    211: gettext_lazy("the carrier is delivering it"),
    212: gettext_lazy("taken, delivery pending"),
    213: gettext_lazy("the carrier has scheduled it"),
    220: gettext_lazy("delivered"),
    221: gettext_lazy("delivered to the handset"),
    400: gettext_lazy("could not be delivered"),
    401: gettext_lazy("validity ended before delivery"),
    402: gettext_lazy("the carrier rejected it"),
    403: gettext_lazy("the carrier skipped it"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when (instant and words), a badge's look, title and text."""

    at: datetime
    shown: str
    kind: str
    icon: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """One decision: when it was made, and each check with what it said."""

    at: datetime
    shown: str
    checks: list[Check]


@dataclass(frozen=True, slots=True)
class RawReceipt:
    """A receipt as the carrier sent it, with our words for its code."""

    at: datetime
    shown: str
    carrier: str
    status: str
    code: int
    meaning: str


class Told:
    """A story in a reader's words."""

    def __init__(self, story: Story, teller: Teller) -> None:
        self.story = story
        self.teller = replace(teller, history=True)

    def timeline(self) -> list[Event]:
        """What happened, oldest first."""
        events = [
            self._accepted(),
            *self._decisions(),
            *self._attempts(),
            *self._receipts(),
            *self._ending(),
        ]
        return sorted(events, key=lambda event: event.at)

    def checked(self) -> list[Checked]:
        """The decision trail: each decision of a rule, oldest first."""
        return [
            Checked(at, self._shown(at), self.teller.checks(self._steps(told, number)))
            for number, told in enumerate(self.story.decisions)
            if not _came_from_outside(told)
            for at in [datetime.fromisoformat(told["at"])]
        ]

    def receipts(self) -> list[RawReceipt]:
        """The carrier's receipts as they came."""
        return [
            RawReceipt(one.received_at, self._shown(one.received_at), one.carrier, one.status,
                       one.code, str(CODES.get(one.code, _("not in our table"))))
            for one in self.story.receipts
        ]  # fmt: skip

    def price(self) -> str:
        """The cost of the message, and whether it is held, charged or given back."""
        message = self.story.message
        if message.test:
            return _("Nothing: a test message is never charged")
        shown = self.teller.money(message.price, self._currency())
        if message.state == states.REJECTED:
            return _("Nothing was charged")
        if message.state in states.FINAL and not self._billed():
            return _("Nothing was charged; %(price)s was given back") % {"price": shown}
        if message.state in (states.SUBMITTED, *states.FINAL):
            return _("%(price)s, charged") % {"price": shown}
        if message.state == states.UNKNOWN:
            return _("%(price)s, held until it is known what became of it") % {"price": shown}
        return _("%(price)s, held until it leaves") % {"price": shown}

    def encoding(self) -> str:
        for told in self.story.decisions:
            for step in told["steps"]:
                if "encoding" in step["values"]:
                    return str(step["values"]["encoding"])
        return ""

    def _billed(self) -> bool:
        reason = REASONS.get(self.story.message.reason or "")
        return reason is None or reason.billed

    def _currency(self) -> str:
        for told in self.story.decisions:
            for step in told["steps"]:
                if step["values"].get("currency"):
                    return str(step["values"]["currency"])
        return ""

    def _steps(self, told: dict[str, Any], number: int) -> list[dict[str, Any]]:
        """The steps of a decision; the gate asks no price, for it was fixed at the door."""
        hidden = number > 0 or (self.teller.masks and not self.story.message.test)
        return [step for step in told["steps"] if not (hidden and step["step"] == "price")]

    def _accepted(self) -> Event:
        batch = self.story.batch
        text = ""
        if batch is not None:
            text = str(CHANNELS.get(batch.channel, "%(actor)s")) % {"actor": batch.actor}
        return self._event(self.story.accepted_at, "info", "inbox", _("Accepted"), text)

    def _decisions(self) -> Iterator[Event]:
        for told in self.story.decisions:
            at = datetime.fromisoformat(told["at"])
            reason = told["reason"]
            if reason is None:
                yield self._event(
                    at, "ok", "check", _("Checked"), _("Every check passed: it may leave.")
                )
            elif not (_is_receipt(told) and self.story.receipts):
                badge = BADGES[REASONS[reason].state] if reason in REASONS else BADGES["held"]
                text = self.teller.sentence(reason, told["values"])
                yield self._event(at, badge.kind, badge.icon, str(badge.word), text)

    def _attempts(self) -> Iterator[Event]:
        tries = [(one.at, one.route_id, one.outcome) for one in self.story.attempts]
        routes = Route.objects.in_bulk({route for _at, route, _outcome in tries}) if tries else {}
        for number, (at, route_id, outcome) in enumerate(tries, start=1):
            route = routes.get(route_id)
            text = self._attempt(number, route.name if route else "", outcome)
            yield self._event(at, "info", "send", _("Handed to the carrier"), text)

    def _attempt(self, number: int, route: str, outcome: str) -> str:
        text = _("Try %(number)s by the route %(route)s.") % {"number": number, "route": route}
        ended = OUTCOMES.get(outcome)
        return f"{text} {ended}" if ended else text

    def _receipts(self) -> Iterator[Event]:
        for one in self.story.receipts:
            badge = RECEIPTS.get(one.status, RECEIPTS["failed"])
            yield self._event(
                one.received_at, badge.kind, badge.icon, str(badge.word), self._receipt(one)
            )

    def _receipt(self, one: Receipt) -> str:
        return _("The carrier’s receipt says: %(meaning)s (code %(code)s).") % {
            "meaning": CODES.get(one.code, one.status),
            "code": one.code,
        }

    def _ending(self) -> Iterator[Event]:
        """What only the row itself tells: the carrier's answer, or that no receipt came."""
        message = self.story.message
        if message.state != states.SUBMITTED:
            return
        badge = BADGES[states.SUBMITTED]
        text = (
            self.teller.sentence(message.reason, {})
            if message.reason
            else _("The carrier took it.")
        )
        yield self._event(message.updated_at, badge.kind, badge.icon, str(badge.word), text)

    def _event(self, at: datetime, kind: str, icon: str, title: str, text: str) -> Event:
        return Event(at, self._shown(at), kind, icon, title, text)

    def _shown(self, at: datetime) -> str:
        day = show_when(at, self.teller.zone, self.teller.language, "date")
        return f"{day}, {self.teller.clock(at, seconds=True)}"


def _came_from_outside(told: dict[str, Any]) -> bool:
    """True for what a carrier, a clock or a person decided: no rule was asked."""
    return bool(told["verdict"] == "end")


def _is_receipt(told: dict[str, Any]) -> bool:
    return bool(told["steps"] and told["steps"][0]["step"] == "receipt")
