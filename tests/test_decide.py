"""The decision: total, pure, in one order, and right about the hours by another library's clock."""

import copy
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import pytest
import pytz
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.lib.places import place_of
from hub.lib.windows import DAYS, Week
from messaging.decide import LONGEST_VALIDITY, Decider, Limit, Room, cover, expiry
from messaging.decision import HOLD, REFUSE, SEND, Decision, Facts, Rules, Step
from messaging.draft import Draft
from messaging.reasons import REASONS
from messaging.states import FINAL, HELD, QUEUED, SCHEDULED

NUMBERS: Final = (
    "+33612345670", "+12025550123", "+18765550123", "+88161234567", "+61412345678", "+99912345678",
    "+5511987654321", "+79161234567", "+262692123456", "+10000000", "+123456789012345",
)  # fmt: skip
ZONES: Final = (
    "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Africa/Casablanca", "America/St_Johns", "Pacific/Apia", "Pacific/Chatham",
    "America/Sao_Paulo", "Asia/Tehran", "UTC",
)  # fmt: skip
NO_ZONES: Final = ("Mars/Olympus", "../etc/passwd", "x", "Europe", "\0")
ORDER: Final = (
    "account", "validity", "text", "sender", "country", "opt_out", "price", "schedule", "hours",
    "limit", "balance",
)  # fmt: skip

clocks = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{half % 2 * 30:02}")
ranges = st.lists(st.tuples(clocks, clocks).filter(lambda r: r[0] != r[1]).map(list), max_size=2)


def parsed(found: dict[str, Any]) -> Week | None:
    try:
        return Week.parse(found)
    except ValueError:
        return None


weeks = (
    st.fixed_dictionaries(dict.fromkeys(DAYS, ranges), optional={"hol": ranges})
    .map(parsed)
    .filter(lambda week: week is not None)
)
instants = st.integers(
    int(datetime(2025, 1, 1, tzinfo=UTC).timestamp()),
    int(datetime(2031, 1, 1, tzinfo=UTC).timestamp()),
).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
rules = st.builds(
    Rules,
    account_state=st.sampled_from(["open"] * 9 + ["suspended", "closing", "closed"]),
    zone=st.sampled_from([*ZONES, "Mars/Olympus"]),
    country=st.sampled_from(["FR", "US", "ZZ", ""]),
    version=st.integers(0, 9),
    hours_on=st.booleans(),
    hours_clock=st.sampled_from(["account", "recipient"]),
    week=weeks | st.just(Week.always()),
    unknown_zone_uses_account=st.booleans(),
    over_limit=st.sampled_from(["hold", "discard"]),
    receipts=st.booleans(),
    default_sender=st.sampled_from([None, "VERDIER", "VERDIER", "GONE"]),
    transactional_granted=st.booleans(),
    countries=st.sampled_from(
        [None, None, None, frozenset(), frozenset({"FR"}), frozenset({"FR", "US", "?"})]
    ),
)
facts = st.builds(
    Facts,
    opted_out=st.sets(st.sampled_from(NUMBERS), max_size=2).map(frozenset),
    zones=st.dictionaries(
        st.sampled_from(NUMBERS), st.sampled_from([*ZONES, *NO_ZONES]), max_size=3
    ),
    senders=st.sampled_from(
        [{}, *[{"verdier": ("VERDIER", "0199f0a0-0000-7000-8000-000000000001")}] * 3]
    ),
    prices=st.sampled_from([{}, {"*": 45_000}, {"*": 45_000}, {"FR": 45_000, "US": 0}]),
    available=st.none() | st.integers(-1, 10**6),
    currency=st.sampled_from(["EUR", ""]),
    free=st.booleans(),
    at_gate=st.booleans(),
)  # fmt: skip


