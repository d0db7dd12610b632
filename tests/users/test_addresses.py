"""The addresses of a person: the choice of the main one, told to the earlier, and its Undo."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.mailbox import letters_to
from tests.make import PASSWORD, make_user
from users.models import User

ADDRESSES = "/accounts/email/"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counters of refused sign-ins start at nought."""
    cache.clear()


def someone(*, verified: bool = True) -> tuple[User, Client, str]:
    """A person who gave their password just now, and another address of theirs."""
    user = make_user("Alice Martin")
    other = f"other-{user.email}"
    user.emailaddress_set.create(email=other, verified=verified)
    return user, enter(user), other


def enter(user: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def make_main(client: Client, email: str) -> str:
    """The page that answers; in it a note with Undo, if there is one."""
    client.post(ADDRESSES, {"email": email, "action_primary": ""})
    return client.get(ADDRESSES).content.decode()


def undo_in(html: str) -> str:
    found = re.search(r'action="(/accounts/email/\?undo=[^"]+)"', html)
    assert found
    return unescape(found[1])


def main_of(user: User) -> tuple[str, str]:
    """As the list of addresses has it, and as the person does."""
    listed = EmailAddress.objects.get(user=user, primary=True).email
    return listed, User.objects.get(pk=user.pk).email


def test_another_main_address_is_said_and_taken_back_once() -> None:
    user, client, other = someone()
    html = make_main(client, other)
    assert f"{other} is your main address now." in html
    assert main_of(user) == (other, other)
    assert client.post(undo_in(html))["Location"] == ADDRESSES
    assert main_of(user) == (user.email, user.email)
    assert "Main email address: undone." in client.get(ADDRESSES).content.decode()
    assert len(letters_to(user.email)) == len(letters_to(other)) == 1
    client.post(undo_in(html))
    assert "because it was changed again meanwhile" in client.get(ADDRESSES).content.decode()


def test_the_same_main_address_offers_nothing() -> None:
    user, client, _other = someone()
    assert "?undo=" not in make_main(client, user.email)


def test_an_unverified_address_does_not_become_the_main_one() -> None:
    user, client, other = someone(verified=False)
    assert "?undo=" not in make_main(client, other)
    assert main_of(user) == (user.email, user.email)


def test_after_ten_minutes_it_stays() -> None:
    user, client, other = someone()
    address = undo_in(make_main(client, other))
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(address)
        assert "more than 10 minutes have passed" in client.get(ADDRESSES).content.decode()
    assert main_of(user) == (other, other)


def test_an_address_that_was_removed_meanwhile_does_not_come_back() -> None:
    user, client, other = someone()
    address = undo_in(make_main(client, other))
    client.post(ADDRESSES, {"email": user.email, "action_remove": ""})
    client.post(address)
    assert "the earlier value can no longer be chosen" in client.get(ADDRESSES).content.decode()
    assert main_of(user) == (other, other)


def test_nobody_else_can_use_it() -> None:
    user, client, other = someone()
    address = undo_in(make_main(client, other))
    assert enter(make_user("Alice Roux")).post(address).status_code == 400
    assert client.post(f"{ADDRESSES}?undo=x").status_code == 400
    assert Client().post(address).status_code == 302
    assert main_of(user) == (other, other)
