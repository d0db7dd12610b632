"""What the gate would add now to a decision at the door: a missing route, a limit that is full.

For the dry run: it reads, and neither locks nor counts.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from accounts.models import Account
from accounts.statements import cursor
from messaging.carriers import way_for
from messaging.decide import Limit, Room
from messaging.decision import REFUSE, SEND, Decision, Step
from messaging.draft import Draft
from senders import meters
from senders.models import SendingSettings

ABOVE: Final = "SELECT period, cap, used, resets FROM limits_above(%s, %s)"
NO_ROUTE: Final = Step("route", REFUSE, "no_route", {})


def look_ahead(
    account: UUID,
    drafts: Sequence[Draft],
    decisions: Sequence[Decision],
    over_limit: str,
    now: datetime,
) -> list[Decision]:
    """The same decisions, those to send ended as the gate would end them, one after the other.

    What waits already is left as it is: by then there may be room. Needs the account's scope.
    """
    room = Room(tuple(_limits(account, now)))
    return [
        _at_the_gate(draft, decision, room, over_limit)
        for draft, decision in zip(drafts, decisions, strict=True)
    ]


def _at_the_gate(draft: Draft, decision: Decision, room: Room, over_limit: str) -> Decision:
    if decision.verdict != SEND:
        return decision
    if way_for(draft.to, test=False) is None:
        return decision.ending(NO_ROUTE)
    return room.admit(decision, over_limit)


def _limits(account_id: UUID, now: datetime) -> Iterator[Limit]:
    """The account's own limits, then those of the accounts above, that are set."""
    account = Account.objects.get(pk=account_id)
    settings = SendingSettings.objects.for_account(account).first() or SendingSettings()
    periods = (meters.day_of(account, now), meters.month_of(account, now))
    for meter, period in zip(meters.read(account, settings, now), periods, strict=True):
        if meter.limit is not None:
            left = meter.limit - meter.used
            yield Limit(left, meter.limit, meter.used, period.key, meter.resets)
    if account.parent_id is not None:
        for key, cap, used, resets in cursor().execute(ABOVE, [account_id, now]):
            yield Limit(cap - used, cap, used, key, resets)
