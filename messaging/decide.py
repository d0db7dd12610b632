"""What may happen to a message now: PURE, and the only place that can refuse or hold one.

`Decider(rules, facts, now).decide(draft)` answers send, hold or refuse, and why. Door, gate,
page, dry run and worker all ask this. Reads no clock, no database and no setting of its own.
`RULES` at the end is the order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from hub.lib.places import Place, place_of
from hub.lib.segments import Segments, count
from hub.lib.windows import Clock, Week, is_zone
from messaging.decision import HOLD, REFUSE, SEND, Decision, Facts, Rules, Step
from messaging.draft import CONFIRMATION, TRANSACTIONAL, Draft

VALIDITY: Final = timedelta(days=7)
LONGEST_VALIDITY: Final = timedelta(days=30)
# A hold whose end cannot be foreseen is looked at again after this.
REVIEW: Final = timedelta(minutes=15)
NO_OPEN_MINUTE_REVIEW: Final = timedelta(days=1)


class Ask:
    """One question on its way through the rules."""

    __slots__ = (
        "clock",
        "closes",
        "draft",
        "encoding",
        "facts",
        "now",
        "opted_out",
        "parts",
        "place",
        "price",
        "rules",
        "sender_id",
        "source",
        "trail",
        "until",
        "zone",
    )

    def __init__(self, decider: "Decider", draft: Draft, place: Place, segments: Segments) -> None:
        self.rules, self.facts, self.now = decider.rules, decider.facts, decider.now
        self.clock = decider.clock
        self.draft, self.place = draft, place
        self.opted_out = draft.to in decider.facts.opted_out
        self.zone = decider.facts.zones.get(draft.to)
        self.parts, self.encoding = segments.parts, segments.encoding
        self.source = draft.source or ""
        self.sender_id: str | None = None
        self.price = 0
        self.until: datetime | None = None
        self.closes: datetime | None = None
        self.trail: list[Step] = []

    def ends(self, verdict: str, reason: str | None) -> Decision:
        return Decision(
            verdict,
            reason,
            self.parts,
            self.encoding,
            self.price,
            self.source,
            self.sender_id,
            self.trail,
            self.until,
            self.closes,
        )

    def passes(self, step: str, rule: str, **values: Any) -> None:
        self.trail.append(Step(step, "pass", rule, values))

    def stops(self, step: str, verdict: str, reason: str, **values: Any) -> str:
        if self.until is not None:
            values["until"] = self.until.isoformat()
        self.trail.append(Step(step, verdict, reason, values))
        return reason


Rule = Callable[[Ask], str | None]


def account_is_open(ask: Ask) -> str | None:
    state = ask.rules.account_state
    if state == "open":
        return None
    if state == "suspended" and ask.facts.at_gate:
        ask.until = ask.now + REVIEW
        return ask.stops("account", HOLD, "suspended_wait", state=state)
    if state == "closing" and ask.facts.at_gate:
        ask.until = ask.now + REVIEW
        return ask.stops("account", HOLD, "closing_wait", state=state)
    reason = "suspended" if state == "suspended" else "closed"
    return ask.stops("account", REFUSE, reason, state=state)


def validity_has_not_ended(ask: Ask) -> str | None:
    expires = ask.draft.expires
    if expires is None or expires > ask.now:
        return None
    return ask.stops("validity", REFUSE, "expired", expires=expires.isoformat())


def text_fits(ask: Ask) -> str | None:
    most = ask.draft.max_parts
    if most is not None and ask.parts > most:
        return ask.stops("text", REFUSE, "too_many_parts", parts=ask.parts, max=most)
    ask.passes("text", "counted", parts=ask.parts, encoding=ask.encoding)
    return None


def sender_is_ours(ask: Ask) -> str | None:
    named = ask.draft.source or ask.rules.default_sender
    if not named:
        return ask.stops("sender", REFUSE, "no_sender")
    found = ask.facts.senders.get(named.lower())
    if found is None:
        return ask.stops("sender", REFUSE, "sender_not_yours", source=named)
    ask.source, ask.sender_id = found
    ask.passes("sender", "named" if ask.draft.source else "default", source=ask.source)
    return None


def country_is_enabled(ask: Ask) -> str | None:
    country, allowed = ask.place.country or "?", ask.rules.countries
    if allowed is not None and country not in allowed:
        return ask.stops("country", REFUSE, "country_off", country=country)
    ask.passes("country", "everywhere" if allowed is None else "listed", country=country)
    return None


def recipient_has_not_opted_out(ask: Ask) -> str | None:
    if ask.draft.message_class == CONFIRMATION:
        ask.passes("opt_out", "confirmation")
        return None
    if ask.opted_out:
        return ask.stops("opt_out", REFUSE, "opted_out")
    ask.passes("opt_out", "not_listed")
    return None


def price_is_known(ask: Ask) -> str | None:
    if ask.facts.free:
        ask.passes("price", "test")
        return None
    prices, country = ask.facts.prices, ask.place.country or "?"
    part = prices.get(country, prices.get("*"))
    if part is None:
        return ask.stops("price", REFUSE, "no_price", country=country)
    ask.price = part * ask.parts
    ask.passes("price", "listed", part=part, parts=ask.parts, currency=ask.facts.currency)
    return None


def schedule_has_come(ask: Ask) -> str | None:
    at = ask.draft.scheduled
    if at is None or at <= ask.now:
        return None
    ask.until = at
    return ask.stops("schedule", HOLD, "scheduled")


def hours_are_open(ask: Ask) -> str | None:
    """The sending window, open in EVERY zone the recipient may be in; unknown is never open."""
    rules = ask.rules
    if not rules.hours_on:
        ask.passes("hours", "off")
        return None
    if ask.draft.message_class == CONFIRMATION:
        ask.passes("hours", "confirmation")
        return None
    if _exempt(ask):
        ask.passes("hours", "transactional")
        return None
    zones, rule = _zones(ask)
    if not zones:
        ask.until = ask.now + REVIEW
        return ask.stops("hours", HOLD, "zone_unknown", country=ask.place.country)
    holidays = rules.country if rules.hours_clock == "account" else ask.place.country or ""
    clock = ask.clock(holidays)
    if clock.open(zones):
        ask.closes = clock.closes_at(zones)
        ask.passes(
            "hours",
            rule,
            zones=list(zones[:4]),
            version=rules.version,
            closes=ask.closes.isoformat() if ask.closes else None,
        )
        return None
    return _outside(ask, clock, zones, rule)


def _outside(ask: Ask, clock: Clock, zones: tuple[str, ...], rule: str) -> str:
    opens = clock.next_open(zones)
    ask.until = opens or ask.now + NO_OPEN_MINUTE_REVIEW
    reason = "outside_hours"
    if opens is None:
        alone = any(clock.next_open((zone,)) for zone in zones)
        reason = "zones_disagree" if alone and len(zones) > 1 else "never_open"
    closed = next((zone for zone in zones if not clock.open((zone,))), zones[0])
    return ask.stops(
        "hours",
        HOLD,
        reason,
        zone=closed,
        local=_wall_clock(ask.now, closed),
        zones=list(zones[:4]),
        by=rule,
        version=ask.rules.version,
    )


def _wall_clock(now: datetime, zone: str) -> str:
    return now.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def _exempt(ask: Ask) -> bool:
    """Transactional is a right: the door asked the key's scope, here it is the staff's grant."""
    return ask.draft.message_class == TRANSACTIONAL and ask.rules.transactional_granted


def _zones(ask: Ask) -> tuple[tuple[str, ...], str]:
    """A zone that tzdata does not have is as good as none."""
    own = (ask.rules.zone,) if is_zone(ask.rules.zone) else ()
    if ask.rules.hours_clock == "account":
        return own, "account_zone"
    if ask.zone and is_zone(ask.zone):
        return (ask.zone,), "contact_zone"
    if ask.place.zones:
        return ask.place.zones, "number_zones"
    if ask.rules.unknown_zone_uses_account:
        return own, "account_zone_for_unknown"
    return (), "unknown"


# What can hold or refuse a message, in this order. After these come, for the whole request, the
# balance (`cover` below, at the door) and, message by message, the limit (`Room`, at the gate).
RULES: Final[tuple[Rule, ...]] = (
    account_is_open,
    validity_has_not_ended,
    text_fits,
    sender_is_ours,
    country_is_enabled,
    recipient_has_not_opted_out,
    price_is_known,
    schedule_has_come,
    hours_are_open,
)


@lru_cache(maxsize=256)
def _clock(
    week: Week, second: datetime, country: str, holidays_of: Callable[[str, date], bool]
) -> Clock:
    """One clock for every batch of a second: hours open and close at whole minutes."""
    return Clock(week, second, lambda day: holidays_of(country, day))


class Decider:
    """Decides for the messages of one account at one instant; equal cases are decided once."""

    def __init__(self, rules: Rules, facts: Facts, now: datetime) -> None:
        self.rules, self.facts, self.now = rules, facts, now
        self._second = now.replace(microsecond=0)
        self._known: dict[tuple[Any, ...], Decision] = {}
        self._texts: dict[str, Segments] = {}

    def clock(self, country: str) -> Clock:
        """The week's clock with the public holidays of `country`."""
        return _clock(self.rules.week, self._second, country, self.facts.holidays_of)

    def decide(self, draft: Draft) -> Decision:
        """Total: every draft gets a decision. At most 10 us a message in a batch (bench)."""
        place = place_of(draft.to)
        segments = self._texts.get(draft.body)
        if segments is None:
            segments = self._texts[draft.body] = count(draft.body)
        expires = draft.expires
        if self.facts.at_gate and expires is not None and expires > self.now:
            expires = None  # at the gate it only matters whether it has ended
        key = (
            place.prefix,
            segments.parts,
            segments.encoding,
            draft.source,
            draft.to in self.facts.opted_out,
            self.facts.zones.get(draft.to),
            draft.message_class,
            draft.scheduled,
            expires,
            draft.max_parts,
        )
        decision = self._known.get(key)
        if decision is None:
            decision = self._known[key] = self._judge(Ask(self, draft, place, segments))
        return decision

    @staticmethod
    def _judge(ask: Ask) -> Decision:
        for rule in RULES:
            reason = rule(ask)
            if reason is not None:
                return ask.ends(ask.trail[-1].verdict, reason)
        ask.passes("limit", "counted_when_sent")
        return ask.ends(SEND, None)


