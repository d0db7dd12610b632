"""Between the gate and the carrier's answer a message belongs to nobody but its flight."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from django.utils import timezone

from accounts.statements import cursor
from accounts.tenancy import scope, system
from hub.lib.ids import uuid7
from messaging import carriers, dispatch, outcome
from messaging.gateways.contract import Outcome, Pdu, Result, StoreReceipts
from messaging.models import Attempt, Route
from messaging.sweeps import look_at_flights
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


class Overslept:
    """A carrier's session in a worker that sleeps until the night watch has given it up."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def listen(self, store: StoreReceipts) -> None:
        """Nothing ever comes back."""

    def submit(self, pdus: Sequence[Pdu], deadline: float) -> list[Outcome]:
        for pdu in pdus:
            come_due(pdu.message_id)
        look_at_flights()
        return [Outcome(pdu.message_id, pdu.epoch, self.result) for pdu in pdus]


@contextmanager
def connected(gateway: CutOff | Overslept) -> Iterator[None]:
    """`NUMBER` is reached by `gateway` alone."""
    name = f"odd {uuid7().hex[-8:]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(carriers.GATEWAYS, name, lambda: gateway)
        with worker():
            made = Route.objects.create(name=name, gateway=name, prefixes=[NUMBER[1:]])
            carriers.forget_ways()
        yield
        with worker():
            Route.objects.filter(pk=made.pk).update(active=False)
            carriers.forget_ways()


def come_due(id_: str) -> int:
    """The flight of this message is due now; how many there are."""
    with system("time goes by"):
        return cursor().execute(DUE, [[id_]]).rowcount


@pytest.fixture
def carrier() -> Iterator[CutOff]:
    found = CutOff()
    with connected(found):
        yield found


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
    with worker():
        come_due(id_)
    line.becomes(id_, "enroute")
    assert len(carrier.seen) == 1
    assert line.events(id_) == ["message.unknown"]


@pytest.mark.parametrize("result", [Result.NOT_WRITTEN, Result.THROTTLED])
def test_what_a_worker_learns_after_its_lease_does_not_stay_unknown_for_ever(
    result: Result,
) -> None:
    line = Line()
    id_ = line.send(NUMBER)
    with connected(Overslept(result)):
        with worker():
            dispatch.drain()
        assert line.show(id_)["status"] == "enroute"
        with worker():
            assert come_due(id_) == 1  # 72 hours later
            look_at_flights()
    shown = line.show(id_)
    assert (shown["status"], shown["reason"]) == ("failed", "unknown_closed")
    assert line.balances()["held"] == line.balances()["sales"] == 0


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
