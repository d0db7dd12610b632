import re
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from standardwebhooks import Webhook as Verifier

from accounts.models import AuditEntry
from accounts.tenancy import scope
from apisettings import deliver
from apisettings.events import CHOSEN, GROUPS, publish
from apisettings.models import Delivery, Webhook
from tests.apisettings.receiver import receiver
from tests.apisettings.test_key_pages import value
from tests.conftest import worker
from tests.make import PASSWORD, Cast, make_member, make_user, signed_in

URL = "https://shop.example.com/hub"


@pytest.fixture(autouse=True)
def nothing_is_allowed(settings: Any) -> None:
    settings.HTTP_ALLOW = []


def page(cast: Cast, rest: str = "") -> str:
    return f"/a/{cast.account.public_id}/api/webhooks/{rest}"


def given(**changed: Any) -> dict[str, Any]:
    events = {f"events_{n}": list(group.kinds) for n, group in enumerate(GROUPS)}
    return {"url": URL, "state": "active", "version": "", **events, **changed}


def stored(cast: Cast) -> Webhook:
    with scope(cast.account):
        return Webhook.objects.for_account(cast.account).get()


def actions(cast: Cast) -> list[str]:
    with scope(cast.account):
        entries = AuditEntry.objects.for_account(cast.account).order_by("id")
        return [entry.action for entry in entries]


def made(client: Client, cast: Cast, **changed: Any) -> str:
    """The signing secret of a webhook made in the console."""
    response = client.post(page(cast), given(**changed))
    assert response.status_code == 302, response.content.decode()
    return value(client.get(response.url).content.decode(), "signing-secret")


def test_a_webhook_made_here_gets_signed_events_and_shows_them(
    cast: Cast, alice: Client, settings: Any
) -> None:
    settings.HTTP_ALLOW = [ip_network("127.0.0.0/8")]
    with receiver((200, {}, b"<b>bold</b> & thanks")) as server:
        secret = made(alice, cast, url=server.url)
        response = alice.post(page(cast, "test/"), follow=True)
        assert "A test event is on its way" in response.content.decode()
        with worker():
            deliver.drain(5)
    ((headers, body),) = server.seen
    told = Verifier(secret).verify(body, headers)
    assert (told["type"], told["test"]) == ("webhook.tested", True)
    assert told["data"]["sample"]["type"] == "message.delivered"
    html = alice.get(page(cast)).content.decode()
    for words in ("Healthy.", "HTTP 200", "&lt;b&gt;bold&lt;/b&gt; &amp; thanks", "Delivered"):
        assert words in html, words
    assert actions(cast) == ["webhook.created", "webhook.tested"]


def test_the_secret_is_shown_once_and_never_stored_or_logged_in_clear(
    cast: Cast, alice: Client
) -> None:
    first = alice.post(page(cast), given())
    waiting = str(dict(alice.session))
    shown = alice.get(first.url)
    assert "no-store" in shown["Cache-Control"]
    secret = value(shown.content.decode(), "signing-secret")
    assert secret not in waiting
    assert secret not in alice.get(first.url).content.decode()
    assert secret not in alice.get(page(cast)).content.decode()
    assert secret.encode() not in bytes(stored(cast).secret)
    with scope(cast.account):
        assert secret not in str(list(AuditEntry.objects.for_account(cast.account).values()))


def test_replacing_the_secret_keeps_the_old_one_valid_for_a_day(cast: Cast, alice: Client) -> None:
    old = made(alice, cast)
    html = alice.get(page(cast, "secret/replace/")).content.decode()
    assert "two signatures" in html
    (version,) = re.findall(r'name="version" value="(.*?)"', html)
    sent = {"version": version, "sure": "on", "password": PASSWORD}
    response = alice.post(page(cast, "secret/replace/"), sent)
    # Pressed twice, the secret that receivers know still signs.
    assert alice.post(page(cast, "secret/replace/"), sent).url == response.url
    new = value(alice.get(response.url).content.decode(), "signing-secret")
    assert new != old
    until = stored(cast).previous_until
    assert until is not None
    assert timedelta(hours=23) < until - datetime.now(UTC) <= timedelta(hours=24)
    assert actions(cast).count("webhook.secret_replaced") == 1


