"""A session that ends while somebody writes: the form is filled again, and nothing is saved."""

import re
from html import unescape
from typing import Any, Final

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.cache import cache
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import scope
from messaging.models import MessageTemplate
from tests.make import PASSWORD, Cast, make_user
from tests.senders.given import settings_of, shown
from users.kept_form import KEPT, SECONDS
from users.models import User


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counters of refused sign-ins start at nought."""
    cache.clear()


def sign_in(client: Client, user: User, page: str = "") -> Any:
    given = {"login": user.email, "password": PASSWORD, **({"next": page} if page else {})}
    return client.post(reverse("account_login"), given)


def session_ends(client: Client) -> None:
    client.session.delete()


def posted_too_late(client: Client, page: str, given: dict[str, Any], to: str = "") -> str:
    """The form is sent after the session ended; where the person is led after signing in."""
    session_ends(client)
    answer = client.post(to or page, given, HTTP_REFERER=f"http://testserver{page}")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert "what you wrote is kept" in client.get(answer["Location"]).content.decode()
    return page


@pytest.fixture
def limit_page(cast: Cast) -> str:
    return reverse("console:numbers_settings", args=[cast.account.public_id])


def test_a_card_that_came_too_late_is_filled_again_after_sign_in_and_saved_only_when_sent(
    cast: Cast, limit_page: str
) -> None:
    client = Client()
    sign_in(client, cast.alice)
    given = shown(client, cast.account, "limit") | {"limit_day": "4321", "over_limit": "discard"}
    page = posted_too_late(client, limit_page, given)
    assert sign_in(client, cast.alice, page)["Location"] == page
    html = client.get(page).content.decode()
    assert settings_of(cast.account).limit_day is None
    assert "Nothing was saved: look at what you wrote and save." in html
    again = shown_in(html, "limit")
    assert (again["limit_day"], again["over_limit"]) == ("4321", "discard")
    assert again["version"] == given["version"]
    client.post(page, again)
    assert settings_of(cast.account).limit_day == 4321


def shown_in(html: str, card: str) -> dict[str, str]:
    """What a browser would send of a card as it stands in `html`."""
    (form,) = (
        part.split("</form>")[0]
        for part in html.split("<form ")
        if f'name="card" value="{card}"' in part.split("</form>")[0]
    )
    assert "data-dirty" in form.split(">")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if at.get("type") not in ("radio", "checkbox") or "checked" in tag:
            found[at.get("name", "")] = unescape(at.get("value", "on"))
    return found


def test_the_page_is_filled_once(cast: Cast, limit_page: str) -> None:
    client = Client()
    sign_in(client, cast.alice)
    given = shown(client, cast.account, "limit") | {"limit_day": "4321"}
    page = posted_too_late(client, limit_page, given)
    sign_in(client, cast.alice, page)
    assert "4321" in client.get(page).content.decode()
    assert "4321" not in client.get(page).content.decode()


def test_somebody_elses_change_meanwhile_is_not_overwritten_by_what_was_kept(
    cast: Cast, limit_page: str
) -> None:
    client, other = Client(), Client()
    sign_in(client, cast.alice)
    given = shown(client, cast.account, "limit") | {"limit_day": "4321"}
    sign_in(other, cast.alice)
    other.post(limit_page, shown(other, cast.account, "limit") | {"limit_day": "50"})
    page = posted_too_late(client, limit_page, given)
    sign_in(client, cast.alice, page)
    again = shown_in(client.get(page).content.decode(), "limit")
    assert client.post(page, again).status_code == 409
    assert settings_of(cast.account).limit_day == 50


def test_a_long_text_and_what_looks_like_markup_come_back_as_they_were(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.alice)
    page = reverse("console:template_new", args=[cast.account.public_id])
    text = '\nBonjour "{name}" & </textarea><script>x</script>\n  à bientôt'
    posted_too_late(client, page, {"name": 'A "B" <i>', "text": text})
    sign_in(client, cast.alice, page)
    html = client.get(page).content.decode()
    assert "<script>x</script>" not in html
    area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", html, re.DOTALL)
    assert area
    assert unescape(area[1]) == text
    assert 'value="A &quot;B&quot; &lt;i&gt;"' in html
    with scope(cast.account):
        assert not MessageTemplate.objects.for_account(cast.account).exists()


# 208 characters as browsers count them, one more as they send them.
LONG: Final = "Bonjour Madame.\r\n" + 192 * "x"
COUNTED: Final = "2 segments, 98 characters left (GSM-7)"


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("template_new", {"name": "A", "text": LONG}),
        ("message_new", {"to": "+33639980123", "text": LONG}),
        ("account_general", {"card": "optout", "confirm": "on", "confirmation": LONG}),
    ],
)
def test_the_cost_beside_a_text_is_that_of_the_text_that_comes_back(
    cast: Cast, name: str, given: dict[str, str]
) -> None:
    client = Client()
    sign_in(client, cast.alice)
    page = reverse(f"console:{name}", args=[cast.account.public_id])
    assert COUNTED not in client.get(page).content.decode()
    posted_too_late(client, page, given)
    sign_in(client, cast.alice, page)
    html = client.get(page).content.decode()
    assert 192 * "x" in html
    assert COUNTED in html
    assert COUNTED not in client.get(page).content.decode()


def test_a_text_that_comes_back_is_shown_as_it_will_be_read_and_with_what_makes_it_dear(
    cast: Cast,
) -> None:
    client = Client()
    sign_in(client, cast.alice)
    page = reverse("console:template_new", args=[cast.account.public_id])
    posted_too_late(client, page, {"name": "A", "text": "À bientôt {name}"})
    sign_in(client, cast.alice, page)
    html = client.get(page).content.decode()
    assert 'id="text-count-shown">À bientôt Camille Martin<' in html
    assert 'id="text-count-dear">' in html


def test_the_text_of_one_card_is_not_counted_in_another(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.alice)
    page = reverse("console:account_general", args=[cast.account.public_id])
    before = counts_in(client.get(page).content.decode())
    posted_too_late(client, page, {"card": "name", "name": "x", "confirmation": "y" * 300})
    sign_in(client, cast.alice, page)
    assert counts_in(client.get(page).content.decode()) == before != []


def counts_in(html: str) -> list[str]:
    return re.findall(r"\d+ segments?, \d+ characters left", html)


def test_a_form_that_posts_elsewhere_is_filled_on_the_page_it_stands_on(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.alice)
    at = [cast.account.public_id]
    page = reverse("console:account_general", args=at)
    door = reverse("console:account_duplicates", args=at)
    posted_too_late(client, page, {"why": "Deux marques"}, to=door)
    assert sign_in(client, cast.alice, page)["Location"] == page
    assert 'value="Deux marques"' in client.get(page).content.decode()


def test_it_outlasts_a_second_step(cast: Cast) -> None:
    client = Client()
    page = reverse("profile")
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(cast.alice, secret)
    client.force_login(cast.alice)
    posted_too_late(client, page, {"card": "name", "name": "Zoë Roux"})
    step = sign_in(client, cast.alice, page)["Location"]
    code = format_hotp_value(hotp_value(secret, next(iter(counters()))))
    assert client.post(step, {"code": code})["Location"] == page
    assert 'value="Zoë Roux"' in client.get(page).content.decode()
    assert User.objects.get(pk=cast.alice.pk).name == "Alice Martin"


def test_passwords_and_tokens_are_never_kept(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.alice)
    page = reverse("account_change_password")
    given = {"oldpassword": PASSWORD, "password1": "x", "csrfmiddlewaretoken": "y", "code": "1"}
    session_ends(client)
    client.post(page, given)
    assert KEPT not in client.session


@pytest.mark.parametrize(
    "given", [{"name": "x" * 40_000}, {f"f{n}": "x" for n in range(300)}], ids=["long", "many"]
)
def test_what_is_too_much_is_not_kept(given: dict[str, str]) -> None:
    client = Client()
    assert client.post(reverse("profile"), given).status_code == 302
    assert KEPT not in client.session


def test_after_half_an_hour_it_is_forgotten(cast: Cast) -> None:
    client = Client()
    page = reverse("profile")
    posted_too_late(client, page, {"card": "name", "name": "Zoë Roux"})
    sign_in(client, cast.alice, page)
    with time_machine.travel(timezone.now().timestamp() + SECONDS + 5):
        assert "Zoë Roux" not in client.get(page).content.decode()


def test_what_was_kept_shortens_no_later_session(cast: Cast) -> None:
    client = Client()
    page = reverse("profile")
    posted_too_late(client, page, {"card": "name", "name": "Zoë Roux"})
    sign_in(client, cast.alice, page)
    assert client.session.get_expiry_age() > 24 * 3600


def test_what_somebody_wrote_in_an_account_one_is_not_in_is_not_shown(
    cast: Cast, limit_page: str
) -> None:
    client = Client()
    sign_in(client, cast.alice)
    page = posted_too_late(client, limit_page, {"card": "limit", "limit_day": "4321"})
    sign_in(client, cast.charlie, page)
    answer = client.get(page)
    assert answer.status_code == 404
    assert "4321" not in answer.content.decode()


@pytest.mark.parametrize("referer", ["https://evil.example/a/", "//evil.example", "", "x"])
def test_nobody_is_led_elsewhere_by_what_the_browser_says(referer: str) -> None:
    page = reverse("profile")
    answer = Client().post(page, {"name": "x"}, HTTP_REFERER=referer)
    assert answer["Location"] == f"{reverse('account_login')}?next=%2Faccounts%2Fprofile%2F"


def test_a_session_that_lasts_is_left_alone(cast: Cast) -> None:
    client = Client()
    sign_in(client, make_user())
    client.post(reverse("profile"), {"card": "name", "name": ""})
    assert KEPT not in client.session


# -- signed in again in another tab ------------------------------------------------------------

HERE: Final = "http://testserver"


def browser_of(user: User) -> Client:
    """It has signed in and looked at a page, so it has a token too."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.get(reverse("profile"))
    return client


