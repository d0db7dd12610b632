"""One message from HTTP to the carrier and back, and its ways to fail.

Outcomes are read at stable edges: HTTP answers, the carrier's own book, the ledger, the outbox.
"""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from standardwebhooks import Webhook

from accounts.audit import CLOCK
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from apisettings import deliver
from apisettings.actions import save_webhook
from apisettings.models import Event
from billing.balance import balance_of
from billing.models import LedgerTransaction
from hub.lib.ids import uuid7
from messaging import carriers, inbound, outcome
from messaging.gateways.contract import Outcome, Result
from messaging.models import Message, Route
from senders.models import InboundHandle, Sender
from tests.apisettings.receiver import receiver
from tests.conftest import worker
from tests.line import ALWAYS, NEVER, PRICE, Line, route, work
from tests.make import EURO, fund, make_account, make_key, opt_out

__all__ = ["route"]


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def pdus(book: Any) -> Callable[[str], list[dict[str, Any]]]:
    """The carrier's own book: every PDU that was written for a message."""

    def found(id_: str) -> list[dict[str, Any]]:
        lines = book.read_text().splitlines() if book.exists() else []
        entries = [json.loads(line) for line in lines]
        return [entry for entry in entries if entry["kind"] == "pdu" and entry["id"] == id_]

    return found


def test_a_message_goes_from_the_api_to_the_carrier_and_comes_back_delivered(line, pdus) -> None:
    id_ = line.send("+33612345670", metadata={"order": "4471"})
    assert line.balances()["held"] == PRICE
    found = line.becomes(id_, "delivered")
    assert found["metadata"] == {"order": "4471"}
    [pdu] = pdus(id_)
    assert (pdu["source"], pdu["destination"], pdu["text"]) == (
        "VERDIER", "+33612345670", "Bonjour",
    )  # fmt: skip
    assert line.balances() == {
        "main": 100 * EURO - PRICE, "held": 0, "sales": PRICE, "funding": -100 * EURO,
    }  # fmt: skip
    assert line.events(id_) == ["message.submitted", "message.delivered"]


def test_what_happens_reaches_the_webhook_signed_and_in_order(line) -> None:
    with receiver() as server:
        with scope(line.account):
            saved = save_webhook(
                line.account, actor=CLOCK, url=server.url, events=[], state="active", version=None
            )
        id_ = line.send("+33612345670", metadata={"order": "4471"})
        line.becomes(id_, "delivered")
        until = time.monotonic() + 20
        while len(server.seen) < 3 and time.monotonic() < until:
            with worker():
                deliver.drain()
    verifier = Webhook(saved.secret)
    events = [verifier.verify(body, headers) for headers, body in server.seen]
    told = {event["type"]: event["data"] for event in events}
    assert sorted(told) == ["message.accepted", "message.delivered", "message.submitted"]
    assert told["message.accepted"]["messages"] == [id_]
    delivered = told["message.delivered"]
    assert (delivered["message_id"], delivered["error_code"]) == (id_, "220")
    assert delivered["metadata"] == {"order": "4471"}
    assert {event["account"] for event in events} == {line.account.public_id}


def test_an_opted_out_person_is_refused_at_the_door_and_nothing_is_charged(line, pdus) -> None:
    opt_out(line.account, "+33612345671")
    id_ = line.send("+33612345671")
    found = line.becomes(id_, "rejected")
    assert (found["error_code"], found["reason"]) == ("302", "opted_out")
    assert pdus(id_) == []
    assert line.balances()["main"] == 100 * EURO
    assert line.events(id_) == ["message.rejected"]


def test_a_stop_between_door_and_gate_is_obeyed(line, pdus) -> None:
    InboundHandle.objects.create(address="38" + line.account.public_id[:4], account=line.account)
    id_ = line.send("+33612345672")
    with worker():
        [received] = inbound.receive(
            "+33612345672", "38" + line.account.public_id[:4], "Arrêt !", "mo-" + id_
        )
    assert received.kind == "stop"
    found = line.becomes(id_, "rejected")
    assert found["error_code"] == "302"
    assert pdus(id_) == []
    assert line.balances()["held"] == 0
    assert line.balances()["main"] == 100 * EURO