def test_the_chosen_events_are_kept_and_all_of_them_means_new_kinds_too(
    cast: Cast, alice: Client
) -> None:
    made(alice, cast)
    assert stored(cast).events == []
    alice.post(page(cast), given(version="1", events_0=[], events_2=[]))
    assert stored(cast).events == [kind.value for kind in GROUPS[1].kinds]
    html = alice.get(page(cast)).content.decode()
    assert html.count("checked") == len(GROUPS[1].kinds) + 1
    assert len(CHOSEN) > len(GROUPS[1].kinds)


def test_saving_what_is_already_so_changes_and_logs_nothing(cast: Cast, alice: Client) -> None:
    made(alice, cast)
    assert alice.post(page(cast), given(version="1")).status_code == 302
    assert stored(cast).version == 1
    assert actions(cast) == ["webhook.created"]


def test_creating_it_twice_makes_one_and_its_secret_is_still_seen(
    cast: Cast, alice: Client
) -> None:
    alice.post(page(cast), given())
    twice = alice.post(page(cast), given())
    assert value(alice.get(twice.url).content.decode(), "signing-secret")
    assert actions(cast) == ["webhook.created"]


def test_a_change_can_be_taken_back(cast: Cast, alice: Client) -> None:
    made(alice, cast)
    alice.post(page(cast), given(version="1", url=URL + "2", state="paused", events_0=[]))
    html = alice.get(page(cast)).content.decode()
    (undo,) = re.findall(r'<form method="post" action="(/a/[^"]+/undo/[^"]+)"', html)
    assert alice.post(undo)["Location"] == page(cast) + "#webhook"
    webhook = stored(cast)
    assert (webhook.url, webhook.state, webhook.events) == (URL, "active", [])
    assert actions(cast) == ["webhook.created", "webhook.changed", "webhook.changed"]


def test_that_hub_had_stopped_it_cannot_be_brought_back(cast: Cast, alice: Client) -> None:
    made(alice, cast)
    with scope(cast.account):
        Webhook.objects.for_account(cast.account).update(state="stopped")
    alice.post(page(cast), given(version="1"))
    html = alice.get(page(cast)).content.decode()
    (undo,) = re.findall(r'<form method="post" action="(/a/[^"]+/undo/[^"]+)"', html)
    answer = alice.post(undo, follow=True)
    assert "can no longer be chosen" in answer.content.decode()
    assert stored(cast).state == "active"


def test_an_older_form_does_not_overwrite_a_newer_save(cast: Cast, alice: Client) -> None:
    made(alice, cast)
    alice.post(page(cast), given(version="1", url=URL + "2"))
    late = alice.post(page(cast), given(version="1", url=URL + "3"))
    html = late.content.decode()
    assert late.status_code == 409
    assert "changed this on" in html
    assert 'href="#webhook-clash"' in html
    assert f">{URL}2</td>" in html
    assert f"<strong>{URL}3</strong></td>" in html
    assert stored(cast).url == URL + "2"
    (version,) = re.findall(r'name="version" value="(.*?)"', late.content.decode())
    again = alice.post(page(cast), given(version=version, url=URL + "3"))
    assert again.status_code == 302
    assert stored(cast).url == URL + "3"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Give the address"),
        ("nonsense", "must begin with https://"),
        ("http://shop.example.com/", "must begin with https://"),
        ("ftp://shop.example.com/", "must begin with https://"),
        ("https://10.0.0.1/", "private address"),
        ("https://[::1]/", "private address"),
        ("http://127.0.0.1:9000/", "private address"),
        ("https://8.8.8.8/", "host name instead"),
        ("https://2130706433/", "host name instead"),
        ("https://user:pass@shop.example.com/", "Leave name and password out"),
        ("https://shop.example.com/#part", "after #"),
        ("https://shop.example.com:6379/", "Use port 443"),
        ("https://shop.example.com/ü x", "percent-encoded"),
        ("https://shop.example.com/" + "x" * 1000, "too long"),
        ("https:///path", "not a complete address"),
    ],
)
def test_an_address_we_would_never_call_is_refused_with_the_reason(
    cast: Cast, alice: Client, url: str, words: str
) -> None:
    response = alice.post(page(cast), given(url=url))
    assert response.status_code == 422
    assert words in response.content.decode()
    with scope(cast.account):
        assert not Webhook.objects.for_account(cast.account).exists()


