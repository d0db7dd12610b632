"""The list of messages: what a row says, filters, pages, and what it costs the database."""

import ast
import re
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Account
from accounts.tenancy import scope
from hub.lib.money import show_when
from messaging import decide, log, states
from messaging.reasons import REASONS
from messaging.telling import BADGES, CHECKS, STEPS, Teller
from tests import make
from tests.conftest import url_for
from tests.messaging.given import NEVER, NUMBER, funded, given, later, link, sent, url, words
from tests.senders.given import member_of

MOST_QUERIES = 12


def test_a_row_says_when_to_whom_what_and_why() -> None:
    account, owner = funded(hours_on=True, week=NEVER)
    given(account, "Your order 4471 is ready")
    page = words(owner, url(account))
    assert "+33 6 12 34 56 78" in page
    assert "Your order 4471 is ready" in page
    assert "The sending hours leave no minute open. Looked at again tomorrow at" in page
    assert "Change sending hours" in page
    today = timezone.now()
    assert show_when(today, "Europe/Paris", "en", "time")[:2] in page


def test_the_reason_follows_the_reader_to_the_setting_that_helps() -> None:
    account, owner = funded(hours_on=True, week=NEVER)
    given(account, "Bonjour")
    assert (
        f'href="{url(account, "numbers_settings")}#hours"'
        in owner.get(url(account)).content.decode()
    )
    assert "Change sending hours" not in words(member_of(account, "basic"), url(account))


def test_each_tab_shows_its_own_states_only() -> None:
    account, owner = funded()
    given(account, "Tomorrow is the day", scheduled=later(days=1))
    make.opt_out(account, "+33612345699")
    given(account, "Twenty percent off", to="+33612345699")
    [delivered] = given(account, "It arrived")
    sent(account, delivered, states.DELIVERED)
    tabs = {
        tab: words(owner, url(account), {"state": tab})
        for tab in ("all", "waiting", "held", "blocked", "failed", "delivered")
    }
    assert all(text in tabs["all"] for text in ("Tomorrow is", "Twenty percent", "It arrived"))
    assert "Tomorrow is" in tabs["waiting"]
    assert "It arrived" not in tabs["waiting"]
    assert "Twenty percent" in tabs["blocked"]
    assert "This person replied STOP." in tabs["blocked"]
    assert "It arrived" in tabs["delivered"]
    assert "after it was accepted" in tabs["delivered"]
    assert "No message is held." in tabs["held"]
    assert "No message failed." in tabs["failed"]


def test_every_state_stands_on_a_tab() -> None:
    on_tabs = {state for group in log.GROUPS.values() for state in group}
    assert on_tabs | {states.CANCELLED} == set(states.STATES)
    assert set(BADGES) == {*states.STATES, states.SENDING}


def test_waiting_messages_are_counted_and_stand_in_the_order_they_leave() -> None:
    account, owner = funded()
    given(account, "Second to leave", scheduled=later(hours=5))
    given(account, "First to leave", scheduled=later(hours=2))
    page = words(owner, url(account), {"state": "waiting"})
    assert page.index("First to leave") < page.index("Second to leave")
    assert "Waiting 2" in page


def test_a_number_is_found_whole_or_by_its_beginning() -> None:
    account, owner = funded()
    given(account, "To Alice", to="+33612345601")
    given(account, "To Bruno", to="+33798765402")
    for asked in ("+33 6 12 34 56 01", "06 12 34 56 01", "+33 6"):
        page = words(owner, url(account), {"number": asked})
        assert "To Alice" in page, asked
        assert "To Bruno" not in page, asked
    assert "No message fits these filters" in words(owner, url(account), {"number": "+44"})
    answer = owner.get(url(account), {"number": "n'importe"})
    assert answer.status_code == 422
    assert b"Enter a whole number" in answer.content


def test_a_role_with_masked_numbers_cannot_find_out_the_rest() -> None:
    account, _owner = funded()
    given(account, "To Alice")
    basic = member_of(account, "basic")
    page = words(basic, url(account))
    assert "+33 6 12 34 ··" in page
    assert "56 78" not in page
    assert basic.get(url(account), {"number": "+3361234567"}).status_code == 422
    assert "To Alice" in words(basic, url(account), {"number": NUMBER})


