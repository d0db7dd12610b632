"""From a stranger to an owner: sign-up, the mailed link, the first account; and the way back in."""

import re
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Account, AuditEntry, Membership
from accounts.tenancy import scope
from tests.mailbox import letters_to
from tests.make import PASSWORD, make_account, make_member, make_user, signed_in
from users.models import User


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counters of refused sign-ins start at nought."""
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_signing_up_leads_by_the_mailed_link_to_an_account_of_ones_own() -> None:
    client = Client(HTTP_ACCEPT_LANGUAGE="fr")
    email = f"{make_user().pk}@example.test"
    answer = client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD})
    assert answer["Location"] == reverse("account_email_verification_sent")
    (letter,) = letters_to(email)
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", str(letter.body))
    assert link
    client.get(link[1])
    assert client.post(link[1])["Location"] == reverse("account_login")
    person = User.objects.get(email=email)
    assert person.language == "fr"
    assert sign_in(client, email)["Location"] == "/"
    assert client.get("/")["Location"] == reverse("open_account")
    answer = client.post(
        reverse("open_account"),
        {"name": "Maison Neuve", "country": "BE", "time_zone": "Europe/Brussels"},
    )
    membership = Membership.objects.select_related("account").get(user=person)
    account = membership.account
    assert answer["Location"] == f"/a/{account.public_id}/"
    assert (membership.role, account.name, account.country) == ("owner", "Maison Neuve", "BE")
    assert client.get(answer["Location"]).status_code == 200


def test_an_opened_account_is_a_root_that_pays_for_itself_and_logs_who_opened_it() -> None:
    user = make_user("Ana Sol")
    client = signed_in(user)
    fields = {"name": "Atelier", "country": "FR", "time_zone": "Europe/Paris"}
    client.post(reverse("open_account"), fields)
    account = Account.objects.get(memberships__user=user)
    assert account.path == [account.pk]
    assert account.payer_id == account.pk
    with scope(account):
        entry = AuditEntry.objects.for_account(account).get()
    assert (entry.action, entry.actor_id, entry.actor_label) == (
        "account.opened",
        str(user.pk),
        "Ana Sol",
    )


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "A"}, {"country": "XX"}, {"time_zone": "Mars/Olympus"}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_account_is_not_opened_with_a_wrong_field(wrong: dict[str, str]) -> None:
    user = make_user()
    fields = {"name": "Atelier", "country": "FR", "time_zone": "Europe/Paris", **wrong}
    answer = signed_in(user).post(reverse("open_account"), fields)
    assert answer.status_code == 422
    assert not Membership.objects.filter(user=user).exists()


def test_signing_in_leads_home_and_speaks_the_persons_language() -> None:
    user = make_user(language="fr")
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    assert sign_in(client, user.email)["Location"] == "/"
    assert client.cookies["hub_language"].value == "fr"
    assert '<html lang="fr"' in client.get(reverse("profile")).content.decode()


def test_signing_in_returns_to_the_page_one_came_for() -> None:
    user, account = make_user(), make_account()
    make_member(account, user, "owner")
    wanted = f"/a/{account.public_id}/account/general/"
    client = Client()
    asked = client.get(wanted)["Location"]
    answer = client.post(asked, {"login": user.email, "password": PASSWORD, "next": wanted})
    assert answer["Location"] == wanted


def test_a_wrong_password_says_so_in_summary_and_title() -> None:
    html = sign_in(Client(), make_user().email, "not it at all").content.decode()
    assert "<title>Error: " in html
    assert 'role="alert"' in html
    assert "There is a problem" in html


def test_an_unverified_address_does_not_sign_in() -> None:
    user = make_user()
    user.emailaddress_set.update(verified=False)
    client = Client()
    assert sign_in(client, user.email)["Location"] == reverse("account_email_verification_sent")
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_signing_out_takes_a_post() -> None:
    client = signed_in(make_user())
    assert client.get(reverse("account_logout")).status_code == 200
    assert client.get(reverse("profile")).status_code == 200
    client.post(reverse("account_logout"))
    assert client.get(reverse("profile")).status_code == 302


@pytest.mark.parametrize(
    "page",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_before_sign_in_wear_our_entrance(page: str, language: str) -> None:
    answer = Client(HTTP_ACCEPT_LANGUAGE=language).get(reverse(page))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="entrance"' in html
    assert html.count("<h1>") == 1


@pytest.mark.parametrize(
    "page",
    ["profile", "account_email", "account_change_password", "mfa_index", "sessions"],
)
def test_a_persons_own_pages_wear_the_profile_and_lead_back(page: str) -> None:
    user = make_user()
    client = Client()
    sign_in(client, user.email)
    answer = client.get(reverse(page))
    assert answer.status_code == 200, answer.get("Location")
    html = answer.content.decode()
    assert "Back to the console" in html
    assert html.count("<h1>") == 1


def test_two_step_sign_in_asks_the_password_again_and_draws_its_code_in_the_page() -> None:
    user = make_user()
    client = Client()
    sign_in(client, user.email)
    wanted = reverse("mfa_activate_totp")
    asked = client.get(wanted)["Location"]
    assert "Is it still you?" in client.get(asked).content.decode()
    assert client.post(asked, {"password": PASSWORD})["Location"] == wanted
    html = client.get(wanted).content.decode()
    assert "<svg" in html
    assert "data:image" not in html


def test_a_second_step_is_asked_once_it_is_set_up_and_a_recovery_code_opens_the_door() -> None:
    user = make_user()
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    codes = RecoveryCodes.activate(user).get_unused_codes()
    client = Client()
    step = sign_in(client, user.email)["Location"]
    assert step == reverse("mfa_authenticate")
    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert "Enter your code" in client.get(step).content.decode()
    assert client.post(step, {"code": codes[0]})["Location"] == "/"
    assert client.get(reverse("mfa_index")).status_code == 200
