"""Wrong input on the pages of sign-in and of one's own password is answered 422, as everywhere."""

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.make import PASSWORD, make_user
from users.models import User


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counters of refused sign-ins start at nought."""
    cache.clear()


def stranger() -> tuple[User, Client]:
    return make_user(), Client()


def known() -> tuple[User, Client]:
    """Somebody who gave their password a moment ago."""
    user, client = stranger()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user, client


def before_the_code() -> tuple[User, Client]:
    user, client = stranger()
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return user, client


NEW = {"password1": "short", "password2": "other"}


@pytest.mark.parametrize(
    ("page", "someone", "wrong"),
    [
        ("account_login", stranger, {"login": "a@example.test", "password": "a guess"}),
        ("account_login", stranger, {}),
        ("account_signup", stranger, {"email": "no address", "password1": PASSWORD}),
        ("account_signup", stranger, {"email": "a@example.test", "password1": "short"}),
        ("account_reset_password", stranger, {"email": "no address"}),
        ("mfa_authenticate", before_the_code, {"code": "000000"}),
        ("account_reauthenticate", known, {"password": "a guess"}),
        ("account_change_password", known, {"oldpassword": "a guess", **NEW}),
        ("account_email", known, {"email": "no address", "action_add": ""}),
        ("mfa_activate_totp", known, {"code": "000000"}),
    ],
)
def test_wrong_input_is_told_with_422(page: str, someone: Any, wrong: dict[str, str]) -> None:
    _user, client = someone()
    answer = client.post(reverse(page), wrong)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "<title>Error: " in html
    assert 'role="alert"' in html
    assert client.get(reverse(page)).status_code == 200


def test_the_staffs_desk_keeps_the_answers_of_its_library() -> None:
    answer = Client().post("/staff/login/", {"username": "a@example.test", "password": "a guess"})
    assert answer.status_code in (200, 302)
