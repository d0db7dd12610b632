"""/_ui/: the components in every state, for staff and for a Hub in debug mode."""

import re
from inspect import unwrap
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Account
from hub import menu
from hub.gallery import samples
from hub.gallery.sample_letters import every_sample
from hub.gallery.sample_pages import WHOLE
from messaging.telling import BADGES
from tests.make import Cast, make_user, signed_in

PAGES = ("ui", "ui_cards", "ui_pages", "ui_confirm", "ui_emails")
ROOT = Path(settings.BASE_DIR)
# Parts that the gallery cannot draw, and why.
UNDRAWN_PARTS = {"parts/_table.html": "a convention to copy, with nothing in it"}
# Classes of the style sheet that no page of the gallery has, and why.
UNDRAWN_CLASSES = {
    "tag": "written by static/js/tags.js, out of the text that the opt-out card has",
    "qr": "of a secret that must not be shown twice; the tour of the pages looks at it",
}


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


def addresses() -> list[str]:
    """Every page of the gallery, one letter standing for all."""
    wholes = [reverse("ui_page", args=[one.key]) for one in WHOLE]
    return [*map(reverse, PAGES), reverse("ui_email", args=["closing"]), *wholes]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_staff_see_every_part_and_every_class_of_the_style_sheet(
    staff: Client, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.cookies["hub_language"] = language
    # A process makes it once, perhaps for another test.
    monkeypatch.setattr(menu, "_side_menu", unwrap(vars(menu)["_side_menu"]))
    answers = [staff.get(address) for address in addresses()]
    drawn = {template.name for answer in answers for template in answer.templates}
    assert undrawn(parts(), drawn) == sorted(UNDRAWN_PARTS)
    html = "".join(answer.content.decode() for answer in answers)
    used = {name for names in re.findall(r'class="([^"]*)"', html) for name in names.split()}
    assert undrawn(classes(), used) == sorted(UNDRAWN_CLASSES)


def undrawn(there: set[str], drawn: set[str | None]) -> list[str]:
    return sorted(there - drawn)


def parts() -> set[str]:
    """Every part of a page: the templates that others include."""
    folder = ROOT / "templates"
    return {file.relative_to(folder).as_posix() for file in folder.rglob("_*.html")}


def classes() -> set[str]:
    """Every class that a selector of the style sheets names."""
    css = "".join(file.read_text() for file in (ROOT / "static/css").glob("*.css"))
    selectors = re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    return {name for one in selectors for name in re.findall(r"\.([a-z][\w-]*)", one)}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_message_stands_there_in_every_state(staff: Client, language: str) -> None:
    staff.cookies["hub_language"] = language
    html = staff.get(reverse("ui")).content.decode()
    for state in BADGES:
        assert f"<code>{state}</code>" in html


def test_every_page_of_the_gallery_has_one_heading_no_id_twice_and_asks_little(
    staff: Client,
) -> None:
    for address in addresses():
        with CaptureQueriesContext(connection) as asked:
            html = staff.get(address).content.decode()
        ids = re.findall(r' id="([^"]*)"', html)
        assert [one for one in ids if ids.count(one) > 1] == [], address
        assert html.count("<h1") == 1, address
        assert len(asked) <= 12, address


def test_what_the_gallery_shows_is_in_no_database(staff: Client, cast: Cast) -> None:
    """Its addresses lead nowhere: the sample account is nobody's."""
    for address in addresses():
        staff.get(address)
    assert not Account.objects.filter(public_id=samples.PUBLIC_ID).exists()


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


def test_whole_pages_are_listed_and_do_not_exist_for_customers(
    staff: Client, alice: Client
) -> None:
    listed = staff.get(reverse("ui_pages")).content.decode()
    for one in WHOLE:
        address = reverse("ui_page", args=[one.key])
        assert f'href="{address}"' in listed
        assert alice.get(address).status_code == 404
    assert staff.get(reverse("ui_page", args=["nothing"])).status_code == 404


def test_the_operators_page_leads_to_the_gallery(staff: Client) -> None:
    assert f'href="{reverse("ui")}"' in staff.get(reverse("operations")).content.decode()


def test_looking_at_the_gallery_leaves_the_accounts_alone(staff: Client, cast: Cast) -> None:
    before = cast.account.name
    staff.get(reverse("ui"))
    cast.account.refresh_from_db()
    assert cast.account.name == before