def old_post(client: Client, page: str, given: dict[str, Any], **headers: str) -> Any:
    """From a tab whose page was made before the last sign-in, which made new tokens."""
    at = {"Origin": HERE, "Referer": HERE + page} | headers
    old = get_token(RequestFactory().get("/"))
    return client.post(page, given | {"csrfmiddlewaretoken": old}, headers=at)


def test_a_page_older_than_the_sign_in_is_filled_again_and_saves_nothing_by_itself(
    cast: Cast, limit_page: str
) -> None:
    client = browser_of(cast.alice)
    given = shown(client, cast.account, "limit") | {"limit_day": "4321", "over_limit": "discard"}
    answer = old_post(client, f"{limit_page}?preset=fr", given)
    assert (answer.status_code, answer["Location"]) == (302, f"{limit_page}?preset=fr")
    html = client.get(answer["Location"]).content.decode()
    assert "You had signed in again in another tab" in html
    again = shown_in(html, "limit")
    assert (again["limit_day"], again["over_limit"]) == ("4321", "discard")
    assert settings_of(cast.account).limit_day is None
    assert "4321" not in client.get(limit_page).content.decode()
    assert client.post(limit_page, again).status_code == 302
    assert settings_of(cast.account).limit_day == 4321


def test_what_an_old_page_sent_shortens_no_session_and_keeps_no_secret(cast: Cast) -> None:
    client = browser_of(cast.alice)
    old_post(client, reverse("profile"), {"card": "name", "name": "Zoë Roux", "password": "x"})
    assert client.session.get_expiry_age() > 24 * 3600
    assert client.session[KEPT]["fields"].keys() == {"card", "name"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Referer": "https://evil.example/accounts/profile/"},
        {"Referer": "http://["},
        {"Referer": "/accounts/profile/"},
        {"Referer": ""},
    ],
    ids=str,
)
def test_what_another_site_sends_is_refused_and_not_kept(
    cast: Cast, headers: dict[str, str]
) -> None:
    client = browser_of(cast.alice)
    given = {"card": "name", "name": "Zoë Roux"}
    answer = old_post(client, reverse("profile"), given, **headers)
    assert answer.status_code == 403
    assert "reload the page" in answer.content.decode()
    assert KEPT not in client.session
    assert "Zoë Roux" not in client.get(reverse("profile")).content.decode()


def test_an_old_page_of_nobody_or_with_too_much_on_it_is_refused(cast: Cast) -> None:
    page = reverse("profile")
    nobody, alice = Client(enforce_csrf_checks=True), browser_of(cast.alice)
    assert old_post(nobody, page, {"card": "name", "name": "Zoë"}).status_code == 403
    assert old_post(alice, page, {"card": "name", "name": "x" * 40_000}).status_code == 403
    assert KEPT not in alice.session


def test_a_programs_request_is_no_page(cast: Cast) -> None:
    client = browser_of(cast.alice)
    answer = old_post(client, "/v1/messages", {"name": "Zoë"})
    assert answer.status_code == 401
    assert KEPT not in client.session