@st.composite
def questions(draw: st.DrawFn) -> tuple[Rules, Facts, datetime, Draft]:
    now = draw(instants)
    near = st.none() | st.integers(-(10**6), 10**7).map(lambda s: now + timedelta(seconds=s))
    draft = Draft(
        to=draw(st.sampled_from(NUMBERS)),
        body=draw(st.text(min_size=1, max_size=200) | st.just("a" * 5000)),
        source=draw(st.sampled_from([None, "VERDIER", "verdier", "İ", "AUTRE"])),
        scheduled=draw(near),
        expires=draw(near),
        message_class=draw(st.sampled_from(["standard", "transactional"])),
        max_parts=draw(st.none() | st.integers(1, 3)),
    )
    found = draw(facts)
    theirs = draw(st.sampled_from([None, *ZONES, *NO_ZONES]))
    if theirs:
        found = replace(found, zones={**found.zones, draft.to: theirs})
    return draw(rules), found, now, draft


def told(decision: Decision) -> tuple[Any, ...]:
    return tuple(getattr(decision, name) for name in Decision.__slots__)


often = settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@given(questions())
@often
def test_every_question_has_an_answer_that_makes_sense(question: Any) -> None:
    rules_, facts_, now, draft = question
    found = Decider(rules_, facts_, now).decide(draft)
    assert found.verdict in (SEND, HOLD, REFUSE)
    assert found.parts >= 1
    assert found.price >= 0
    if found.verdict == SEND:
        assert found.reason is None
        assert (found.until, found.state) == (None, QUEUED)
        assert found.closes is None or found.closes > now
        return
    reason = REASONS[found.reason or ""]
    assert found.trail[-1].rule == reason.key
    assert found.code == reason.code
    if found.verdict == HOLD:
        assert found.until is not None
        assert found.until > now
        assert reason.state in (HELD, SCHEDULED)
    else:
        assert found.until is None
        assert reason.state in FINAL


@given(questions())
@often
def test_the_sentence_of_a_reason_finds_all_its_values(question: Any) -> None:
    rules_, facts_, now, draft = question
    found = Decider(rules_, facts_, now).decide(draft)
    if found.reason:
        sentence = str(REASONS[found.reason].sentence)
        assert set(re.findall(r"%\((\w+)\)s", sentence)) <= found.values.keys()


@given(questions())
@often
def test_the_trail_keeps_the_order_of_the_rules(question: Any) -> None:
    rules_, facts_, now, draft = question
    steps = [step.step for step in Decider(rules_, facts_, now).decide(draft).trail]
    assert all(ORDER.index(one) < ORDER.index(other) for one, other in pairwise(steps))
    assert steps


@given(question=questions())
@often
def test_the_same_question_has_the_same_answer_at_any_time_and_changes_nothing(
    question: Any, django_db_blocker: Any
) -> None:
    rules_, facts_, now, draft = question
    before = copy.deepcopy((facts_.opted_out, dict(facts_.zones), dict(facts_.prices), draft))
    locked = Facts(
        opted_out=facts_.opted_out, zones=MappingProxyType(facts_.zones),
        senders=MappingProxyType(facts_.senders), prices=MappingProxyType(facts_.prices),
        available=facts_.available, currency=facts_.currency, free=facts_.free,
        at_gate=facts_.at_gate,
    )  # fmt: skip
    with django_db_blocker.block():
        with time_machine.travel(datetime(2031, 7, 1, tzinfo=UTC)):
            first = Decider(rules_, facts_, now).decide(draft)
        with time_machine.travel(datetime(1999, 1, 1, tzinfo=UTC)):
            other = Decider(rules_, locked, now)
            other.decide(Draft(to="+33600000000", body="another"))
            second = other.decide(draft)
            assert other.decide(draft) is second
    assert told(first) == told(second)
    after = (facts_.opted_out, dict(facts_.zones), dict(facts_.prices), draft)
    assert after == before


@given(questions(), st.lists(st.integers(0, 3), max_size=6))
@often
def test_messages_of_a_batch_are_decided_as_if_alone(question: Any, others: list[int]) -> None:
    rules_, facts_, now, draft = question
    together = Decider(rules_, facts_, now)
    for number in others:
        together.decide(Draft(to=NUMBERS[number], body=draft.body, source=draft.source))
    assert told(together.decide(draft)) == told(Decider(rules_, facts_, now).decide(draft))


# -- the order: the first rule that objects is the one that is told ------------------------------

