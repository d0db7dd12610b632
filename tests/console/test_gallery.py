"""/_ui/: the components in every state, for staff and for a Hub in debug mode."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hub.gallery.sample_letters import every_sample
from messaging.telling import BADGES
from tests.make import Cast, make_user, signed_in

PAGES = ("ui", "ui_confirm", "ui_emails")


@pytest.fixture
def staff() -> Client:
    return signed_in(make_user("Support", is_staff=True))


@pytest.mark.parametrize("page", PAGES)
def test_the_gallery_does_not_exist_for_customers(page: str, alice: Client) -> None:
    for client in (alice, Client()):
        assert client.get(reverse(page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_hub_in_debug_mode_shows_the_gallery_to_anybody(page: str, settings: Any) -> None:
    settings.DEBUG = True
    assert Client().get(reverse(page)).status_code == 200


@pytest.mark.parametrize("language", ["en", "fr"])
def test_staff_see_every_state_of_every_component(staff: Client, language: str) -> None:
    staff.cookies["hub_language"] = language
    html = staff.get(reverse("ui")).content.decode()
    for state in BADGES:
        assert f"<code>{state}</code>" in html
    for kind in ("good", "info", "warn", "bad"):
        assert f'class="note {kind}' in html
    for part in (
        "<progress",
        "<meter",
        'class="ch"',
        'class="heat"',
        "<del>",
        'class="chips"',
        'class="empty"',
        'role="switch"',
        'class="clash"',
        'class="card dz"',
        'aria-invalid="true"',
        "aria-disabled",
        'action="/a/0EXAMPLE00/undo/',
    ):
        assert part in html, part  # fmt: skip


def test_no_identifier_stands_twice_on_the_component_page(staff: Client) -> None:
    html = staff.get(reverse("ui")).content.decode()
    ids = [piece.split('"', 1)[0] for piece in html.split(' id="')[1:]]
    assert [one for one in ids if ids.count(one) > 1] == []


def test_the_confirmation_page_asks_for_the_name_and_names_both_ways(staff: Client) -> None:
    html = staff.get(reverse("ui_confirm")).content.decode()
    assert 'data-confirm="Maison Verdier"' in html
    assert "Keep the account" in html


def test_every_letter_is_listed_and_shown_in_both_languages_as_html_and_as_text(
    staff: Client,
) -> None:
    listed = staff.get(reverse("ui_emails")).content.decode()
    keys = [sample.key for sample in every_sample()]
    assert len(keys) == len(set(keys)) >= 20
    for key in keys:
        page = reverse("ui_email", args=[key])
        assert f'href="{page}"' in listed
        html = staff.get(page).content.decode()
        for language in ("en", "fr"):
            frame = reverse("ui_email_html", args=[key, language])
            assert f'src="{frame}"' in html
            letter = staff.get(frame)
            assert f'<html lang="{language}"' in letter.content.decode()


def test_a_letter_is_shown_with_its_styles_and_may_load_nothing_else(staff: Client) -> None:
    answer = staff.get(reverse("ui_email_html", args=["closing", "en"]))
    policy = dict(part.strip().split(" ", 1) if " " in part.strip() else (part.strip(), "")
                  for part in answer["Content-Security-Policy"].split(";"))  # fmt: skip
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'unsafe-inline'"
    assert policy["frame-ancestors"] == "'self'"
    assert "sandbox" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    around = staff.get(reverse("ui_email", args=["closing"]))["Content-Security-Policy"]
    assert "unsafe" not in around


@pytest.mark.parametrize("path", ["nothing/", "closing/de.html", "nothing/en.html"])
def test_a_letter_there_is_not_is_not_found(staff: Client, path: str) -> None:
    assert staff.get(reverse("ui_emails") + path).status_code == 404


@pytest.mark.parametrize("path", ["closing/", "closing/en.html"])
def test_letters_do_not_exist_for_customers(alice: Client, path: str) -> None:
    assert alice.get(reverse("ui_emails") + path).status_code == 404


def test_the_operators_page_leads_to_the_gallery(staff: Client) -> None:
    assert f'href="{reverse("ui")}"' in staff.get(reverse("operations")).content.decode()


def test_looking_at_the_gallery_leaves_the_accounts_alone(staff: Client, cast: Cast) -> None:
    before = cast.account.name
    staff.get(reverse("ui"))
    cast.account.refresh_from_db()
    assert cast.account.name == before
