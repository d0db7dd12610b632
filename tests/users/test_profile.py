"""A person's own page: name, language, clock, and where they are signed in."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.audit import CLOCK, record
from accounts.tenancy import scope
from tests.make import PASSWORD, Cast, make_user, signed_in
from tests.senders.given import fields_of
from tests.test_page_queries import statements
from users.models import User

PROFILE = "/accounts/profile/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
ANDROID = "Mozilla/5.0 (Android 16; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
IP = "192.0.2.9"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Counters of refused sign-ins start at nought."""
    cache.clear()


def shown(client: Client, card: str) -> dict[str, str]:
    """The card's form as the page shows it."""
    return fields_of(client.get(PROFILE).content.decode(), card)


def save(client: Client, card: str, **given: str) -> Any:
    """The card is opened, changed as given and sent."""
    return client.post(PROFILE, shown(client, card) | given)


def person(user: User) -> User:
    return User.objects.get(pk=user.pk)


# -- name and language -----------------------------------------------------------------------


def test_a_saved_name_is_shown_and_told() -> None:
    user = make_user()
    client = signed_in(user)
    assert save(client, "name", name="  Zoë   Roux ")["Location"] == f"{PROFILE}#name"
    assert person(user).name == "Zoë Roux"
    html = client.get(PROFILE).content.decode()
    assert 'value="Zoë Roux"' in html
    assert "Your name is saved." in html


@pytest.mark.parametrize("name", ["", " ", "A\u202eB", "x" * 81, "A\x00B"])
def test_a_name_that_is_none_comes_back_with_what_to_do(name: str) -> None:
    user = make_user("Alice Martin")
    answer = save(signed_in(user), "name", name=name)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert person(user).name == "Alice Martin"


def test_the_chosen_language_is_that_of_the_next_page_and_of_every_later_browser() -> None:
    user = make_user()
    client = signed_in(user)
    save(client, "language", language="fr")
    assert person(user).language == "fr"
    assert '<html lang="fr"' in client.get(PROFILE).content.decode()
    later = Client()
    later.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert '<html lang="fr"' in later.get(PROFILE).content.decode()


def test_languages_are_offered_by_their_own_names() -> None:
    html = signed_in(make_user()).get(PROFILE).content.decode()
    assert "Français" in html
    assert "English" in html


@pytest.mark.parametrize(
    ("card", "given"),
    [
        ("language", {"language": "xx"}),
        ("zone", {"time_zone": "Mars/Olympus"}),
        ("language", {"language": ""}),
    ],
)
def test_what_is_not_offered_is_refused(card: str, given: dict[str, str]) -> None:
    user = make_user(language="en")
    assert save(signed_in(user), card, **given).status_code == 422
    assert (person(user).language, person(user).time_zone) == ("en", "")


