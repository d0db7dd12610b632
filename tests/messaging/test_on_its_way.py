"""Between the gate and the carrier's answer a message belongs to nobody but its flight."""

from collections.abc import Iterator, Sequence

import pytest
from django.utils import timezone

from accounts.statements import cursor
from accounts.tenancy import scope, system
from hub.lib.ids import uuid7
from messaging import carriers, dispatch, outcome
from messaging.gateways.contract import Outcome, Pdu, Result, StoreReceipts
from messaging.models import Attempt, Route
from tests.conftest import worker
from tests.line import Line, route, work

__all__ = ["route"]

NUMBER = "+33655000010"
DUE = "UPDATE messaging_flight SET due = clock_timestamp() WHERE messages = %s::uuid[]"


class CutOff:
    """A carrier whose connection breaks after the bytes have left."""

    def __init__(self) -> None:
        self.seen: list[Pdu] = []

    def listen(self, store: StoreReceipts) -> None:
        """Nothing ever comes back."""

    def submit(self, pdus: Sequence[Pdu], deadline: float) -> list[Outcome]:
        self.seen += pdus
        raise ConnectionResetError


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Iterator[CutOff]:
    found = CutOff()
    monkeypatch.setitem(carriers.GATEWAYS, "cut off", lambda: found)
    with worker():
        made = Route.objects.create(name="Cut off", gateway="cut off", prefixes=[NUMBER[1:]])
        carriers.forget_ways()
    yield found
    with worker():
        Route.objects.filter(pk=made.pk).update(active=False)
        carriers.forget_ways()


def test_what_left_is_told_as_sending_kept_from_cancelling_and_closed_as_unknown(
    carrier: CutOff,
) -> None:
    line = Line()
    id_ = line.send(NUMBER)
    with worker():
        dispatch.drain()
    assert line.show(id_)["status"] == "processing"
    assert line.show(id_)["next_review"] is None
    headers = {"Authorization": line.key.header}
    body = '{"status": "cancelled"}'
    refused = line.client.put(
        f"/v1/messages/{id_}", body, content_type="application/json", headers=headers
    )
    assert refused.status_code == 404
    work()
    assert len(carrier.seen) == 1
    with worker(), system("the lease is over"):
        cursor().execute(DUE, [[id_]])
    line.becomes(id_, "enroute")
    assert len(carrier.seen) == 1
    assert line.events(id_) == ["message.unknown"]


def test_an_answer_to_an_earlier_try_does_not_take_a_message_out_of_the_queue() -> None:
    line = Line()
    id_ = line.send("+33612345608")  # throttled at first
    with worker():
        dispatch.dispatch_once()
        assert line.show(id_)["status"] == "queued"
        now = timezone.now()
        way = carriers.way_for("+33612345608", test=False)
        assert way is not None
        again = Outcome(id_, 1, Result.REFUSED)
        outcome.store(uuid7(), way, [again], left_at=now, awaited_until=now)
    line.becomes(id_, "delivered")


def test_a_late_refusal_ends_what_was_unknown_and_gives_the_money_back() -> None:
    line = Line()
    id_ = line.send("+33612345604")
    line.becomes(id_, "enroute")
    way = carriers.way_for("+33612345604", test=False)
    assert way is not None
    for _twice in range(2):
        with worker():
            now = timezone.now()
            refused = Outcome(id_, 1, Result.REFUSED, detail="1042")
            outcome.store(uuid7(), way, [refused], left_at=now, awaited_until=now)
    shown = line.show(id_)
    assert (shown["status"], shown["reason"]) == ("failed", "carrier_refused")
    with scope(line.account):
        assert [one.outcome for one in Attempt.unscoped.filter(message_id=id_)] == ["refused"]
    assert line.balances()["held"] == line.balances()["sales"] == 0
    assert line.events(id_) == ["message.unknown", "message.failed"]
