"""Saving limits, the default sender and receipts: numbers read right, consequences told at once."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from accounts.tenancy import scope
from senders.models import Sender
from tests.make import make_account
from tests.senders.given import address, entries_of, member_of, save, settings_of, shown, use

NOW = datetime.now(ZoneInfo("UTC"))


@pytest.mark.parametrize(
    "typed",
    [
        "80000", "80 000", "80.000", "80,000", "80\u202f000", "80\u00a0000", "80’000", "80'000",
        " 80 000 ",
    ],
)  # fmt: skip
def test_eighty_thousand_is_never_read_as_eighty(typed: str) -> None:
    account = make_account()
    client = member_of(account)
    assert save(client, account, "limit", limit_month=typed).status_code == 302
    assert settings_of(account).limit_month == 80_000
    html = client.get(address(account)).content.decode()
    assert "SMS limit saved. 80,000 a month." in html
    assert shown(client, account, "limit")["limit_month"] == "80,000"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("80.00", "Write a whole number, for example 5,000."),
        ("80,5", "Write a whole number"),
        ("8,00,000", "Write a whole number"),
        ("80.000,000", "Write a whole number"),
        ("-1", "Write a whole number"),
        ("+5", "Write a whole number"),
        ("1e3", "Write a whole number"),
        ("0x10", "Write a whole number"),
        ("none", "Write a whole number"),
        ("٣٠٠", "Write a whole number"),
        ("1000000000000", "The most is 1,000,000,000."),
        ("9" * 400, "Write a whole number"),
    ],
)
def test_a_doubtful_number_is_refused_with_an_example_and_kept_as_typed(
    typed: str, words: str
) -> None:
    account = make_account(limit_day=5000)
    answer = save(member_of(account), account, "limit", limit_day=typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="#id_limit_day">Per day: {words}' in html
    assert f'value="{typed}"' in html or "1,000,000,000,000" in html
    assert settings_of(account).limit_day == 5000
    assert entries_of(account) == []


def test_a_month_below_a_day_is_an_error() -> None:
    account = make_account()
    answer = save(member_of(account), account, "limit", limit_day="5000", limit_month="4 999")
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "lower than the daily one" in html
    assert "lower the daily limit to 4,999" in html
    equal = save(member_of(account), account, "limit", limit_day="5000", limit_month="5000")
    assert equal.status_code == 302


def test_empty_is_no_limit() -> None:
    account = make_account(limit_day=5000, limit_month=80_000)
    save(member_of(account), account, "limit", limit_day="", limit_month=" ")
    saved = settings_of(account)
    assert (saved.limit_day, saved.limit_month, saved.version) == (None, None, 2)
    (entry,) = entries_of(account, "sms_limit.changed")
    assert entry.changes == {"limit_day": [5000, None], "limit_month": [80_000, None]}


def test_zero_asks_first_on_a_page_of_its_own_and_then_is_saved_once() -> None:
    account = make_account(limit_month=80_000)
    client = member_of(account)
    asked = save(client, account, "limit", limit_day="0", over_limit="discard")
    assert asked.status_code == 302
    assert settings_of(account).version == 1
    page = client.get(asked["Location"])
    html = page.content.decode()
    assert page.status_code == 200
    assert "Send nothing from now on" in html
    assert "rejected with code 301" in html
    done = client.post(asked["Location"])
    assert done["Location"] == f"{address(account)}#limit"
    saved = settings_of(account)
    assert (saved.limit_day, saved.limit_month, saved.over_limit) == (0, 80_000, "discard")
    assert len(entries_of(account)) == 1
    told = client.get(address(account)).content.decode()
    assert "0 a day, 80,000 a month" in told
    assert "The limit is 0: every message is rejected until you raise it." in told
    # The back button and another press change nothing more.
    assert client.post(asked["Location"]).status_code == 302
    assert len(entries_of(account)) == 1


def test_zero_that_stands_already_is_not_asked_again() -> None:
    account = make_account(limit_day=0)
    answer = save(member_of(account), account, "limit", over_limit="discard")
    assert answer["Location"] == f"{address(account)}#limit"
    assert settings_of(account).over_limit == "discard"


@pytest.mark.parametrize("query", ["", "?limit_day=x&over_limit=hold", "?limit_day=5&over_limit="])
def test_the_page_before_zero_with_other_values_leads_back(query: str) -> None:
    account = make_account()
    page = address(account, "numbers_limit_zero") + query
    client = member_of(account)
    assert client.get(page)["Location"] == f"{address(account)}#limit"
    assert client.post(page)["Location"] == f"{address(account)}#limit"
    assert settings_of(account).version == 1


@pytest.mark.parametrize(
    ("over", "words"),
    [("hold", "Messages are held from now on"), ("discard", "Messages are rejected from now on")],
)
def test_a_limit_below_what_is_used_says_at_once_what_happens(over: str, words: str) -> None:
    account = make_account()
    use(account, 300, NOW)
    client = member_of(account)
    save(client, account, "limit", limit_day="200", over_limit=over)
    html = client.get(address(account)).content.decode()
    assert "300 segments are used and the limit is 200" in html
    assert words in html
    assert "SMS limit saved. 200 a day." in html
    assert "300 of 200" in html


def test_a_limit_above_what_is_used_warns_of_nothing() -> None:
    account = make_account()
    use(account, 300, NOW)
    client = member_of(account)
    save(client, account, "limit", limit_day="400")
    assert "from now on" not in client.get(address(account)).content.decode()


def test_receipts_can_be_turned_off_and_on() -> None:
    account = make_account()
    client = member_of(account)
    assert save(client, account, "receipts", receipts=None).status_code == 302
    assert settings_of(account).receipts is False
    save(client, account, "receipts", receipts="on")
    assert settings_of(account).receipts is True
    changes = [entry.changes for entry in entries_of(account, "delivery_receipts.changed")]
    assert changes == [{"receipts": [True, False]}, {"receipts": [False, True]}]


def test_the_default_sender_is_chosen_from_the_active_ones() -> None:
    account, other = make_account(), make_account()
    with scope(account):
        line = Sender.objects.create(account=account, address="+33756001234", kind="number")
        ended = Sender.objects.create(account=account, address="OLD", kind="alpha", state="ended")
    with scope(other):
        foreign = Sender.objects.create(account=other, address="FOREIGN", kind="alpha")
    client = member_of(account)
    for wrong in (ended.address, foreign.address, "x", line.pk):
        answer = save(client, account, "sender", default_sender=str(wrong))
        assert answer.status_code == 422
        assert "Choose one of the account’s active senders" in answer.content.decode()
    assert save(client, account, "sender", default_sender=line.address).status_code == 302
    assert settings_of(account).default_sender_id == line.pk
    save(client, account, "sender", default_sender="")
    assert settings_of(account).default_sender_id is None
    changes = [entry.changes for entry in entries_of(account, "default_sender.changed")]
    assert changes == [
        {"default_sender": ["VERDIER", "+33756001234"]},
        {"default_sender": ["+33756001234", None]},
    ]


@pytest.mark.parametrize("card", ["", "nothing", "danger"])
def test_a_card_that_does_not_exist_is_a_bad_request(card: str) -> None:
    account = make_account()
    given: dict[str, Any] = {"card": card, "version": "1"}
    assert member_of(account).post(address(account), given).status_code == 400