NOON: Final = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
CALM: Final[dict[str, Any]] = {
    "account_state": "open", "zone": "Europe/Paris", "country": "FR", "version": 1,
    "hours_on": False, "hours_clock": "account", "week": Week.parse({}),
    "unknown_zone_uses_account": False, "over_limit": "hold", "receipts": True,
    "default_sender": "VERDIER", "transactional_granted": False, "countries": None,
}  # fmt: skip
KNOWN: Final[dict[str, Any]] = {
    "opted_out": frozenset(), "zones": {}, "senders": {"verdier": ("VERDIER", "1")},
    "prices": {"*": 1}, "available": 10, "currency": "EUR",
}  # fmt: skip
# Each takes away one objection, the first first.
OBJECTIONS: Final[list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]]] = [
    ("closed", {"account_state": "closed"}, {}, {}),
    ("expired", {}, {}, {"expires": NOON}),
    ("too_many_parts", {}, {}, {"max_parts": 1}),
    ("sender_not_yours", {}, {}, {"source": "AUTRE"}),
    ("country_off", {"countries": frozenset()}, {}, {}),
    ("opted_out", {}, {"opted_out": frozenset({"+33612345670"})}, {}),
    ("no_price", {}, {"prices": {}}, {}),
    ("scheduled", {}, {}, {"scheduled": NOON + timedelta(hours=1)}),
    ("never_open", {"hours_on": True}, {}, {}),
]


@pytest.mark.parametrize("count", range(len(OBJECTIONS)))
def test_the_first_rule_that_objects_is_told(count: int) -> None:
    rules_, facts_, draft = dict(CALM), dict(KNOWN), {"to": "+33612345670", "body": "a" * 200}
    for _reason, of_rules, of_facts, of_draft in OBJECTIONS[count:]:
        rules_ |= of_rules
        facts_ |= of_facts
        draft |= of_draft
    found = Decider(Rules(**rules_), Facts(**facts_), NOON).decide(Draft(**draft))
    assert found.reason == OBJECTIONS[count][0]


def test_without_an_objection_it_is_sent() -> None:
    found = Decider(Rules(**CALM), Facts(**KNOWN), NOON).decide(Draft("+33612345670", "a"))
    assert (found.verdict, found.reason, found.source, found.price) == (SEND, None, "VERDIER", 1)


# -- what looks at more than one message -----------------------------------------------------------


@given(st.lists(questions(), min_size=1, max_size=3), st.none() | st.integers(0, 10**6))
@often
def test_a_wallet_covers_all_or_none(asked: list[Any], available: int | None) -> None:
    rules_, facts_, now, _draft = asked[0]
    facts_ = Facts(
        opted_out=facts_.opted_out, zones=facts_.zones, senders=facts_.senders,
        prices=facts_.prices, available=available, currency="EUR", free=facts_.free,
    )  # fmt: skip
    decider = Decider(rules_, facts_, now)
    before = [decider.decide(draft) for *_rest, draft in asked]
    after = cover(before, facts_)
    cost = sum(one.price for one in after if one.verdict != REFUSE)
    assert facts_.free or cost == 0 or cost <= (available or 0)
    unpaid = [one.reason == "no_balance" for one in after]
    payable = [one.verdict != REFUSE for one in before]
    assert unpaid in ([False] * len(before), payable)


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 30)), max_size=4),
    st.lists(st.integers(1, 8), max_size=30),
    st.sampled_from(["hold", "discard"]),
)
@often
def test_room_is_never_overdrawn_and_never_left_when_a_message_fits(
    counters: list[tuple[int, int]], sizes: list[int], over_limit: str
) -> None:
    limits = tuple(
        Limit(left, left + used, used, f"2026-11-{n + 1:02}", NOON + timedelta(days=n + 1))
        for n, (left, used) in enumerate(counters)
    )
    room, tightest, taken = Room(limits), min((left for left, _ in counters), default=None), 0
    for parts in sizes:
        whole = Decision(SEND, None, parts, "GSM-7", 0, "", None, [Step("limit", "pass", "x", {})])
        found = room.admit(whole, over_limit)
        fits = tightest is None or taken + parts <= tightest
        assert (found is whole) == fits
        taken += parts if fits else 0
        if not fits:
            assert found.reason == ("limit_held" if over_limit == "hold" else "limit_reached")
            assert found.until in (
                [one.resets for one in limits if one.left < taken + parts]
                if over_limit == "hold"
                else [None]
            )
    assert all(limit.taken == taken for limit in limits)