def test_days_are_those_of_the_accounts_zone() -> None:
    account, owner = funded(time_zone="Pacific/Kiritimati")
    given(account, "On this day")
    today = timezone.now().astimezone(Teller("Pacific/Kiritimati", "owner", "").now.tzinfo)
    day = Teller("Pacific/Kiritimati", "owner", "").day_of(today).isoformat()
    assert "On this day" in words(owner, url(account), {"first": day, "last": day})
    assert "On this day" not in words(owner, url(account), {"last": "2020-01-01"})
    assert owner.get(url(account), {"first": day, "last": "2020-01-01"}).status_code == 422
    assert owner.get(url(account), {"last": "9999-12-31"}).status_code == 200


def test_more_than_ten_years_are_refused_by_name_and_the_rest_still_counts() -> None:
    account, owner = funded()
    given(account, "To Alice")
    for days in ({"first": "2015-07-01", "last": "2999-07-01"}, {"first": "0001-01-01"}):
        answer = owner.get(url(account), {**days, "number": NUMBER})
        assert answer.status_code == 422
        page = answer.content.decode()
        summary = page.split('class="note bad sum"')[1].split("</div>")[0]
        assert 'href="#id_first">From: Look at 10 years at most' in summary
        assert "To Alice" in page
    ten = {"first": "2016-07-01", "last": "2026-07-01"}
    assert owner.get(url(account), ten).status_code == 200


def test_filters_stand_as_chips_that_can_be_taken_off() -> None:
    account, owner = funded()
    given(account, "Bonjour")
    page = words(owner, url(account), {"number": "+44", "state": "blocked"})
    assert "Number begins with +44" in page
    assert "Clear filters" in page
    assert (
        f'href="{url(account)}?state=blocked"'
        in owner.get(url(account), {"number": "+44", "state": "blocked"}).content.decode()
    )


def test_a_sender_filter_shows_its_messages_only() -> None:
    account, owner = funded()
    with scope(account):
        other = make.Sender.objects.create(account=account, address="ATELIER", kind="alpha")
    given(account, "From the house")
    given(account, "From the workshop", source="ATELIER")
    page = words(owner, url(account), {"sender": str(other.pk)})
    assert "From the workshop" in page
    assert "From the house" not in page


def test_an_account_without_messages_is_told_what_comes_here() -> None:
    account, owner = funded()
    page = words(owner, url(account))
    assert "No message yet" in page
    assert "New message" in page
    assert "Clear filters" not in page


def test_test_messages_are_marked() -> None:
    account, owner = funded()
    given(account, "Only trying", test=True)
    assert re.search(r'class="bd tst">Test<', owner.get(url(account)).content.decode())


def test_texts_are_shown_as_text() -> None:
    account, owner = funded()
    given(account, "<script>alert(1)</script>")
    assert b"<script>alert(1)" not in owner.get(url(account)).content


def test_pages_follow_each_other_in_both_directions() -> None:
    account, owner = funded()
    for hundred in range(2):
        given(account, *(f"Number {hundred * 100 + one:03}" for one in range(100)))
    seen: list[str] = []
    address: str | None = url(account)
    last = ""
    while address:
        seen += re.findall(r"Number \d+", words(owner, address))
        last, address = address, link(owner, address, "next")
    assert seen == [f"Number {one:03}" for one in range(199, -1, -1)]
    newer = link(owner, last, "prev")
    assert newer
    assert re.findall(r"Number \d+", words(owner, newer)) == seen[100:150]


def test_a_damaged_or_foreign_cursor_gives_the_first_page() -> None:
    account, owner = funded()
    given(account, *(f"Number {one:03}" for one in range(60)))
    older = link(owner, url(account), "next")
    assert older
    for address in (older[:-3] + "AAA", older.replace("older=", "state=blocked&older=")):
        assert owner.get(address).status_code == 200
    assert "Number 059" in words(owner, older[:-3] + "AAA")


def test_a_search_that_stops_early_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "BUDGET", 60)
    account, owner = funded()
    make.opt_out(account, "+33612345699")
    given(account, "The blocked one", to="+33612345699")
    given(account, *(f"Number {one:03}" for one in range(90)))
    address = url(account) + "?state=blocked"
    first = words(owner, address)
    assert "The blocked one" not in first
    assert "Nothing more in the 60 messages looked at. Continue" in first
    further = link(owner, address, "next")
    assert further
    second = words(owner, further)
    assert "The blocked one" in second
    assert "Continue" not in second


