"""One message: why it is where it is, what was checked, what happened, what it costs."""

import re
from uuid import uuid4

from hub.lib.ids import uuid7
from messaging import states
from tests import make
from tests.messaging.given import NEVER, funded, given, later, sent, state_of, url, words, words_of
from tests.senders.given import member_of

AGAIN = {"X-Part": "true"}


def test_a_held_message_explains_itself() -> None:
    account, owner = funded(hours_on=True, week=NEVER)
    [one] = given(account, "Votre commande est prête")
    page = words(owner, url(account, "message", message_id=one))
    assert "Held The sending hours leave no minute open." in page
    assert "Votre commande est prête" in page
    assert "€0.045, held until it leaves" in page
    assert "Through the API, with the key Shop key" in page
    assert "Sending hours Holds it The sending hours leave no minute open." in page
    assert "Sender Passed No sender was named, so the default one is used: VERDIER." in page
    assert "Country Passed France: this account may send to every country." in page
    assert "Price Passed 1 segment at €0.045." in page


def test_a_delivered_message_tells_its_whole_story() -> None:
    account, owner = funded()
    [one] = given(account, "Bonjour", to="+33612345670")
    sent(account, one, states.DELIVERED)
    page = words(owner, url(account, "message", message_id=one))
    story = [
        "Accepted", "Every check passed: it may leave.", "Try 1 by the route Simulator.",
        "The carrier’s receipt says: delivered (code 220).",
    ]  # fmt: skip
    places = [page.index(part) for part in story]
    assert places == sorted(places)
    assert "€0.045, charged" in page
    assert "Delivery receipts" in page
    assert "simulator delivered 220 delivered" in page


def test_a_blocked_message_says_why_and_costs_nothing() -> None:
    account, owner = funded()
    make.opt_out(account, "+33612345699")
    [one] = given(account, "Bonjour", to="+33612345699")
    page = words(owner, url(account, "message", message_id=one))
    assert "Blocked This person replied STOP." in page
    assert "Opt-out Stops it This person replied STOP." in page
    assert "Nothing was charged" in page


def test_a_message_the_carrier_refused_says_what_it_answered() -> None:
    account, owner = funded()
    [one] = given(account, "Bonjour", to="+33612345601")
    sent(account, one, states.FAILED)
    page = words(owner, url(account, "message", message_id=one))
    assert "Failed The carrier refused it (0x0b). Not billed." in page
    assert "Nothing was charged; €0.045 was given back" in page


def test_unknown_foreign_and_impossible_ids_are_not_found() -> None:
    account, owner = funded()
    other, _its_owner = funded()
    [foreign] = given(other, "Not yours")
    for message_id in (uuid7(), uuid4(), foreign):
        assert owner.get(url(account, "message", message_id=message_id)).status_code == 404
        assert owner.get(url(account, "message_cancel", message_id=message_id)).status_code == 404
        assert owner.post(url(account, "message_cancel", message_id=message_id)).status_code == 404
    assert state_of(other, foreign) == states.QUEUED


def test_an_open_page_follows_the_message_until_it_ends() -> None:
    account, owner = funded()
    [one] = given(account, "Bonjour", to="+33612345670")
    address = url(account, "message", message_id=one)
    page = owner.get(address).content.decode()
    assert "<noscript>" in page
    assert 'data-again="1"' in page
    [again] = re.findall(r'data-from="([^"]+)"', page)
    assert owner.get(again, headers=AGAIN).status_code == 204
    sent(account, one, states.DELIVERED)
    part = owner.get(again, headers=AGAIN)
    assert part.status_code == 200
    assert "X-Part" in part["Vary"]
    assert "<html" not in part.content.decode()
    assert "Delivered" in words_of(part.content)
    assert "data-again" not in part.content.decode()


def test_cancelling_asks_first_then_takes_the_message_back_once() -> None:
    account, owner = funded()
    [one] = given(account, "Tomorrow", scheduled=later(days=1))
    address = url(account, "message_cancel", message_id=one)
    assert "will never be sent" in words(owner, address)
    assert state_of(account, one) == states.SCHEDULED
    assert "It will not be sent" in words_of(owner.post(address, follow=True).content)
    assert state_of(account, one) == states.CANCELLED
    assert "Too late to cancel" in words_of(owner.post(address, follow=True).content)
    assert "Too late to cancel" in words_of(owner.get(address, follow=True).content)
    page = words(owner, url(account, "message", message_id=one))
    assert "Cancelled before it was sent. Not billed." in page
    assert "Cancel this message" not in page


def test_who_may_not_cancel_is_neither_offered_it_nor_let() -> None:
    account, _owner = funded()
    [one] = given(account, "Tomorrow", scheduled=later(days=1))
    basic = member_of(account, "basic")
    assert "Cancel" not in words(basic, url(account, "message", message_id=one))
    assert "Cancel" not in words(basic, url(account))
    assert basic.post(url(account, "message_cancel", message_id=one)).status_code == 403
    assert state_of(account, one) == states.SCHEDULED


def test_a_basic_role_sees_neither_the_last_digits_nor_the_price() -> None:
    account, _owner = funded()
    [one] = given(account, "Bonjour")
    page = words(member_of(account, "basic"), url(account, "message", message_id=one))
    assert "+33 6 12 34 ··" in page
    assert "56 78" not in page
    assert "€" not in page


def test_a_message_whose_validity_ends_before_the_hours_open_says_so() -> None:
    account, owner = funded(hours_on=True, week=NEVER)
    [one] = given(account, "Bonjour", expires=later(hours=2))
    assert "Its validity ends before that," in words(owner, url(account, "message", message_id=one))
