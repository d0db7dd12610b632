"""What goes into a decision and what comes out. Data only: the rules are in decide.py."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from hub.lib.windows import Week, is_holiday
from messaging.reasons import REASONS
from messaging.states import QUEUED

SEND: Final = "send"
HOLD: Final = "hold"
REFUSE: Final = "refuse"


@dataclass(frozen=True, slots=True)
class Rules:
    """What an account has configured, at `version`. `countries` None is every country."""

    account_state: str
    zone: str
    country: str
    version: int
    hours_on: bool
    hours_clock: str
    week: Week
    unknown_zone_uses_account: bool
    over_limit: str
    receipts: bool
    default_sender: str | None
    transactional_granted: bool
    countries: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true now for the messages of one account: read once for the whole batch.

    `senders` maps an address in lower case to (address, id); `zones` a number to the zone of its
    contact; `prices` a country to micro-units a part; `free` is a test message, never billed.
    """

    opted_out: frozenset[str]
    zones: Mapping[str, str]
    senders: Mapping[str, tuple[str, str]]
    prices: Mapping[str, int]
    available: int | None = None
    currency: str = ""
    free: bool = False
    at_gate: bool = False
    holidays_of: Callable[[str, Any], bool] = field(default=is_holiday)


class Step(NamedTuple):
    """One line of the decision trail: which rule looked at which values and what it said."""

    step: str
    verdict: str
    rule: str
    values: dict[str, Any]


@dataclass(slots=True, eq=False)
class Decision:
    """The answer for one distinct case; equal messages of a batch share the same object.

    `until` is the next review of a hold, `closes` when the sending window ends (None: never).
    `price` is in micro-units for the whole message.
    """

    verdict: str
    reason: str | None
    parts: int
    encoding: str
    price: int
    source: str
    sender_id: str | None
    trail: list[Step]
    until: datetime | None = None
    closes: datetime | None = None

    @property
    def state(self) -> str:
        return REASONS[self.reason].state if self.reason else QUEUED

    @property
    def code(self) -> int | None:
        return REASONS[self.reason].code if self.reason else None

    @property
    def values(self) -> dict[str, Any]:
        """The values of the rule that decided, for the reason's sentence."""
        return self.trail[-1].values if self.trail and self.reason else {}

    def ending(self, last: Step, until: datetime | None = None) -> "Decision":
        """The same decision, ended otherwise by a rule that looks at more than one message."""
        trail = [*(step for step in self.trail if step.step != "limit"), last]
        return replace(self, verdict=last.verdict, reason=last.rule, until=until, trail=trail)