def test_a_start_lifts_the_stop_and_the_same_inbound_message_twice_changes_nothing(line) -> None:
    address = "38" + line.account.public_id[:4]
    InboundHandle.objects.create(address=address, account=line.account)
    with worker():
        inbound.receive("+33612345673", address, "STOP", "a" + address)
        inbound.receive("+33612345673", address, "start", "b" + address)
        assert inbound.receive("+33612345673", address, "STOP", "a" + address) == []
    line.becomes(line.send("+33612345673"), "delivered")


def test_outside_hours_it_is_held_and_an_opened_window_releases_it(pdus) -> None:
    line = Line(hours_on=True, week=NEVER, hours_clock="account")
    id_ = line.send()
    found = line.becomes(id_, "held")
    assert (found["error_code"], found["reason"]) == ("910", "never_open")
    assert pdus(id_) == []
    line.change(week=ALWAYS)
    line.becomes(id_, "delivered")
    assert len(pdus(id_)) == 1


def test_the_carrier_gets_the_end_of_the_window_as_validity(pdus) -> None:
    local = timezone.now().astimezone(ZoneInfo("Europe/Paris"))
    week = {**ALWAYS, **{day: [["00:00", "23:59"]] for day in ALWAYS}}
    line = Line(hours_on=True, week=week, hours_clock="account")
    id_ = line.send()
    line.becomes(id_, "delivered")
    [pdu] = pdus(id_)
    closes = local.replace(hour=23, minute=59, second=0, microsecond=0)
    assert datetime.fromisoformat(pdu["validity"]) == closes


def test_an_unknown_zone_is_held_and_never_guessed(pdus) -> None:
    line = Line(hours_on=True, week=ALWAYS)
    line.change(countries=None)
    with worker():
        Route.objects.get_or_create(name="Satellite", gateway="simulator", prefixes=["88"])
        carriers.forget_ways()
    id_ = line.send("+88161234567")
    found = line.becomes(id_, "held")
    assert (found["error_code"], found["reason"]) == ("913", "zone_unknown")
    assert pdus(id_) == []
    line.change(unknown_zone_uses_account=True)
    line.becomes(id_, "delivered")


def test_a_granted_transactional_message_leaves_at_any_hour_and_is_written_down(pdus) -> None:
    line = Line(hours_on=True, week=NEVER, hours_clock="account", transactional_granted=True)
    body = {"content": "Code 4471", "destination_number": "+33612345670"}
    refused = line.post({**body, "message_class": "transactional"})
    assert refused.status_code == 403
    key = make_key(line.account, scopes=["messages:send", "messages:transactional"])
    answer = line.post({**body, "message_class": "transactional"}, key=key)
    id_ = answer.json()["messages"][0]["message_id"]
    line.becomes(id_, "delivered")
    assert len(pdus(id_)) == 1
    with scope(line.account):
        used = AuditEntry.objects.for_account(line.account).filter(action="transactional.used")
        assert [(entry.actor_label, entry.subject) for entry in used] == [("test", "1")]


def test_over_the_limit_it_is_held_and_a_raised_limit_releases_it(pdus) -> None:
    line = Line(limit_day=1)
    first, second = line.send(), line.send("+33612345674")
    states = sorted([line.becomes(first, line_state(line, first))["status"],
                     line.becomes(second, line_state(line, second))["status"]])  # fmt: skip
    assert "held" in states
    held = first if line.show(first)["status"] == "held" else second
    assert line.show(held)["error_code"] == "911"
    line.change(limit_day=2)
    line.becomes(held, "delivered")


def line_state(line: Line, id_: str) -> str:
    work()
    time.sleep(0.6)
    work()
    return str(line.show(id_)["status"])


def test_over_the_limit_it_is_discarded_with_the_published_code(pdus) -> None:
    line = Line(limit_day=0, over_limit="discard")
    id_ = line.send()
    found = line.becomes(id_, "rejected")
    assert (found["error_code"], found["reason"]) == ("301", "limit_reached")
    assert pdus(id_) == []
    assert line.balances()["main"] == 100 * EURO


def test_a_parent_limit_binds_its_child(pdus) -> None:
    parent = make_account(limit_month=0, over_limit="discard")
    line = Line(parent=parent, over_limit="discard")
    assert line.becomes(line.send(), "rejected")["error_code"] == "301"