@given(questions())
@often
def test_every_message_ends_some_day_and_never_before_now_by_itself(question: Any) -> None:
    _rules, _facts, now, draft = question
    ends = expiry(draft, now)
    assert ends <= max(now, draft.scheduled or now) + LONGEST_VALIDITY
    assert ends > now or ends == draft.expires


# -- the hours, by another library's clock --------------------------------------------------


def open_by_pytz(week: Week, zone: str, at: datetime) -> bool:
    """Whether `at` is inside the week's ranges by pytz' wall clock; no holidays."""
    local = at.astimezone(pytz.timezone(zone))
    minute = local.hour * 60 + local.minute
    today, yesterday = week.days[local.weekday()], week.days[local.weekday() - 1]
    return any(start <= minute < end for start, end in today) or any(
        minute + 1440 < end for _start, end in yesterday
    )


changes = st.sampled_from(
    [
        (zone, change.replace(tzinfo=UTC))
        for zone in ZONES
        for change in getattr(pytz.timezone(zone), "_utc_transition_times", [])
        if 2025 <= change.year <= 2030
    ]
)
near_a_change = st.tuples(changes, st.integers(-180, 180)).map(
    lambda found: (found[0][0], found[0][1] + timedelta(minutes=found[1]))
)
anywhere = st.tuples(st.sampled_from(ZONES), instants)


@given(near_a_change | anywhere, weeks)
@often
def test_the_hours_agree_with_pytz_at_every_clock_change(
    where: tuple[str, datetime], week: Week
) -> None:
    zone, now = where
    week = Week(week.days)
    asked = {**CALM, "zone": zone, "hours_on": True, "week": week, "country": ""}
    found = Decider(Rules(**asked), Facts(**KNOWN), now).decide(Draft("+33612345670", "a"))
    assert (found.verdict == SEND) == open_by_pytz(week, zone, now)
    if found.reason == "outside_hours" and found.until is not None:
        assert open_by_pytz(week, zone, found.until)
        assert not open_by_pytz(week, zone, found.until - timedelta(minutes=1))
    if found.closes is not None:
        assert not open_by_pytz(week, zone, found.closes)
        assert open_by_pytz(week, zone, found.closes - timedelta(minutes=1))


@pytest.mark.parametrize("name", NO_ZONES)
def test_a_zone_nobody_knows_is_no_zone_and_nothing_is_sent_on_it(name: str) -> None:
    calm = {**CALM, "hours_on": True, "week": Week.always(), "unknown_zone_uses_account": True}
    satellite, french = Draft("+88161234567", "a"), Draft("+33612345670", "a")
    theirs = Facts(**{**KNOWN, "zones": {"+88161234567": name, "+33612345670": name}})
    recipient = Rules(**{**calm, "hours_clock": "recipient"})
    assert Decider(recipient, theirs, NOON).decide(french).trail[-2].rule == "number_zones"
    assert Decider(recipient, theirs, NOON).decide(satellite).verdict == SEND
    for clock, draft in (("account", french), ("recipient", satellite)):
        ours = Rules(**{**calm, "zone": name, "hours_clock": clock})
        assert Decider(ours, theirs, NOON).decide(draft).reason == "zone_unknown"


@pytest.mark.parametrize("to", NUMBERS)
def test_a_recipient_is_sent_to_only_when_all_their_zones_are_open(to: str) -> None:
    zones = place_of(to).zones
    asked = {**CALM, "hours_on": True, "hours_clock": "recipient", "country": ""}
    week = Week.parse({day: [["08:00", "20:00"]] for day in DAYS})
    for hour in range(24):
        now = NOON.replace(hour=hour)
        decider = Decider(Rules(**{**asked, "week": week}), Facts(**KNOWN), now)
        found = decider.decide(Draft(to, "a"))
        every = bool(zones) and all(open_by_pytz(week, zone, now) for zone in zones)
        assert (found.verdict == SEND) == every
        assert zones or found.reason == "zone_unknown"