def test_a_page_of_three_rows_takes_the_queries_of_a_page_of_one() -> None:
    account, owner = funded(hours_on=True, week=NEVER)
    given(account, "One")
    owner.get(url(account))
    with CaptureQueriesContext(connection) as one:
        owner.get(url(account))
    given(account, "Two", "Three")
    with CaptureQueriesContext(connection) as three:
        owner.get(url(account))
    assert len(one) == len(three) <= MOST_QUERIES


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"state": "delivered"},
        {"state": "waiting"},
        {"state": "held"},
        {"number": "+33612345601"},
        {"number": "+33"},
        {"number": "+336", "state": "blocked"},
        {"first": "2020-01-01", "last": "2030-01-01"},
    ],
)
def test_no_page_reads_the_whole_table(
    query: dict[str, str], crowd: tuple[Account, Client]
) -> None:
    account, owner = crowd
    with CaptureQueriesContext(connection) as captured:
        assert owner.get(url(account), query).status_code == 200
    asked = [one["sql"] for one in captured if "messaging_message" in one["sql"]]
    assert asked
    with scope(account), connection.cursor() as cursor:
        # A table this small is cheaper read whole; the question is whether an index can serve.
        cursor.execute("SET enable_seqscan = off")
        try:
            for sql in asked:
                cursor.execute("EXPLAIN " + sql)
                plan = "\n".join(row[0] for row in cursor.fetchall())
                assert "Seq Scan on messaging_message" not in plan, plan
                assert "Index" in plan, plan
        finally:
            cursor.execute("RESET enable_seqscan")


@pytest.fixture(scope="module")
def crowd(database: str, market: None) -> tuple[Account, Client]:
    """Some thousands of messages of two accounts, as the planner knows them."""
    account, owner = funded()
    neighbour, _other = funded()
    for one in (account, neighbour):
        for number in range(20):
            given(one, *["Bonjour"] * 100, to=f"+336123456{number:02}")
        given(one, *["Demain"] * 20, scheduled=later(days=1))
    with psycopg.connect(url_for("owner", database), autocommit=True) as owned:
        owned.execute("ANALYZE messaging_message")
    return account, owner


def test_strangers_and_other_accounts_see_nothing(cast: make.Cast, charlie: Client) -> None:
    make.fund(cast.account)
    given(cast.account, "Nobody else reads this")
    assert charlie.get(url(cast.account)).status_code == 404
    other, owner = funded()
    assert "Nobody else reads this" not in words(owner, url(other))
    assert member_of(cast.account, "billing").get(url(cast.account)).status_code == 403


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_reads_as_a_sentence(reason: str, language: str) -> None:
    soon = later(hours=3).isoformat()
    values = {
        "until": soon, "local": "23:10", "zone": "Pacific/Noumea", "cap": 1000, "used": 990,
        "price": 45_000, "available": 0, "currency": "EUR", "source": "VERDIER", "country": "FR",
        "parts": 3, "max": 2, "detail": "0x0b",
    }  # fmt: skip
    with translation.override(language):
        teller = Teller("Europe/Paris", "owner", "X")
        for given_values in (values, {}):
            sentence = teller.sentence(reason, given_values)
            assert sentence.endswith(".")
            assert "%" not in sentence
            assert len(sentence) > 10


def test_every_rule_of_the_decision_has_its_sentence() -> None:
    """The catalogue of passed checks names exactly the (step, rule) pairs decide.py can store."""
    tree = ast.parse(Path(decide.__file__).read_text(encoding="utf-8"))
    zones = {
        each.value.elts[1].value
        for each in ast.walk(tree)
        if isinstance(each, ast.Return)
        and isinstance(each.value, ast.Tuple)
        and isinstance(each.value.elts[1], ast.Constant)
    } - {"unknown"}
    found: set[tuple[str, str]] = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "passes":
            step, rule = call.args[0], call.args[1]
            assert isinstance(step, ast.Constant)
            names = {
                node.value
                for branch in ([rule.body, rule.orelse] if isinstance(rule, ast.IfExp) else [rule])
                for node in ast.walk(branch)
                if isinstance(node, ast.Constant)
            }
            found |= {(step.value, name) for name in (names or zones)}
    assert found == set(CHECKS)
    assert {step for step, _rule in CHECKS} <= set(STEPS)