def test_without_balance_the_whole_request_is_refused() -> None:
    line = Line()
    poor = make_account()
    fund(poor, PRICE)
    key = make_key(poor)
    answer = line.post(
        {"content": "un", "destination_number": "+33612345670"},
        {"content": "deux", "destination_number": "+33612345674"},
        key=key,
    )
    assert answer.status_code == 202
    with scope(poor):
        rows = Message.objects.for_account(poor).values_list("state", "code")
        assert sorted(rows) == [("rejected", 901), ("rejected", 901)]
        assert balance_of(poor).available == PRICE  # type: ignore[union-attr]


def test_a_child_pays_with_its_parents_wallet() -> None:
    parent = make_account()
    fund(parent, 10 * EURO)
    child = make_account("Atelier", parent=parent)
    Account.objects.filter(pk=child.pk).update(payer=parent)
    line = Line.__new__(Line)
    line.account, line.key, line.client = child, make_key(child), Client()
    line.becomes(line.send(), "delivered")
    with scope(parent):
        kinds = LedgerTransaction.objects.for_account(parent).values_list("kind", "on_behalf_of")
        assert sorted(kinds) == [
            ("capture", child.pk), ("credit", parent.pk), ("hold", child.pk),
        ]  # fmt: skip


def test_a_scheduled_message_is_cancelled_and_refunded(line, pdus) -> None:
    id_ = line.send(scheduled="2999-01-01T08:00:00Z")
    assert line.show(id_)["status"] == "scheduled"
    answer = cancel(line, id_)
    assert (answer.status_code, answer.content) == (200, b"")
    assert line.show(id_)["status"] == "cancelled"
    assert line.balances()["main"] == 100 * EURO
    assert cancel(line, id_).status_code == 404
    work()
    assert pdus(id_) == []


def cancel(line: Line, id_: str) -> Any:
    return line.client.put(
        f"/v1/messages/{id_}",
        data='{"status": "cancelled"}',
        content_type="application/json",
        headers={"Authorization": line.key.header},
    )


def test_an_expired_message_is_never_sent_and_not_charged(pdus) -> None:
    line = Line(hours_on=True, week=NEVER, hours_clock="account")
    soon = timezone.now() + timedelta(seconds=1)
    id_ = line.send(message_expiry_timestamp=soon.isoformat())
    assert line.becomes(id_, "expired")["error_code"] == "320"
    assert pdus(id_) == []
    assert line.balances()["main"] == 100 * EURO


def test_without_a_route_it_fails_and_is_not_charged(line, pdus) -> None:
    id_ = line.send("+4915112345670")
    assert line.becomes(id_, "failed")["error_code"] == "332"
    assert pdus(id_) == []
    assert line.balances()["main"] == 100 * EURO


def test_a_carrier_that_refuses_is_told_apart_and_not_paid(line, pdus) -> None:
    id_ = line.send("+33612345601")
    found = line.becomes(id_, "failed")
    assert (found["error_code"], found["reason"]) == ("402", "carrier_refused")
    assert len(pdus(id_)) == 1
    assert line.balances()["main"] == 100 * EURO


def test_a_failed_receipt_returns_no_money(line) -> None:
    id_ = line.send("+33612345602")
    assert line.becomes(id_, "failed")["error_code"] == "400"
    assert line.balances()["sales"] == PRICE


def test_a_receipt_twice_changes_nothing_the_second_time(line, pdus) -> None:
    id_ = line.send("+33612345606")
    line.becomes(id_, "delivered")
    time.sleep(0.6)
    assert line.events(id_) == ["message.submitted", "message.delivered"]
    assert line.balances()["sales"] == PRICE


def test_a_receipt_before_the_answer_is_not_lost(line, pdus) -> None:
    id_ = line.send("+33612345605")
    line.becomes(id_, "delivered")
    assert line.events(id_) == ["message.submitted", "message.delivered"]


def test_without_a_receipt_it_stays_submitted_and_paid(line, pdus) -> None:
    id_ = line.send("+33612345607")
    line.becomes(id_, "submitted")
    assert line.balances()["sales"] == PRICE


def test_a_silent_carrier_makes_it_unknown_and_it_is_never_sent_again(line, pdus) -> None:
    id_ = line.send("+33612345604")
    line.becomes(id_, "enroute")
    work()
    assert len(pdus(id_)) == 1
    assert line.balances()["held"] == PRICE
    assert line.events(id_) == ["message.unknown"]


