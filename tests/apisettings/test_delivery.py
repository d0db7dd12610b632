import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.urls import reverse
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from accounts.models import Account, AuditEntry
from accounts.tenancy import scope
from apisettings import deliver
from apisettings.events import publish
from apisettings.models import Delivery, DeliveryAttempt, Event, Webhook
from apisettings.sealing import sealed
from hub.lib import safe_http
from hub.lib.signing import new_secret
from tests.apisettings.receiver import receiver, slowly
from tests.conftest import worker
from tests.mailbox import letters_to
from tests.make import make_account, make_member, make_user

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture(autouse=True)
def loopback_is_allowed(settings: Any) -> None:
    settings.HTTP_ALLOW = LOOPBACK


def subscribe(account: Account, url: str, **fields: Any) -> str:
    secret = new_secret()
    with scope(account):
        Webhook.objects.create(
            account=account, url=url, secret=sealed(secret, account.pk), **fields
        )
    return secret


def happens(account: Account, kind: str = "message.delivered", **payload: Any) -> UUID:
    with scope(account), transaction.atomic():
        return publish(account, kind, payload or {"message_id": "m1"}).pk


def deliver_now() -> None:
    with worker():
        deliver.drain(5)


def change(account: Account, model: Any, **fields: Any) -> None:
    with scope(account):
        model.objects.for_account(account).update(**fields)


def one(account: Account, model: Any) -> Any:
    with scope(account):
        return model.objects.for_account(account).get()


def try_again(account: Account) -> None:
    """The clock reaches the next try."""
    assert one(account, Delivery).due > datetime.now(UTC)
    change(account, Delivery, due=datetime.now(UTC))
    deliver_now()


def test_an_event_reaches_the_receiver_signed_and_complete() -> None:
    account = make_account()
    with receiver() as server:
        secret = subscribe(account, server.url)
        event = happens(account, message_id="m1", metadata={"order": "Zoë"})
        deliver_now()
    ((headers, body),) = server.seen
    told = Verifier(secret).verify(body, headers)
    assert told == {
        "id": str(event),
        "type": "message.delivered",
        "timestamp": told["timestamp"],
        "account": account.public_id,
        "test": False,
        "data": {"message_id": "m1", "metadata": {"order": "Zoë"}},
    }
    assert datetime.fromisoformat(told["timestamp"]).tzinfo is not None
    assert headers["webhook-id"] == str(event)
    assert headers["content-type"] == "application/json"
    delivery = one(account, Delivery)
    assert (delivery.state, delivery.tries, delivery.due) == ("delivered", 1, None)
    attempt = one(account, DeliveryAttempt)
    assert (attempt.status, attempt.error, attempt.excerpt) == (200, "", "thanks")
    assert one(account, Webhook).last_success_at is not None


def test_a_tampered_body_does_not_verify() -> None:
    account = make_account()
    with receiver() as server:
        secret = subscribe(account, server.url)
        happens(account)
        deliver_now()
    ((headers, body),) = server.seen
    with pytest.raises(WebhookVerificationError):
        Verifier(secret).verify(body.replace(b"m1", b"m2"), headers)


@pytest.mark.parametrize(
    "failure",
    [(500, {}, b"oops"), (404, {}, b""), (302, {"Location": "http://127.0.0.1/elsewhere"}, b"")],
)
def test_a_failed_try_is_repeated_with_the_same_id_and_body_until_it_succeeds(
    failure: Any,
) -> None:
    account = make_account()
    with receiver(failure) as server:
        subscribe(account, server.url)
        event = happens(account)
        deliver_now()
        assert len(server.seen) == 1
        assert one(account, Webhook).failing_since is not None
        try_again(account)
    assert [headers["webhook-id"] for headers, _ in server.seen] == [str(event)] * 2
    assert server.seen[0][1] == server.seen[1][1]
    assert one(account, Delivery).state == "delivered"
    assert one(account, Webhook).failing_since is None
    with scope(account):
        statuses = DeliveryAttempt.objects.for_account(account).order_by("id").values_list("status")
        assert [row[0] for row in statuses] == [failure[0], 200]


def test_a_redirect_is_not_followed() -> None:
    account = make_account()
    with receiver() as target, receiver((307, {"Location": target.url}, b"")) as server:
        subscribe(account, server.url)
        happens(account)
        deliver_now()
        assert target.seen == []
    assert one(account, DeliveryAttempt).error == "redirect"