def test_plain_http_is_taken_only_for_what_the_operator_opened(
    cast: Cast, alice: Client, settings: Any
) -> None:
    settings.HTTP_ALLOW = [ip_network("127.0.0.0/8")]
    assert alice.post(page(cast), given(url="http://8.8.8.8/")).status_code == 422
    assert alice.post(page(cast), given(url="http://shop.example.com/")).status_code == 422
    assert alice.post(page(cast), given(url="http://127.0.0.1:9000/x")).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [{"events_0": [], "events_1": [], "events_2": []}, {"events_0": ["message.exploded"]},
     {"state": "stopped"}, {"state": ""}, {"version": "x"}],
)  # fmt: skip
def test_other_bad_values_are_refused(cast: Cast, alice: Client, wrong: dict[str, Any]) -> None:
    assert alice.post(page(cast), given(**wrong)).status_code == 422


def test_no_test_is_sent_to_a_paused_webhook(cast: Cast, alice: Client) -> None:
    made(alice, cast, state="paused")
    html = alice.post(page(cast, "test/"), follow=True).content.decode()
    assert "No test was sent" in html
    assert "Paused by you." in html


def test_a_delivery_that_was_given_up_can_be_sent_again_and_no_other(
    cast: Cast, alice: Client, settings: Any
) -> None:
    settings.HTTP_ALLOW = [ip_network("127.0.0.0/8")]
    with receiver((500, {}, b"broken")) as server:
        made(alice, cast, url=server.url)
        with scope(cast.account), transaction.atomic():
            publish(cast.account, "message.failed", {})
        with worker():
            deliver.drain(5)
        with scope(cast.account):
            delivery = Delivery.objects.for_account(cast.account).get()
        address = page(cast, f"deliveries/{delivery.pk}/resend/")
        html = alice.post(address, follow=True).content.decode()
        assert "nothing to send again" in html
        assert "Failing since" in html
        assert "Next try" in html
        with scope(cast.account):
            rows = Delivery.objects.for_account(cast.account)
            rows.update(state="exhausted", tries=12, due=None)
        assert address in alice.get(page(cast)).content.decode()
        assert "being sent again" in alice.post(address, follow=True).content.decode()
        with worker():
            deliver.drain(5)
    assert [headers["webhook-id"] for headers, _ in server.seen] == [str(delivery.event_id)] * 2
    assert actions(cast)[-1] == "webhook.delivery_resent"


def test_a_stopped_webhook_says_why_and_starts_again_when_saved_as_active(
    cast: Cast, alice: Client
) -> None:
    made(alice, cast)
    ago = datetime.now(UTC) - timedelta(days=8)
    with scope(cast.account):
        Webhook.objects.for_account(cast.account).update(state="stopped", failing_since=ago)
    assert "Nothing could be delivered for 7 days." in alice.get(page(cast)).content.decode()
    alice.post(page(cast), given(version="1"))
    now = stored(cast)
    assert (now.state, now.failing_since) == ("active", None)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("administrator", True), ("developer", True), ("advanced", False), ("basic", False),
     ("billing", False)],
)  # fmt: skip
def test_administrators_and_developers_manage_the_webhook(
    cast: Cast, role: str, allowed: bool
) -> None:
    user = make_user()
    make_member(cast.account, user, role)
    client = signed_in(user)
    assert client.get(page(cast)).status_code == (200 if allowed else 403)
    assert client.post(page(cast), given()).status_code == (302 if allowed else 403)
    assert client.post(page(cast, "test/")).status_code == (302 if allowed else 403)


def test_strangers_find_nothing(cast: Cast, alice: Client, charlie: Client) -> None:
    made(alice, cast)
    for rest in ("", "secret/", "secret/replace/"):
        assert charlie.get(page(cast, rest)).status_code == 404
    for rest in ("", "secret/replace/", "test/"):
        assert charlie.post(page(cast, rest), given()).status_code == 404
