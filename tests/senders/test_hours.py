"""Saving sending hours: what is refused, what is kept, and who is told."""

from typing import Any

import pytest

from hub.lib.windows import Week, open_hours
from tests.make import make_account
from tests.senders.given import (
    address,
    entries_of,
    member_of,
    save,
    settings_of,
    shown,
)

OFF = dict.fromkeys(
    [f"{day}_closed" for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")], "on"
)

EACH = "?days=each"


def test_saved_hours_are_the_week_workers_read_with_the_next_version() -> None:
    account = make_account()
    answer = save(
        member_of(account),
        account,
        "hours",
        hours_on="on",
        hours_clock="account",
        sat_from="10:00",
        sat_to="18:00",
        sun_closed="on",
        hol_mode="closed",
        unknown_zone_uses_account="on",
    )
    assert answer.status_code == 302
    assert answer["Location"] == f"{address(account)}#hours"
    saved = settings_of(account)
    assert (saved.hours_on, saved.hours_clock, saved.version) == (True, "account", 2)
    assert saved.unknown_zone_uses_account
    assert saved.week["mon"] == [["08:00", "20:00"]]
    assert saved.week["sat"] == [["10:00", "18:00"]]
    assert saved.week["sun"] == []
    assert saved.week["hol"] == []
    assert open_hours(Week.parse(saved.week)) == 68


def test_one_entry_tells_before_and_after_of_what_changed_only() -> None:
    account = make_account(hours_on=True, week={"mon": [["08:00", "20:00"]]})
    client = member_of(account, name="Camille Roux")
    save(client, account, "hours", mon_to="19:00")
    (entry,) = entries_of(account)
    assert entry.action == "sending_hours.changed"
    assert set(entry.changes) == {"week"}
    before, after = entry.changes["week"]
    assert before["mon"] == [["08:00", "20:00"]]
    assert after["mon"] == [["08:00", "19:00"]]
    assert (entry.actor_label, entry.channel) == ("Camille Roux", "console")
    assert "Changed by Camille Roux on" in client.get(address(account)).content.decode()


def test_saving_what_stands_already_changes_and_logs_nothing() -> None:
    account = make_account(hours_on=True, week={"mon": [["08:00", "20:00"]]})
    client = member_of(account)
    assert save(client, account, "hours").status_code == 302
    assert settings_of(account).version == 1
    assert entries_of(account) == []
    assert "it stood so already" in client.get(address(account)).content.decode()


def test_hours_over_midnight_need_an_end_of_the_next_day_and_then_are_kept() -> None:
    account = make_account()
    client = member_of(account)
    night = {"hours_on": "on", "fri_from": "22:00", "fri_to": "06:00"}
    refused = save(client, account, "hours", EACH, **night)
    assert refused.status_code == 422
    assert "Friday: the end time must be later than the start time" in refused.content.decode()
    assert settings_of(account).version == 1
    assert save(client, account, "hours", EACH, **(night | {"fri_to": "+06:00"})).status_code == 302
    assert settings_of(account).week["fri"] == [["22:00", "06:00"]]
    again = shown(client, account, "hours")
    assert (again["fri_from"], again["fri_to"]) == ("22:00", "+06:00")


def test_a_whole_day_is_from_midnight_to_24() -> None:
    account = make_account()
    answer = save(
        member_of(account), account, "hours", EACH, hours_on="on", mon_from="00:00", mon_to="24:00"
    )
    assert answer.status_code == 302
    assert settings_of(account).week["mon"] == [["00:00", "24:00"]]


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("end first", {"sat_from": "10:00", "sat_to": "08:00"}, "id_sat_to", "Saturday: the end time"),
    ("equal", {"tue_from": "08:00", "tue_to": "08:00"}, "id_tue_to", "Tuesday: start and end are"),
    (
        "equal, next day",
        {"tue_from": "08:00", "tue_to": "+08:00"},
        "id_tue_to",
        "Tuesday: start and end are the same",
    ),
    (
        "more than a day",
        {"wed_from": "08:00", "wed_to": "+20:00"},
        "id_wed_to",
        "more than 24 hours",
    ),
    ("no hours", {**OFF, "hours_on": "on"}, "id_hours_on", "No hours are left"),
    ("holidays alone", {**OFF, "hours_on": "on", "hol_mode": "own"}, "id_hours_on", "No hours"),
    ("seconds", {"mon_from": "08:00:00"}, "id_mon_from", "Monday: choose a time from the list"),
    ("text", {"mon_to": "evening"}, "id_mon_to", "Monday: choose a time from the list"),
    ("24:00 first", {"mon_from": "24:00"}, "id_mon_from", "Monday: choose a time from the list"),
    ("empty", {"mon_from": ""}, "id_mon_from", "Monday: choose a time from the list"),
    ("missing", {"mon_to": None}, "id_mon_to", "Monday: choose a time from the list"),
    ("clock", {"hours_clock": "moon"}, "id_hours_clock_0", "valid choice"),
    ("no clock", {"hours_clock": None}, "id_hours_clock_0", "required"),
    ("holidays", {"hol_mode": "maybe"}, "id_hol_mode", "valid choice"),
    (
        "holiday hours",
        {"hol_mode": "own", "hol_from": "12:00", "hol_to": "09:00"},
        "id_hol_to",
        "Public holidays: the end time",
    ),
]


