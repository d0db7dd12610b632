"""What people are told about their sign-in: every letter of allauth's, in our words."""

import re
from pathlib import Path
from typing import Any

import allauth
import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.mailbox import html_of, letters_to
from tests.make import PASSWORD, make_user
from users.letters import LETTERS
from users.models import User

NEW_PASSWORD = "another horse battery"
# Of ways to sign in that this product does not offer.
NOT_OURS = ("login_code", "password_reset_code", "webauthn", "socialaccount", "email_confirm_")


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counters of refused sign-ins start at nought."""
    cache.clear()


def signed_in(user: User, **headers: str) -> Client:
    client = Client(**headers)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def link_in(letter: Any) -> str:
    found = re.search(r"http://testserver(/accounts/\S+)", str(letter.body))
    assert found
    return found[1]


def test_every_letter_allauth_may_send_has_words_of_ours() -> None:
    templates = Path(allauth.__file__).parent / "templates"
    known = {
        str(path.relative_to(templates)).removesuffix("_message.txt")
        for path in templates.rglob("email/*_message.txt")
        if path.name != "base_message.txt"
    }
    ours = {name for name in known if not any(one in f"{name}_" for one in NOT_OURS)}
    assert ours == LETTERS.keys()


@pytest.mark.parametrize(("language", "greeting"), [("en", "Hello"), ("fr", "Bonjour")])
def test_a_forgotten_password_is_replaced_by_the_link_in_the_readers_own_language(
    language: str, greeting: str
) -> None:
    user = make_user("Léa Roux", language=language)
    asked_in_the_other = Client(HTTP_ACCEPT_LANGUAGE="fr" if language == "en" else "en")
    asked_in_the_other.post(reverse("account_reset_password"), {"email": user.email})
    (letter,) = letters_to(user.email)
    assert letter.body.startswith(f"{greeting} Léa Roux")
    assert f'lang="{language}"' in html_of(letter)
    assert link_in(letter) in html_of(letter)
    client = Client()
    page = client.get(link_in(letter))["Location"]
    client.post(page, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    user.refresh_from_db()
    assert user.check_password(NEW_PASSWORD)
    assert len(letters_to(user.email)) == 2  # and a notice that it was changed


def test_an_address_nobody_signs_in_with_is_told_so_in_the_language_of_the_page() -> None:
    email = f"{make_user().pk}@example.test"
    Client(HTTP_ACCEPT_LANGUAGE="fr").post(reverse("account_reset_password"), {"email": email})
    (letter,) = letters_to(email)
    assert reverse("account_signup") in letter.body
    assert 'lang="fr"' in html_of(letter)


def test_signing_up_twice_tells_the_owner_of_the_address_and_not_the_visitor() -> None:
    user = make_user()
    answer = Client().post(reverse("account_signup"), {"email": user.email, "password1": PASSWORD})
    assert answer["Location"] == reverse("account_email_verification_sent")
    (letter,) = letters_to(user.email)
    assert letter.subject == "You already have a sign-in"
    assert reverse("account_reset_password") in letter.body


def test_a_changed_password_is_told_with_when_where_and_by_which_browser() -> None:
    user = make_user()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    client = signed_in(user, HTTP_USER_AGENT=agent, REMOTE_ADDR="192.0.2.7")
    given = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post(reverse("account_change_password"), given)
    (letter,) = letters_to(user.email)
    assert letter.subject == "Your password was changed"
    assert "192.0.2.7" in letter.body
    assert "Firefox on Linux" in letter.body
    assert NEW_PASSWORD not in letter.body


def test_a_new_main_address_is_told_to_the_old_one() -> None:
    user = make_user()
    new = f"new.{user.email}"
    user.emailaddress_set.create(email=new, verified=True, primary=False)
    client = signed_in(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": new, "action_primary": ""})
    (letter,) = letters_to(user.email)
    assert new in letter.body
    client.post(reverse("account_email"), {"email": user.email, "action_remove": ""})
    assert any(user.email in one.body for one in letters_to(new))


def test_two_step_sign_in_is_told_when_it_goes_on_and_off() -> None:
    user = make_user()
    client = signed_in(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    client.post(reverse("mfa_deactivate_totp"))
    subjects = [one.subject for one in letters_to(user.email)]
    assert "Two-step sign-in is on" in subjects
    assert "Two-step sign-in is off" in subjects
    assert not any(secret in one.body for one in letters_to(user.email))
