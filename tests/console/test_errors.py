"""Pages for what went wrong: what happened, whether anything was saved, and where to go on."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from hub import views
from tests.make import Cast, make_user, signed_in


def broken(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody whose profile fails on our side."""

    def fails(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("users.views.answer", fails)
    client = signed_in(make_user())
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_fault_of_ours_has_a_reference_that_stands_in_the_log_with_what_happened(
    language: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = broken(monkeypatch)
    client.cookies["hub_language"] = language
    answer = client.get(reverse("profile"))
    assert answer.status_code == 500
    found = re.search(r'value="([0-9A-Z]{4}-[0-9A-Z]{4})"', answer.content.decode())
    assert found
    (line,) = [one for one in caplog.records if found[1] in one.getMessage()]
    assert line.exc_info
    assert "a fault of ours" in str(line.exc_info[1])
    assert "a fault of ours" not in answer.content.decode()


def test_no_two_faults_share_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    client = broken(monkeypatch)
    pages = [client.get(reverse("profile")).content.decode() for _twice in range(2)]
    found = [re.findall(r'id="reference"[^>]*value="([^"]+)"', page) for page in pages]
    assert len({one for ones in found for one in ones}) == 2


def test_the_page_of_a_fault_asks_the_database_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    request = signed_in(make_user()).get("/").wsgi_request
    with CaptureQueriesContext(connection) as queries:
        assert views.server_error(request).status_code == 500
    assert len(queries) == 0


def test_what_no_page_of_ours_sends_is_a_page_too(alice: Client, cast: Cast) -> None:
    page = reverse("console:account_general", args=[cast.account.public_id])
    answer = alice.post(page, {"card": "nothing"})
    assert answer.status_code == 400
    assert "Nothing was saved." in answer.content.decode()


def test_an_address_that_leads_nowhere_leads_back(alice: Client) -> None:
    answer = alice.get("/nowhere/")
    assert answer.status_code == 404
    assert 'href="/"' in answer.content.decode()


def test_too_many_tries_are_told_to_wait(settings: Any) -> None:
    cache.clear()
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    for _try in range(2):
        answer = Client().post(reverse("account_reset_password"), {"email": "a@example.test"})
    cache.clear()
    assert answer.status_code == 429
    assert "Too many tries" in answer.content.decode()
    assert 'class="entrance"' in answer.content.decode()