def test_a_card_there_is_not_is_a_bad_request() -> None:
    answer = signed_in(make_user()).post(PROFILE, {"card": "admin", "is_staff": "on"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("card", "field", "first", "second", "told"),
    [
        ("name", "name", "Alice Roux", "Alice Verdier", ["Alice Roux", "Alice Verdier"]),
        ("language", "language", "fr", "en", ["Français", "English"]),
        ("zone", "time_zone", "Asia/Tokyo", "Europe/Oslo", ["Tokyo", "Oslo"]),
    ],
)
def test_of_two_tabs_the_second_sees_both_values_and_overwrites_only_when_it_says_so(
    card: str, field: str, first: str, second: str, told: list[str]
) -> None:
    user = make_user("Alice Martin")
    client = signed_in(user)
    old = shown(client, card)
    assert save(client, card, **{field: first}).status_code == 302
    stale = client.post(PROFILE, old | {field: second})
    assert stale.status_code == 409
    assert getattr(person(user), field) == first
    html = unescape(stale.content.decode())
    clash = html.split(f'id="{card}-clash"')[1].split("</table>")[0]
    assert [word for word in told if word in clash] == told
    assert f'href="#{card}-clash"' in html
    assert client.post(PROFILE, fields_of(html, card)).status_code == 302
    assert getattr(person(user), field) == second


def test_a_mistake_does_not_hide_what_another_tab_changed() -> None:
    user = make_user("Alice Martin")
    client = signed_in(user)
    old = shown(client, "name")
    save(client, "name", name="Alice Roux")
    refused = client.post(PROFILE, old | {"name": " "})
    again = fields_of(refused.content.decode(), "name") | {"name": "Alice Verdier"}
    assert client.post(PROFILE, again).status_code == 409
    assert person(user).name == "Alice Roux"


def test_a_stale_tab_that_says_what_is_saved_is_no_conflict() -> None:
    client = signed_in(make_user("Alice Martin"))
    old = shown(client, "name")
    save(client, "name", name="Alice Roux")
    assert client.post(PROFILE, old | {"name": "Alice Roux"}).status_code == 302


# -- the clock -------------------------------------------------------------------------------


@pytest.fixture
def late_entry(cast: Cast) -> None:
    """Something of the log at 16:30 in Paris on 12 November, half past midnight in Tokyo."""
    then = datetime(2026, 11, 12, 15, 30, tzinfo=UTC)
    with time_machine.travel(then, tick=False), scope(cast.account), transaction.atomic():
        record(cast.account, actor=CLOCK, action="sms_limit.changed")


def log_of(client: Client, cast: Cast, query: str = "") -> str:
    page = reverse("console:account_activity", args=[cast.account.public_id])
    return unescape(client.get(page + query).content.decode())


def test_without_a_clock_of_ones_own_times_are_the_accounts(
    late_entry: None, cast: Cast, alice: Client
) -> None:
    html = log_of(alice, cast)
    assert "16:30" in html
    assert "(Europe/Paris)" in html
    assert "Thursday 12 November 2026" in html


def test_with_a_clock_of_ones_own_times_days_and_filters_follow_it_and_say_the_zone(
    late_entry: None, cast: Cast, alice: Client
) -> None:
    save(alice, "zone", time_zone="Asia/Tokyo")
    html = log_of(alice, cast)
    assert "00:30" in html
    assert "(Asia/Tokyo)" in html
    assert "Friday 13 November 2026" in html
    assert "00:30" in log_of(alice, cast, "?first=2026-11-13&last=2026-11-13")
    assert "00:30" not in log_of(alice, cast, "?last=2026-11-12")


def test_a_download_of_the_log_is_in_the_readers_zone_and_names_it(
    late_entry: None, cast: Cast, alice: Client
) -> None:
    save(alice, "zone", time_zone="Asia/Tokyo")
    page = reverse("console:account_activity_jsonl", args=[cast.account.public_id])
    answer: Any = alice.post(page)
    text = b"".join(answer.streaming_content).decode()
    assert "2026-11-13T00:30:00+09:00" in text
    assert '"time_zone": "Asia/Tokyo"' in text


def test_the_hours_picture_keeps_the_accounts_own_clock(cast: Cast, alice: Client) -> None:
    """Its mark of the present moment stands where the account's rules see it."""
    page = reverse("console:numbers_settings", args=[cast.account.public_id])
    with time_machine.travel(datetime(2026, 11, 12, 11, 0, tzinfo=UTC), tick=False):
        before = marks(alice.get(page).content.decode())
        User.objects.filter(pk=cast.alice.pk).update(time_zone="Asia/Tokyo")
        after = marks(alice.get(page).content.decode())
    assert before == after != []


def marks(html: str) -> list[str]:
    return re.findall(r'class="hn" d="([^"]+)"', html)


def test_a_clock_of_ones_own_can_be_given_up_again(cast: Cast, alice: Client) -> None:
    save(alice, "zone", time_zone="US/Eastern")
    assert person(cast.alice).time_zone == "America/New_York"
    save(alice, "zone", time_zone="")
    assert person(cast.alice).time_zone == ""


# -- sessions --------------------------------------------------------------------------------


def browser(user: User, agent: str, address: str) -> Client:
    """Somebody signs in there."""
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


def session_of(client: Client) -> UserSession:
    return UserSession.objects.get(session_key=client.session.session_key)


def test_sessions_are_listed_with_device_and_address_and_this_one_is_marked() -> None:
    user = make_user()
    laptop = browser(user, FIREFOX, "192.0.2.7")
    browser(user, IPHONE, "198.51.100.4")
    html = laptop.get(reverse("sessions")).content.decode()
    for part in ("Firefox on Linux", "192.0.2.7", "Safari on iPhone", "198.51.100.4"):
        assert part in html
    assert html.count("This browser") == 1
    assert html.index("This browser") < html.index("Safari on iPhone")


def test_each_session_says_when_it_was_last_active_and_the_last_active_stands_first() -> None:
    user = make_user(time_zone="UTC")
    with time_machine.travel(datetime(2026, 11, 12, 9, 0, tzinfo=UTC), tick=False) as clock:
        laptop, phone, _other = (browser(user, agent, IP) for agent in (FIREFOX, IPHONE, ANDROID))
        clock.shift(timedelta(hours=3))
        assert is_in(phone)
        html = laptop.get(reverse("sessions")).content.decode()
    told = re.findall(r"Last active <time[^>]*>([^<]*)</time>", html)
    assert [one[-5:] for one in told] == ["12:00", "09:00"]
    assert html.count("Active now") == 1
    assert html.index("Active now") < html.index("Safari on iPhone") < html.index("Android")


def test_activity_is_written_once_in_five_minutes_and_not_by_a_page_that_asks_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(datetime(2026, 11, 12, 9, 0, tzinfo=UTC), tick=False) as clock:
        client = browser(make_user(), FIREFOX, IP)
        signed_in_at = session_of(client).last_seen_at
        clock.shift(timedelta(minutes=4))
        assert is_in(client)
        assert session_of(client).last_seen_at == signed_in_at
        clock.shift(timedelta(minutes=6))
        client.get(PROFILE, headers={"X-Part": "true"})
        assert session_of(client).last_seen_at == signed_in_at
        assert is_in(client)
        assert session_of(client).last_seen_at == signed_in_at + timedelta(minutes=10)
        with statements(monkeypatch) as sent:
            for _minute in range(4):
                clock.shift(timedelta(minutes=1))
                assert is_in(client)
    assert not [one for one in sent if "usersessions" in one and one.startswith("UPDATE")]


def test_a_session_that_has_ended_is_not_made_active_again() -> None:
    user = make_user()
    with time_machine.travel(datetime(2026, 11, 12, 9, 0, tzinfo=UTC), tick=False) as clock:
        here, lost = browser(user, FIREFOX, IP), browser(user, FIREFOX, IP)
        here.post(reverse("sessions"), {"end": str(session_of(lost).pk)})
        clock.shift(timedelta(minutes=10))
        assert not is_in(lost)
        assert UserSession.objects.filter(user=user).count() == 1


def test_one_session_is_ended_and_the_others_go_on() -> None:
    user = make_user()
    here, lost, kept = (browser(user, FIREFOX, f"192.0.2.{n}") for n in (1, 2, 3))
    here.post(reverse("sessions"), {"end": str(session_of(lost).pk)})
    assert (is_in(here), is_in(lost), is_in(kept)) == (True, False, True)


def test_the_list_asks_no_more_for_more_sessions() -> None:
    user = make_user()
    here = signed_in(user)
    asked = []
    for _sessions in (1, 3):
        here.get(reverse("sessions"))
        with CaptureQueriesContext(connection) as queries:
            assert here.get(reverse("sessions")).content.decode().count("Signed in") == _sessions
        asked.append(len(queries))
        for _more in range(2):
            signed_in(user).get(reverse("sessions"))
    assert asked[0] == asked[1] <= 12


def test_a_session_of_an_older_password_is_not_listed() -> None:
    user = make_user()
    lost = signed_in(user)
    lost.get(reverse("sessions"))
    user.set_password("another password of mine")
    user.save()
    here = signed_in(user)
    assert here.get(reverse("sessions")).content.decode().count("Signed in") == 1
    assert UserSession.objects.filter(user=user.pk).count() == 1


def test_all_other_sessions_are_ended_at_once_and_this_one_goes_on() -> None:
    user = make_user()
    here, *others = (browser(user, FIREFOX, f"192.0.2.{n}") for n in (1, 2, 3))
    answer = here.post(reverse("sessions"), {"end": "others"}, follow=True)
    assert "2 sessions are ended." in answer.content.decode()
    assert is_in(here)
    assert not any(is_in(other) for other in others)


def test_nobody_ends_a_session_of_somebody_else() -> None:
    here, stranger = (browser(make_user(), FIREFOX, f"192.0.2.{n}") for n in (1, 2))
    here.post(reverse("sessions"), {"end": str(session_of(stranger).pk)})
    here.post(reverse("sessions"), {"end": "others"})
    assert is_in(stranger)


@pytest.mark.parametrize("end", ["", "x", "-1", "9" * 30])
def test_what_names_no_session_is_a_bad_request(end: str) -> None:
    here = browser(make_user(), FIREFOX, "192.0.2.1")
    assert here.post(reverse("sessions"), {"end": end}).status_code == 400
    assert is_in(here)


def test_a_session_begun_before_they_were_listed_is_listed_too() -> None:
    client = signed_in(make_user())
    assert client.get(reverse("sessions")).content.decode().count("This browser") == 1


def test_a_new_password_ends_every_other_session() -> None:
    user = make_user()
    here, other = (browser(user, FIREFOX, f"192.0.2.{n}") for n in (1, 2))
    new = "another horse battery"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    here.post(reverse("account_change_password"), given)
    assert (is_in(here), is_in(other)) == (True, False)
