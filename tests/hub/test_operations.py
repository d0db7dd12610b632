"""The operators' page and the metrics, with everything running and with Redis gone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.statements import cursor
from apisettings import heartbeats
from apisettings.models import Heartbeat
from hub.figures import NAMES, measure
from hub.tasks import beat_heart
from messaging import route_health
from messaging.gateways.contract import Dlr
from messaging.models import Route
from messaging.receipts import store_receipts
from tests import make
from tests.conftest import worker
from tests.line import Line, route

__all__ = ["route"]


@pytest.fixture
def staff() -> Client:
    return make.signed_in(make.make_user("Sam Support", is_staff=True))


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    heartbeats._beaten.clear()
    route_health._noted.clear()


@pytest.fixture
def no_redis(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"


def page(client: Client) -> str:
    answer = client.get(reverse("operations"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_staff_know_of_the_page(alice: Client, staff: Client) -> None:
    anonymous = Client().get(reverse("operations"))
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))
    assert alice.get(reverse("operations")).status_code == 404
    assert staff.get(reverse("operations")).status_code == 200


def test_the_page_shows_queues_figures_signs_of_life_and_versions(staff: Client) -> None:
    with worker():
        beat_heart()
    shown = page(staff)
    for words in ("Messages due now", "webhooks", "Worker that sends", "PostgreSQL", "All applied"):
        assert words in shown
    assert "Redis does not answer" not in shown
    assert "Not measured yet" not in shown


def test_without_redis_the_page_says_so_and_still_answers(staff: Client, no_redis: None) -> None:
    shown = page(staff)
    assert "Redis does not answer" in shown
    assert "not known" in shown


def test_the_page_speaks_french(staff: Client) -> None:
    answer = staff.get(reverse("operations"), headers={"Accept-Language": "fr"})
    assert '<html lang="fr"' in answer.content.decode()


def test_a_process_that_fell_silent_is_named(staff: Client) -> None:
    with worker():
        beat_heart()
        long_ago = datetime.now(UTC) - timedelta(minutes=5)
        Heartbeat.objects.update_or_create(name="dispatch", defaults={"at": long_ago})
    note = page(staff).split("Not heard from for a minute:")[1].split("</div>")[0]
    assert "Worker that sends" in note
    assert "Clock" not in note


def test_the_figures_see_due_and_waiting_messages_of_every_account() -> None:
    account = make.make_account()
    with worker():
        before = measure()
    insert_waiting(account.pk, "-61 seconds")
    insert_waiting(account.pk, "1 hour")
    with worker():
        after = measure()
    assert set(after) == set(NAMES)
    assert after["messages_due"] == before["messages_due"] + 1
    assert after["messages_waiting"] == before["messages_waiting"] + 1
    assert after["messages_oldest_due_seconds"] >= 60


def test_a_message_that_a_receipt_resolved_is_no_longer_of_unknown_fate() -> None:
    line = Line()
    silent, resolved = line.send("+33612345604"), line.send("+33612345704")
    line.becomes(silent, "enroute")
    line.becomes(resolved, "enroute")
    with worker():
        before = measure()
        receipt = Dlr("late", "delivered", 220, datetime.now(UTC), resolved)
        store_receipts("simulator", [receipt])
        after = measure()
    assert line.show(resolved)["status"] == "delivered"
    assert after["messages_unknown"] == before["messages_unknown"] - 1


def insert_waiting(account: object, due: str) -> None:
    with make.scope(account):  # type: ignore[arg-type]
        cursor().execute(
            """
            WITH made AS (
                INSERT INTO messaging_message (id, account_id, batch_id, trail_no, parts, epoch,
                    settings_version, price, updated_at, expires, state, message_class, test,
                    wants_receipt, "to", source, body)
                VALUES (gen_random_uuid(), %s, gen_random_uuid(), 0, 1, 0, 1, 0, now(),
                    now() + interval '7 days', 'held', 'standard', true, true, '+33639980110',
                    'VERDIER', 'Bonjour')
                RETURNING id, account_id)
            INSERT INTO messaging_waiting (message_id, account_id, due)
            SELECT id, account_id, now() + %s::interval FROM made
            """,
            [account, due],
        )


def test_a_busy_process_writes_its_sign_of_life_once() -> None:
    with worker():
        heartbeats.beat("tested")
        first = Heartbeat.objects.get(name="tested").at
        heartbeats.beat("tested")
    assert Heartbeat.objects.get(name="tested").at == first


def test_a_route_tells_when_it_last_answered_and_what_went_wrong(staff: Client) -> None:
    with worker():
        route = Route.objects.create(name=make.secrets.token_hex(8), gateway="x", active=False)
        route_health.note_answer(route.pk)
        route_health.note_error(route.pk, "connection refused " * 20)
    route.refresh_from_db()
    assert route.last_answer_at is not None
    assert route.last_error_at is not None
    assert route.last_error.startswith("connection refused")
    assert route.name in page(staff)


def test_metrics_are_for_staff_and_for_the_token(
    alice: Client, staff: Client, settings: Any
) -> None:
    assert Client().get("/metrics").status_code == 401
    assert alice.get("/metrics").status_code == 401
    assert staff.get("/metrics").status_code == 200
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
    settings.METRICS_TOKEN = "a-long-token"
    good = Client().get("/metrics", headers={"Authorization": "Bearer a-long-token"})
    bad = Client().get("/metrics", headers={"Authorization": "Bearer another-token"})
    assert (good.status_code, bad.status_code) == (200, 401)


def test_metrics_say_what_the_page_says(staff: Client) -> None:
    with worker():
        beat_heart()
    text = staff.get("/metrics").content.decode()
    assert "hub_redis_up 1.0" in text
    assert 'hub_queue_length{queue="dispatch"}' in text
    assert 'hub_heartbeat_age_seconds{process="clock"}' in text
    for name in NAMES:
        assert f"\nhub_{name} " in text


def test_metrics_go_on_without_redis(staff: Client, no_redis: None) -> None:
    text = staff.get("/metrics").content.decode()
    assert "hub_redis_up 0.0" in text
    assert "hub_queue_length{" not in text
