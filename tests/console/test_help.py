"""Help: at the same place on every page, for everybody, in both languages."""

import json
import re
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from hub import views
from tests.make import Cast, make_user, signed_in

FIRST = re.compile(
    r'<div class="prefs">\s*<a class="btn ghost icon" href="/help/" aria-label="Help"'
)


def test_every_kind_of_page_begins_its_foot_with_help(cast: Cast, alice: Client) -> None:
    account = f"/a/{cast.account.public_id}/"
    pages = [
        Client().get(reverse("account_login")),
        Client().get("/help/"),
        alice.get(account),
        alice.get(f"{account}account/activity/"),
        alice.get(reverse("profile")),
        alice.get("/nowhere/"),
        views.server_error(signed_in(make_user()).get("/").wsgi_request),
    ]
    for page in pages:
        html = page.content.decode()
        assert len(FIRST.findall(html)) == 1
        assert html.count('href="/help/"') == 1


@pytest.mark.parametrize(("language", "word"), [("en", "Help"), ("fr", "Aide")])
def test_it_says_who_helps(language: str, word: str, settings: Any) -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    html = client.get("/help/").content.decode()
    assert f"<h1>{word}</h1>" in html
    assert "mailto:" not in html
    settings.SUPPORT_EMAIL = "aide@hub.example"
    assert 'href="mailto:aide@hub.example"' in client.get("/help/").content.decode()


def test_the_api_is_described_as_in_the_docs(settings: Any) -> None:
    html = Client().get("/help/").content.decode()
    found = re.search(r'href="([^"]+openapi.json)"', html)
    assert found
    written = (settings.BASE_DIR / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    assert json.loads(Client().get(found[1]).content) == yaml.safe_load(written)
