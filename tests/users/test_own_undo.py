"""Taking back a change of one's own profile."""

import re
from datetime import timedelta
from html import unescape
from typing import Final

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.make import make_user, signed_in
from tests.users.test_profile import PROFILE, person, save

UNDO: Final = r'action="(/accounts/profile/\?undo=[^"]+)"'


def undo_in(client: Client) -> str:
    """Where the note's Undo posts to."""
    found = re.search(UNDO, client.get(PROFILE).content.decode())
    assert found
    return unescape(found[1])


@pytest.mark.parametrize(
    ("card", "field", "before", "after"),
    [
        ("name", "name", "Alice Martin", "Zoë Roux"),
        ("language", "language", "en", "fr"),
        ("zone", "time_zone", "", "Asia/Tokyo"),
    ],
)
def test_each_card_is_taken_back_once(card: str, field: str, before: str, after: str) -> None:
    user = make_user("Alice Martin")
    client = signed_in(user)
    save(client, card, **{field: after})
    assert getattr(person(user), field) == after
    address = undo_in(client)
    assert client.post(address)["Location"] == f"{PROFILE}#{card}"
    assert getattr(person(user), field) == before
    html = client.get(PROFILE).content.decode()
    assert "undone. The earlier values apply again." in html
    assert '<html lang="en"' in html
    found = re.search(UNDO, html)
    assert found, "Undo is offered Undo too"
    client.post(unescape(found[1]))
    assert getattr(person(user), field) == after
    client.post(undo_in(client))
    assert getattr(person(user), field) == before
    client.post(address)
    assert "because it was changed again meanwhile" in client.get(PROFILE).content.decode()


def test_what_was_saved_unchanged_offers_nothing() -> None:
    client = signed_in(make_user("Alice Martin"))
    save(client, "name", name="Alice Martin")
    assert "?undo=" not in client.get(PROFILE).content.decode()


def test_a_newer_change_is_not_overwritten() -> None:
    user = make_user("Alice Martin")
    client = signed_in(user)
    save(client, "name", name="Alice Roux")
    address = undo_in(client)
    save(client, "name", name="Alice Verdier")
    client.post(address)
    assert person(user).name == "Alice Verdier"


def test_after_ten_minutes_it_stays() -> None:
    user = make_user("Alice Martin")
    client = signed_in(user)
    save(client, "name", name="Alice Roux")
    address = undo_in(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(address)
        assert "more than 10 minutes have passed" in client.get(PROFILE).content.decode()
    assert person(user).name == "Alice Roux"


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "\x00", "%E2%80%AE"])
def test_an_address_that_was_not_made_here_changes_nothing(token: str) -> None:
    user = make_user("Alice Martin")
    assert signed_in(user).post(f"{PROFILE}?undo={token}").status_code == 400
    assert person(user).name == "Alice Martin"


def test_nobody_else_can_use_it() -> None:
    user = make_user("Alice Martin")
    client = signed_in(user)
    save(client, "name", name="Alice Roux")
    other = make_user("Alice Roux")
    assert signed_in(other).post(undo_in(client)).status_code == 400
    assert (person(user).name, person(other).name) == ("Alice Roux", "Alice Roux")
    assert Client().post(PROFILE + "?undo=x").status_code == 302