def test_410_stops_the_endpoint_for_good_and_says_so_in_the_log() -> None:
    account = make_account()
    with receiver((410, {}, b"")) as server:
        subscribe(account, server.url)
        happens(account)
        deliver_now()
        happens(account)
        deliver_now()
    assert len(server.seen) == 1
    assert one(account, Webhook).state == "stopped"
    assert one(account, Delivery).state == "exhausted"
    entry = one(account, AuditEntry)
    assert (entry.action, entry.actor_kind) == ("webhook.stopped", "clock")


@pytest.mark.parametrize("answer", [410, 500])
def test_who_looks_after_a_webhook_that_is_stopped_is_told_once(answer: int) -> None:
    account = make_account()
    people = {role: make_user() for role in ("owner", "developer", "advanced", "billing")}
    for role, person in people.items():
        make_member(account, person, role)
    with receiver((answer, {}, b"")) as server:
        subscribe(account, server.url, failing_since=datetime.now(UTC) - timedelta(days=8))
        for _again in range(2):
            happens(account)
            deliver_now()
    told = {role: len(letters_to(person.email)) for role, person in people.items()}
    assert told == {"owner": 1, "developer": 1, "advanced": 0, "billing": 0}
    (letter,) = letters_to(people["developer"].email)
    assert letter.subject == f"{account.name}: Hub paused your webhook"
    assert server.url in letter.body
    assert ("410" in letter.body) is (answer == 410)
    assert reverse("console:api_webhooks", args=[account.public_id]) in letter.body


def test_an_endpoint_that_failed_for_less_than_seven_days_goes_on() -> None:
    account = make_account()
    with receiver((500, {}, b"")) as server:
        old = datetime.now(UTC) - timedelta(days=6, hours=23)
        subscribe(account, server.url, failing_since=old)
        happens(account)
        deliver_now()
        assert one(account, Webhook).state == "active"
        try_again(account)
    assert one(account, Webhook).failing_since is None


def test_a_failure_after_seven_days_of_them_stops_the_endpoint() -> None:
    account = make_account()
    with receiver((500, {}, b"")) as server:
        old = datetime.now(UTC) - timedelta(days=7, minutes=1)
        subscribe(account, server.url, failing_since=old)
        happens(account)
        deliver_now()
    assert one(account, Webhook).state == "stopped"


def test_the_last_try_failing_gives_the_delivery_up() -> None:
    account = make_account()
    with receiver((500, {}, b""), (500, {}, b"")) as server:
        subscribe(account, server.url)
        happens(account)
        deliver_now()
        change(account, Delivery, tries=11)
        try_again(account)
    delivery = one(account, Delivery)
    assert (delivery.state, delivery.tries, delivery.due) == ("exhausted", 12, None)


def test_retry_after_puts_the_next_try_off_by_an_hour_at_most() -> None:
    for asked, least, most in (("600", 595, 605), ("999999999", 3590, 3605), ("rubbish", 3, 7)):
        account = make_account()
        with receiver((429, {"Retry-After": asked}, b"")) as server:
            subscribe(account, server.url)
            happens(account)
            deliver_now()
        wait = (one(account, Delivery).due - datetime.now(UTC)).total_seconds()
        assert least - 5 <= wait <= most, asked


def test_a_private_address_is_never_reached(settings: Any) -> None:
    settings.HTTP_ALLOW = []
    account = make_account()
    with receiver() as server:
        subscribe(account, server.url)
        happens(account)
        deliver_now()
    assert server.seen == []
    attempt = one(account, DeliveryAttempt)
    assert (attempt.status, attempt.error) == (None, "private")
    assert one(account, Delivery).state == "waiting"


def test_an_answer_that_drips_is_cut_at_the_deadline_and_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = make_account()

    async def hasty(*args: Any) -> safe_http.Answer:
        return await safe_http.post(*args, deadline=0.5)

    monkeypatch.setattr(deliver, "post", hasty)
    with receiver(slowly) as server:
        subscribe(account, server.url)
        happens(account)
        deliver_now()
    attempt = one(account, DeliveryAttempt)
    assert (attempt.status, attempt.error) == (200, "timeout")
    assert one(account, Delivery).state == "waiting"