@pytest.mark.parametrize(("given", "field", "words"), [row[1:] for row in BAD], ids=lambda _: "")
def test_wrong_hours_are_refused_beside_the_field_and_in_the_summary(
    given: dict[str, Any], field: str, words: str
) -> None:
    account = make_account()
    answer = save(member_of(account), account, "hours", EACH, **given)
    html = answer.content.decode()
    assert answer.status_code == 422
    summary = html[html.index('class="note bad sum"') :]
    link = summary[summary.index(f'<a href="#{field}">') :]
    assert words in link[: link.index("</a>")]
    assert f'id="{field}"' in html
    assert "<title>Error: " in html
    assert settings_of(account).version == 1
    assert entries_of(account) == []


def test_every_error_is_told_at_once_and_other_cards_keep_saved_values() -> None:
    account = make_account(limit_day=4321)
    answer = save(
        member_of(account),
        account,
        "hours",
        EACH,
        mon_from="21:00",
        tue_from="20:00",
        limit_day="1",
    )
    html = answer.content.decode()
    assert 'href="#id_mon_to"' in html
    assert 'href="#id_tue_to"' in html
    assert '<section class="card err" id="hours"' in html
    assert 'value="4,321"' in html
    assert '<option value="21:00" selected>21:00</option>' in html


def test_times_of_a_closed_day_are_not_looked_at() -> None:
    account = make_account()
    answer = save(
        member_of(account), account, "hours", sun_closed="on", sun_from="20:00", sun_to="08:00"
    )
    assert answer.status_code == 302
    assert settings_of(account).week["sun"] == []


@pytest.mark.parametrize(
    ("key", "clock", "monday", "sunday", "holidays"),
    [
        ("fr", "recipient", ("08:00", "20:00"), False, "closed"),
        ("us-federal", "recipient", ("08:00", "21:00"), True, "same"),
        ("uk", "recipient", ("09:00", "20:00"), True, "same"),
        ("global", "recipient", ("08:00", "20:00"), True, "same"),
        ("mm-compatible", "account", ("08:00", "18:00"), True, "same"),
    ],
)
def test_a_preset_fills_the_form_and_saves_nothing_until_asked(
    key: str, clock: str, monday: tuple[str, str], sunday: bool, holidays: str
) -> None:
    account = make_account()
    client = member_of(account)
    filled = shown(client, account, "hours", f"?preset={key}&days=each")
    assert filled["hours_on"] == "on"
    assert filled["hours_clock"] == clock
    assert (filled["mon_from"], filled["mon_to"]) == monday
    assert ("sun_closed" not in filled) is sunday
    assert filled["hol_mode"] == holidays
    assert settings_of(account).version == 1
    assert client.post(address(account), filled).status_code == 302
    assert settings_of(account).hours_on


def test_an_unknown_preset_is_no_preset() -> None:
    account = make_account()
    answer = member_of(account).get(address(account) + "?preset=%00<x>")
    assert answer.status_code == 200
    assert "are filled in" not in answer.content.decode()


def test_hours_beyond_the_custom_of_the_country_are_pointed_out() -> None:
    narrow = make_account(hours_on=True, week={"mon": [["09:00", "19:00"]], "hol": []})
    wide = make_account(hours_on=True, week={"sun": [["09:00", "19:00"]], "hol": []})
    told = "These hours go beyond “France, marketing”"
    assert told not in member_of(narrow).get(address(narrow)).content.decode()
    assert told in member_of(wide).get(address(wide)).content.decode()


def test_a_day_of_several_stretches_says_that_saving_replaces_them() -> None:
    account = make_account(week={"mon": [["08:00", "12:00"], ["14:15", "18:00"]]})
    html = member_of(account).get(address(account)).content.decode()
    assert "Monday: several stretches are saved" in html


def test_weekdays_that_are_alike_stand_in_one_row_and_are_saved_as_five() -> None:
    account = make_account()
    client = member_of(account)
    html = client.get(address(account)).content.decode()
    assert ">Monday to Friday</span>" in html
    assert "Set each day on its own" in html
    assert save(client, account, "hours", wd_from="09:00", wd_to="+01:00").status_code == 302
    week = settings_of(account).week
    assert [week[day] for day in ("mon", "tue", "wed", "thu", "fri")] == [[["09:00", "01:00"]]] * 5
    assert week["sat"] == [["08:00", "20:00"]]
    assert shown(client, account, "hours")["wd_to"] == "+01:00"


def test_weekdays_that_differ_stand_apart_whatever_is_asked_for() -> None:
    account = make_account(week={"mon": [["08:00", "12:00"]], "tue": [["08:00", "20:00"]]})
    client = member_of(account)
    for query in ("", "?days=together", "?days=x"):
        assert shown(client, account, "hours", query)["mon_to"] == "12:00"
    assert "in one row" not in client.get(address(account)).content.decode()


def test_days_opened_one_by_one_can_be_put_together_again() -> None:
    account = make_account()
    client = member_of(account)
    html = client.get(address(account) + EACH).content.decode()
    assert "Monday to Friday in one row" in html
    assert ">Tuesday</span>" in html
    assert shown(client, account, "hours", EACH)["days"] == "each"


def test_errors_of_the_row_of_weekdays_are_told_beside_it() -> None:
    account = make_account()
    answer = save(member_of(account), account, "hours", wd_from="20:00", wd_to="08:00")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert '<a href="#id_wd_to">Monday to Friday: the end time' in html
    assert settings_of(account).week == {}
