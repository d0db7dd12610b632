"""The account's time zone: asked twice, obeyed by clocks, counters and held messages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.actions import change_time_zone
from accounts.conflicts import fingerprint
from accounts.statements import cursor
from accounts.tenancy import scope, system
from hub.lib.zones import canonical, clock_changes, zone_names
from messaging.models import Message
from tests.accounts.given import ACTOR, address, entries_of, member_of, save, shown
from tests.conftest import worker
from tests.line import Line, route
from tests.make import make_account

__all__ = ["route"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def test_a_change_is_shown_first_and_saved_by_the_second_page() -> None:
    account = make_account()
    client = member_of(account)
    asked = save(client, account, "zone", time_zone="America/New_York")
    assert asked.status_code == 302
    assert asked["Location"].startswith(address(account, "account_zone") + "?time_zone=America")
    account.refresh_from_db()
    assert account.time_zone == "Europe/Paris"
    html = client.get(asked["Location"]).content.decode()
    assert "Change the time zone to New York" in html
    assert "Days and months begin at midnight in New York" in html
    assert client.post(asked["Location"]).status_code == 302
    account.refresh_from_db()
    assert account.time_zone == "America/New_York"
    (entry,) = entries_of(account, "time_zone.changed")
    assert entry.changes == {"time_zone": ["Europe/Paris", "America/New_York"]}
    assert "Times are now those of New York." in client.get(address(account)).content.decode()


def test_a_scheduled_message_keeps_its_instant_and_is_shown_at_another_time() -> None:
    line = Line()
    at = timezone.now().replace(microsecond=0) + timedelta(days=2)
    id_ = line.send(scheduled=at.isoformat())
    client = member_of(line.account)
    asked = save(client, line.account, "zone", time_zone="Asia/Tokyo")
    html = client.get(asked["Location"]).content.decode()
    assert "1 message keeps its instant." in html
    assert f"{at.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}" in html
    client.post(asked["Location"])
    with scope(line.account):
        assert Message.objects.for_account(line.account).get(pk=id_).due == at


@pytest.mark.parametrize(
    "zone", ["", "Mars/Olympus", "EST5EDT;../../", "europe/paris", "+11", "Europe/Paris\n..", "Etc"]
)
def test_what_is_no_zone_is_refused(zone: str) -> None:
    account = make_account()
    answer = save(member_of(account), account, "zone", time_zone=zone)
    assert answer.status_code == 422
    assert "Choose a time zone from the list." in answer.content.decode()
    account.refresh_from_db()
    assert account.time_zone == "Europe/Paris"


def test_an_old_name_is_saved_as_the_one_in_use() -> None:
    account = make_account()
    client = member_of(account)
    asked = save(client, account, "zone", time_zone="Asia/Calcutta")
    client.post(asked["Location"])
    account.refresh_from_db()
    assert account.time_zone == "Asia/Kolkata"
    assert canonical("US/Eastern") == "America/New_York"
    assert canonical("Zulu") == "UTC"
    assert canonical("Europe/Oslo") == "Europe/Oslo"


def test_every_zone_of_the_list_is_offered_once_and_known_to_postgres() -> None:
    html = member_of(account := make_account()).get(address(account)).content.decode()
    for zone in zone_names():
        assert html.count(f'<option value="{zone}"') == 1, zone
    assert html.count('<option value="Europe/Paris" selected>Paris, ') == 1
    rows = cursor().execute("SELECT name FROM pg_timezone_names").fetchall()
    assert set(zone_names()) <= {name for (name,) in rows}


def test_the_page_before_the_change_tells_a_stale_form() -> None:
    account = make_account()
    nadia, camille = member_of(account, name="Nadia Benali"), member_of(account)
    asked = save(camille, account, "zone", time_zone="Asia/Tokyo")
    nadia.post(save(nadia, account, "zone", time_zone="Europe/London")["Location"])
    answer = camille.post(asked["Location"])
    assert answer.status_code == 409
    assert "Nadia Benali changed this" in answer.content.decode()
    account.refresh_from_db()
    assert account.time_zone == "Europe/London"


def test_the_page_before_the_change_with_nonsense_leads_back() -> None:
    account = make_account()
    client = member_of(account)
    for query in ("", "?time_zone=Nowhere", "?time_zone=Europe/Paris"):
        answer = client.get(address(account, "account_zone") + query)
        assert answer["Location"] == address(account) + "#zone"


def test_a_held_message_is_released_when_the_new_zone_opens_the_hours() -> None:
    """Hours by the account's zone, open for six hours that are night in Paris and day in `open`."""
    local = timezone.now().astimezone(ZoneInfo("Europe/Paris"))
    opens = (local + timedelta(hours=9)).hour
    week = {day: [[f"{opens:02}:00", f"{(opens + 6) % 24:02}:00"]] for day in DAYS}
    line = Line(hours_on=True, week=week, hours_clock="account")
    id_ = line.send()
    assert line.becomes(id_, "held")["error_code"] == "910"
    there = next(
        zone
        for zone in zone_names()
        if (timezone.now().astimezone(ZoneInfo(zone)).hour - opens) % 24 in (2, 3)
    )
    with scope(line.account):
        seen = fingerprint({"time_zone": "Europe/Paris"})
        change_time_zone(line.account, actor=ACTOR, seen=seen, time_zone=there)
    line.becomes(id_, "delivered")
    line.account.refresh_from_db()
    assert line.account.rules_version == line.account.rules_reviewed == 1


def test_days_are_counted_by_the_new_zone() -> None:
    account = make_account(limit_day=10)
    at = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

    def period() -> str:
        with worker(), system("read periods for a test"):
            rows = cursor().execute(
                "SELECT * FROM limit_periods(%s::uuid[], %s)", [[account.pk], at]
            )
            return str(rows.fetchall()[0][2])

    assert period() == "2026-11-24"
    with scope(account):
        seen = fingerprint({"time_zone": "Europe/Paris"})
        change_time_zone(account, actor=ACTOR, seen=seen, time_zone="America/New_York")
    assert period() == "2026-11-23"


def test_clock_changes_are_named_with_the_hours_that_miss_or_come_twice() -> None:
    (march, october) = clock_changes("Europe/Paris", datetime(2026, 11, 23, tzinfo=UTC))
    assert march.at == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert (march.before.hour, march.after.hour) == (2, 3)
    assert (october.before.hour, october.after.hour) == (3, 2)
    assert clock_changes("Asia/Tokyo", datetime(2026, 11, 23, tzinfo=UTC)) == []
    account = make_account()
    client = member_of(account)
    asked = save(client, account, "zone", time_zone="Europe/London")
    assert "comes twice." in client.get(asked["Location"]).content.decode()


def test_the_form_of_who_opens_an_account_takes_old_names_too() -> None:
    shown_zone = shown(member_of(account := make_account()), account, "zone")["time_zone"]
    assert shown_zone == "Europe/Paris"