def cover(decisions: list[Decision], facts: Facts) -> list[Decision]:
    """All or none: when the wallet cannot cover the whole request its messages share that fate."""
    if facts.free:
        return decisions
    total = sum(decision.price for decision in decisions if decision.verdict != REFUSE)
    if total == 0 or (facts.available is not None and total <= facts.available):
        return decisions
    values = {"price": total, "available": facts.available or 0, "currency": facts.currency}
    last = Step("balance", REFUSE, "no_balance", values)
    unpaid = {id(one): one.ending(last) for one in decisions if one.verdict != REFUSE}
    return [unpaid.get(id(one), one) for one in decisions]


@dataclass(slots=True)
class Limit:
    """What is left in one counter; the accounts that count in it share this object."""

    left: int
    cap: int
    used: int
    period: str
    resets: datetime
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Room:
    """What an account may still send: its own limits and its ancestors'. None is no limit."""

    limits: tuple[Limit, ...] = ()

    def admit(self, decision: Decision, over_limit: str) -> Decision:
        """The decision itself when its parts fit everywhere, which takes them; else held until
        the last of the full counters resets, or refused."""
        parts = decision.parts
        full = [limit for limit in self.limits if limit.taken + parts > limit.left]
        if not full:
            for limit in self.limits:
                limit.taken += parts
            return decision
        last = max(full, key=lambda limit: limit.resets)
        values = {"cap": last.cap, "used": last.used + last.taken, "period": last.period}
        if over_limit != "hold":
            return decision.ending(Step("limit", REFUSE, "limit_reached", values))
        values["until"] = last.resets.isoformat()
        return decision.ending(Step("limit", HOLD, "limit_held", values), last.resets)


def expiry(draft: Draft, now: datetime) -> datetime:
    """When a message is given up: as asked, else 7 days from its due time; 30 at the longest."""
    due = max(draft.scheduled or now, now)
    return min(draft.expires or due + VALIDITY, due + LONGEST_VALIDITY)
