"""The page as it opens: who sees what, in which words."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine

from accounts.tenancy import scope
from senders import limits_above
from senders.models import Sender, SendingSettings
from senders.settings_list import SENDING_FORMS, sending_settings
from tests.make import make_account, make_contact
from tests.senders.given import THURSDAY, address, fields_of, limit, member_of, shown, use

WEEK = {day: [["08:00", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")} | {
    "sat": [["10:00", "18:00"]],
    "hol": [],
}


@pytest.fixture
def thursday() -> Iterator[None]:
    with time_machine.travel(THURSDAY, tick=False):
        yield


def test_every_card_is_a_form_with_its_version_for_who_may_change() -> None:
    account = make_account()
    html = member_of(account).get(address(account)).content.decode()
    for card in ("hours", "limit", "sender", "receipts"):
        assert fields_of(html, card)["version"]
        assert f'<section class="card" id="{card}"' in html
    assert html.count("Default value, never changed") == 3
    assert html.count("Own value, set when the account was opened") == 1


@pytest.mark.parametrize("role", ["advanced", "developer"])
def test_who_may_only_read_sees_lists_and_no_control(role: str) -> None:
    account = make_account(limit_day=5000, hours_on=True, week=WEEK)
    html = member_of(account, role).get(address(account)).content.decode()
    main = html[html.index("<main") :]
    assert not re.search(r"<(input|select|textarea)\b", main)
    assert "5,000 segments" in main
    assert "Monday to Friday 08:00–20:00; Saturday 10:00–18:00; Sunday closed" in main
    assert "Owners and administrators can change them" in main


@pytest.mark.parametrize("role", ["basic", "billing"])
def test_other_roles_do_not_see_the_page(role: str) -> None:
    account = make_account()
    client = member_of(account, role)
    assert client.get(address(account)).status_code == 403
    assert client.get(address(account, "numbers_active")).status_code == 403


def test_who_may_only_read_cannot_save() -> None:
    account = make_account()
    client = member_of(account, "developer")
    answer = client.post(address(account), {"card": "limit", "version": "1", "over_limit": "hold"})
    assert answer.status_code == 403


def test_the_week_is_drawn_and_told_in_a_sentence() -> None:
    account = make_account(hours_on=True, week=WEEK)
    html = member_of(account).get(address(account)).content.decode()
    assert "Sending hours: 68 of 168 hours a week" in html
    assert html.count('<rect class="ho"') == 6
    assert "Saturday 10:00–18:00; Sunday closed; public holidays closed." in html
    assert re.search(r'<path class="hn" d="M[\d.]+ 15V', html)
    assert "68 h a week" in html


def test_hours_past_midnight_are_drawn_in_both_days() -> None:
    account = make_account(hours_on=True, week={"sun": [["22:00", "06:00"]]})
    html = member_of(account).get(address(account)).content.decode()
    bars = re.findall(r'<rect class="ho" x="([\d.]+)" y="(\d+)" width="([\d.]+)"', html)
    assert bars == [("38.0", "18", "114.0"), ("456.0", "108", "38.0")]
    assert "Sunday 22:00–06:00 (next day)" in html


def test_the_preview_tells_for_the_zones_of_the_contacts(thursday: None) -> None:
    account = make_account(hours_on=True, week=WEEK)
    for _person in range(2):
        make_contact(account, "+33612345678")
    make_contact(account, "+687751234")
    make_contact(account, "+12025550123", time_zone="America/New_York")
    html = member_of(account).get(address(account)).content.decode()
    lines = [
        re.sub(r"<[^>]+>", " ", line).split()
        for line in re.findall(r"<li>(<span>.*?)</li>", html[html.index('class="zones"') :])
    ]
    assert [" ".join(line) for line in lines] == [
        "Paris 14:32 Sending",
        "New York 08:32 Sending",
        "Noumea 00:32 Held until 08:00, in 7 h 28 min",
    ]


def test_without_contacts_the_preview_shows_the_account_and_overseas(thursday: None) -> None:
    account = make_account(hours_on=True, week=WEEK)
    html = member_of(account).get(address(account)).content.decode()
    cities = re.findall(r"<li><span>([^<]+)</span><span class=\"time\">", html)
    assert cities == ["Paris", "Réunion", "Guadeloupe", "Noumea"]


def test_the_meters_tell_what_is_used_and_when_the_limit_will_be_reached(thursday: None) -> None:
    account = make_account()
    use(account, 36_000 - 1284, THURSDAY - timedelta(days=1))
    use(account, 1284, THURSDAY)
    limit(account, limit_day=5000, limit_month=80_000)
    html = member_of(account).get(address(account)).content.decode()
    assert "1,284 of 5,000" in html
    assert "36,000 of 80,000" in html
    assert '<meter min="0" max="80000" value="36000"' in html
    assert re.search(r"the monthly limit is reached on <time[^>]*>26 November 2026</time>", html)
    assert '<span id="meter-month">November</span>' in html


def test_a_child_is_told_the_limits_above_with_their_owner_and_figures(thursday: None) -> None:
    root = make_account("Maison Mère", limit_month=9_000)
    parent = make_account("Région Sud", parent=root, limit_day=7_777)
    child = make_account("Atelier", parent=parent)
    use(child, 77, THURSDAY)
    html = member_of(child).get(address(child)).content.decode()
    found = re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", html[html.index('class="above"') :])
    told = [(owner, re.sub(r"<[^>]+>", "", words)) for owner, words in found[:2]]
    assert told == [
        ("Région Sud", "Today · 77 of 7,777"),
        ("Maison Mère", "November · 77 of 9,000"),
    ]


def test_a_child_without_limits_above_is_told_that_none_is_set() -> None:
    child = make_account("Atelier", parent=make_account())
    html = member_of(child).get(address(child)).content.decode()
    assert "counts in the limits of its parent account. None is set now." in html


def test_nobody_reads_the_limits_above_another_account() -> None:
    child = make_account("Atelier", parent=make_account(limit_day=7_777))
    other = make_account("Ailleurs")
    with scope(other), pytest.raises(psycopg.errors.InsufficientPrivilege):
        limits_above.read(child, THURSDAY)


def test_the_active_page_lists_real_senders_and_the_default() -> None:
    account = make_account()
    with scope(account):
        Sender.objects.create(account=account, address="+33756001234", kind="number")
        Sender.objects.create(account=account, address="OLDTAG", kind="alpha", state="ended")
    html = member_of(account).get(address(account, "numbers_active")).content.decode()
    assert "+33 7 56 00 12 34" in html
    assert "VERDIER" in html
    assert "OLDTAG" not in html
    assert html.count("Default sender") == 1


def test_an_account_without_senders_is_told_what_that_means() -> None:
    account = make_account()
    with scope(account):
        SendingSettings.objects.for_account(account).update(default_sender=None)
        Sender.objects.for_account(account).update(state="ended")
    html = member_of(account).get(address(account, "numbers_active")).content.decode()
    assert "No sender yet" in html
    assert "410" in html


def test_the_page_speaks_french_where_numbers_and_days_do() -> None:
    account = make_account(hours_on=True, week=WEEK, limit_day=5000)
    client = member_of(account)
    client.cookies["hub_language"] = "fr"
    html = client.get(address(account)).content.decode()
    assert '<html lang="fr"' in html
    assert 'value="5\u202f000"' in html
    assert ">Lundi à vendredi</span>" in html
    assert ">Lun</text>" in html


@pytest.mark.parametrize("page", ["numbers_settings", "numbers_active"])
def test_a_page_asks_few_questions(page: str, django_assert_max_num_queries: Any) -> None:
    account = make_account(hours_on=True, week=WEEK)
    client = member_of(account)
    client.get(address(account, page))
    with django_assert_max_num_queries(12):
        client.get(address(account, page))


def test_the_forms_name_every_setting_an_account_may_change() -> None:
    columns = {field.name for field in SendingSettings._meta.get_fields()}
    not_theirs = {
        "account", "version", "reviewed_version", "spread_version", "transactional_granted",
        "countries", "hours_origin", "receipts_origin",
    }  # fmt: skip
    assert set(sending_settings()) == columns - not_theirs
    assert len(sending_settings()) == len(set(sending_settings()))


def test_every_field_of_a_form_serves_a_setting_it_names() -> None:
    account = make_account()
    client = member_of(account)
    for form, card in zip(SENDING_FORMS, ("hours", "limit", "sender", "receipts"), strict=True):
        asked = set(shown(client, account, card)) - {"card", "version"}
        rows = {name for name in asked if re.match(r"days$|(wd|sat|sun|hol)_", name)}
        assert asked - rows <= set(form.sets)
        assert not rows or "week" in form.sets