def test_a_late_answer_is_used_and_one_of_an_older_attempt_is_not(line) -> None:
    id_ = line.send("+33612345604")
    line.becomes(id_, "enroute")
    way = carriers.way_for("+33612345604", test=False)
    answers = {epoch: Outcome(id_, epoch, Result.ACCEPTED, ref=f"late-{id_}") for epoch in (0, 1)}
    for epoch, status in ((0, "enroute"), (1, "submitted")):
        with worker():
            now = timezone.now()
            outcome.store(uuid7(), way, [answers[epoch]], left_at=now, awaited_until=now)
        assert line.show(id_)["status"] == status
    assert line.balances()["sales"] == PRICE


def test_a_throttled_message_goes_out_once_later(line, pdus) -> None:
    id_ = line.send("+33612345608")
    line.becomes(id_, "delivered")
    assert len(pdus(id_)) == 1


def test_a_suspended_account_sends_nothing_and_resumes(line, pdus) -> None:
    id_ = line.send()
    Account.objects.filter(pk=line.account.pk).update(state="suspended")
    assert line.becomes(id_, "held")["error_code"] == "902"
    assert pdus(id_) == []
    assert line.becomes(line.send(), "rejected")["error_code"] == "902"
    Account.objects.filter(pk=line.account.pk).update(state="open")
    line.change()
    line.becomes(id_, "delivered")


def test_the_same_idempotency_key_answers_the_same_and_sends_once(line, pdus) -> None:
    body = {"content": "Bonjour", "destination_number": "+33612345670"}
    first = line.post(body, **{"Idempotency-Key": "k-1"})
    again = line.post(body, **{"Idempotency-Key": "k-1"})
    assert first.json() == again.json()
    other = line.post({**body, "content": "Autre"}, **{"Idempotency-Key": "k-1"})
    assert other.status_code == 422
    with scope(line.account):
        assert Message.objects.for_account(line.account).count() == 1


def test_what_was_tried_with_a_test_key_is_sent_in_earnest_under_the_same_key(line, pdus) -> None:
    body, once = {"content": "Bonjour", "destination_number": "+33612345670"}, "order-4711"
    tried = line.post(body, key=make_key(line.account, "test"), **{"Idempotency-Key": once})
    sent = line.post(body, **{"Idempotency-Key": once})
    id_ = sent.json()["messages"][0]["message_id"]
    assert tried.status_code == sent.status_code == 202
    assert tried.json()["messages"][0]["message_id"] != id_
    assert line.becomes(id_, "delivered")["test"] is False


def test_a_test_key_runs_every_rule_and_costs_nothing(line, pdus) -> None:
    key = make_key(line.account, "test")
    answer = line.post({"content": "essai", "destination_number": "+4915112345670"}, key=key)
    id_ = answer.json()["messages"][0]["message_id"]
    assert line.becomes(id_, "delivered")["test"] is True
    assert line.balances()["main"] == 100 * EURO
    with scope(line.account):
        tests = Event.unscoped.filter(account=line.account.pk).values_list("test", flat=True)
        assert set(tests) == {True}


def test_a_sender_of_another_account_is_refused_by_name(line) -> None:
    other = make_account()
    with scope(other):
        Sender.objects.create(account=other, address="AUTRE", kind="alpha")
    found = line.becomes(line.send(source_number="AUTRE"), "rejected")
    assert (found["error_code"], found["reason"]) == ("303", "sender_not_yours")


def test_the_dry_run_says_the_same_and_stores_nothing() -> None:
    line = Line(hours_on=True, week=NEVER, hours_clock="account")
    answer = line.client.post(
        "/v1/messages/check",
        data='{"messages": [{"content": "Ça va ?", "destination_number": "+33612345670"}]}',
        content_type="application/json",
        headers={"Authorization": line.key.header},
    )
    [told] = answer.json()["messages"]
    assert (told["verdict"], told["status"], told["error_code"]) == ("hold", "held", "910")
    assert (told["parts"], told["encoding"]) == (1, "GSM-7")
    with scope(line.account):
        assert not Message.objects.for_account(line.account).exists()