def test_both_secrets_sign_while_the_old_one_is_valid_and_one_afterwards() -> None:
    account = make_account()
    old = new_secret()
    with receiver() as server:
        new = subscribe(
            account,
            server.url,
            previous_secret=sealed(old, account.pk),
            previous_until=datetime.now(UTC) + timedelta(hours=24),
        )
        happens(account)
        deliver_now()
        change(account, Webhook, previous_until=datetime.now(UTC))
        happens(account)
        deliver_now()
    (during, first), (after, second) = server.seen
    Verifier(new).verify(first, during)
    Verifier(old).verify(first, during)
    Verifier(new).verify(second, after)
    with pytest.raises(WebhookVerificationError):
        Verifier(old).verify(second, after)


def test_only_chosen_events_are_sent_and_a_test_always() -> None:
    account = make_account()
    with receiver() as server:
        subscribe(account, server.url, events=["message.failed"])
        for kind in ("message.delivered", "message.failed", "webhook.tested"):
            happens(account, kind)
        deliver_now()
    assert {json.loads(body)["type"] for _, body in server.seen} == {
        "message.failed",
        "webhook.tested",
    }
    with scope(account):
        positions = Event.unscoped.filter(account=account).order_by("id").values_list("position")
        numbers = [row[0] for row in positions]
    assert numbers == sorted(numbers)
    assert None not in numbers


def test_a_paused_webhook_gets_nothing_and_what_waits_goes_out_when_it_is_active_again() -> None:
    account = make_account()
    with receiver((500, {}, b"")) as server:
        subscribe(account, server.url)
        first = happens(account)
        deliver_now()
        change(account, Webhook, state="paused")
        change(account, Delivery, due=datetime.now(UTC))
        happens(account)
        deliver_now()
        assert len(server.seen) == 1
        change(account, Webhook, state="active")
        deliver_now()
    assert [headers["webhook-id"] for headers, _ in server.seen] == [str(first)] * 2


def test_an_event_of_one_account_never_reaches_another() -> None:
    mine, other = make_account(), make_account()
    with receiver() as server, receiver() as elsewhere:
        subscribe(mine, server.url)
        subscribe(other, elsewhere.url)
        happens(mine)
        deliver_now()
    assert len(server.seen) == 1
    assert elsewhere.seen == []


def test_a_rolled_back_event_is_not_sent() -> None:
    account = make_account()
    with receiver() as server:
        subscribe(account, server.url)
        with scope(account), transaction.atomic():
            publish(account, "message.failed", {})
            transaction.set_rollback(True)
        deliver_now()
    assert server.seen == []


def test_an_endpoint_has_two_posts_at_most_in_the_air_and_all_its_events_in_one_drain() -> None:
    account = make_account()
    with receiver() as server:
        subscribe(account, server.url)
        for number in range(25):
            happens(account, number=number)
        deliver_now()
    assert len({headers["webhook-id"] for headers, _ in server.seen}) == 25
    assert len(server.seen) == 25
    assert server.most_at_once <= 2


def test_a_try_whose_result_was_lost_is_sent_again_with_the_same_id(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = make_account()

    def die(done: list[Any]) -> None:
        if done:  # not before the POST has landed, or it may never have been seen
            raise OSError

    with receiver() as server:
        subscribe(account, server.url)
        happens(account)
        with monkeypatch.context() as patch:
            patch.setattr(deliver, "store", die)
            with pytest.raises(OSError):
                deliver_now()
        deliver_now()
        assert len(server.seen) == 1, "the lease still holds"
        change(account, Delivery, due=datetime.now(UTC))
        deliver_now()
    first, second = (headers["webhook-id"] for headers, _ in server.seen)
    assert first == second
    assert one(account, Delivery).state == "delivered"


def test_while_one_drain_runs_another_does_nothing() -> None:
    account = make_account()
    with receiver() as server, worker(), deliver._alone() as alone:
        assert alone
        subscribe(account, server.url)
        happens(account)
        deliver_now()
        assert server.seen == []


def test_publish_needs_a_transaction_and_a_known_kind() -> None:
    account = make_account()
    with scope(account):
        with pytest.raises(RuntimeError):
            publish(account, "message.failed", {})
        with pytest.raises(ValueError), transaction.atomic():
            publish(account, "message.exploded", {})
