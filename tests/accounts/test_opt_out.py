"""Automatic opt-out from the card to the carrier: own words, one confirmation, the test box."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Account
from accounts.tenancy import scope
from contacts.models import ConsentRecord, OptOut, OptOutSettings
from messaging import inbound
from messaging.accept import decide_only
from messaging.draft import CONFIRMATION, Draft
from messaging.models import Batch, Message
from senders.models import InboundHandle, Sender, SendingSettings
from tests.accounts.given import address, entries_of, member_of, save, shown
from tests.conftest import worker
from tests.line import NEVER, PRICE, Line, route, work
from tests.make import EURO, make_account

__all__ = ["route"]

TEXT = "Maison Test: you are unsubscribed."
serial = iter(range(10_000))


def settings_of(account: Account) -> OptOutSettings:
    with scope(account):
        return OptOutSettings.objects.for_account(account).get()


def reply(line: Line, text: str, number: str = "+33612345680") -> str:
    """The person replies to the account's own number; what it was taken for."""
    own = "+3375600" + line.account.public_id
    InboundHandle.objects.get_or_create(address=own[:16], defaults={"account": line.account})
    with worker():
        (received,) = inbound.receive(
            number, own[:16], text, f"{line.account.public_id}{next(serial)}"
        )
    return received.kind


def confirmations(line: Line) -> list[Message]:
    with scope(line.account):
        every = Message.objects.for_account(line.account).filter(message_class=CONFIRMATION)
        return list(every.order_by("id"))


def confirming(**fields: Any) -> Line:
    line = Line(**fields)
    with scope(line.account):
        OptOutSettings.objects.create(account=line.account, confirm=True, confirmation=TEXT)
    return line


def texts(book: Path, account: Account) -> list[str]:
    with scope(account):
        ids = {str(pk) for pk in Message.objects.for_account(account).values_list("id", flat=True)}
    lines = [json.loads(line) for line in book.read_text().splitlines()] if book.exists() else []
    return [one["text"] for one in lines if one["kind"] == "pdu" and one["id"] in ids]


# -- the card ------------------------------------------------------------------------------


def test_own_words_are_saved_with_one_entry_and_shown() -> None:
    account = make_account()
    client = member_of(account)
    assert save(client, account, "optout", extra_stop="fini\nBasta").status_code == 302
    found = settings_of(account)
    assert (found.extra_stop, found.extra_start, found.confirm, found.confirmation) == (
        ["FINI", "BASTA"], [], False, "",
    )  # fmt: skip
    (entry,) = entries_of(account)
    assert entry.action == "opt_out.changed"
    assert entry.changes == {"extra_stop": [[], ["FINI", "BASTA"]]}
    assert shown(client, account, "optout")["version"]
    assert "FINI\nBASTA</textarea>" in client.get(address(account)).content.decode()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"extra_stop": "A" * 21}, "is longer than 20 letters"),
        ({"extra_stop": "no more texts"}, "is more than one word"),
        ({"extra_stop": "ST(OP)+"}, "has signs in it"),
        ({"extra_stop": "YES"}, "starts messages again in every account"),
        ({"extra_start": "arrêt"}, "stops messages in every account"),
        ({"extra_stop": "HELP"}, "asks for help in every account"),
        ({"extra_stop": "FINI", "extra_start": "fini"}, "stands in both lists"),
        ({"extra_stop": "SТOP"}, "mixes letters of two alphabets"),
        ({"extra_stop": "\n".join(f"WORD{n}" for n in range(21))}, "at most 20 words"),
        ({"extra_stop": "Fini\nbasta\nFINÍ"}, "“FINÍ” is in the list already."),
        ({"extra_stop": "fini\nArrêt"}, "“ARRÊT” is a fixed word"),
        ({"extra_start": "start"}, "“START” is a fixed word"),
        ({"confirm": "on", "confirmation": "  "}, "Enter the text, or turn the confirmation off."),
        ({"confirm": "on", "confirmation": "A" * 321}, "at most 320 characters"),
        ({"confirm": "on", "confirmation": "Hi\u202eyou"}, "cannot be seen"),
    ],
)
def test_what_may_not_be_saved_is_told_word_by_word(given: dict[str, str], told: str) -> None:
    account = make_account()
    answer = save(member_of(account), account, "optout", **given)
    assert answer.status_code == 422
    assert told in answer.content.decode().replace("&#x27;", "'")
    assert entries_of(account) == []


def test_every_word_at_fault_is_told_at_once_and_what_was_typed_is_kept() -> None:
    account = make_account()
    typed = "STOP\nfini\nno more"
    answer = save(member_of(account), account, "optout", extra_stop=typed, extra_start="info")
    html = answer.content.decode()
    for told in ("“STOP” is a fixed word", "“NO MORE” is more than one word", "“INFO” asks for"):
        assert told in html
    assert "STOP\nfini\nno more</textarea>" in html
    assert entries_of(account) == []


def test_words_of_ordinary_speech_are_warned_of() -> None:
    account = make_account()
    client = member_of(account)
    save(client, account, "optout", extra_stop="OK", extra_start="OUI")
    html = client.get(address(account)).content.decode()
    assert "People also say OK in ordinary answers." in html
    assert "People also say OUI in ordinary answers." in html


def test_two_people_see_both_lists() -> None:
    account = make_account()
    nadia, camille = member_of(account, name="Nadia Benali"), member_of(account)
    stale = shown(camille, account, "optout") | {"extra_stop": "BASTA"}
    save(nadia, account, "optout", extra_stop="FINI")
    answer = camille.post(address(account), stale)
    assert answer.status_code == 409
    clash = answer.content.decode().split('id="optout-clash"')[1].split("</table>")[0]
    assert ">FINI</td>" in clash
    assert "<strong>BASTA</strong></td>" in clash
    assert settings_of(account).extra_stop == ["FINI"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Arrêt !", "Opts the person out: nothing more is sent to them. ARRET is a fixed word."),
        ("fini", "FINI is your word."),
        ("oui", "OUI is your word."),
        ("help", "Asks for help"),
        ("don't stop", "A stop word only counts when it is the whole reply."),
        ("Merci <b>", "An ordinary reply: it changes nothing."),
    ],
)
def test_the_box_tells_what_a_reply_would_do(text: str, told: str) -> None:
    account = make_account()
    client = member_of(account)
    save(client, account, "optout", extra_stop="FINI", extra_start="OUI")
    html = client.get(address(account), {"try": text}).content.decode()
    assert told in html
    assert '<b>"' not in html
    with scope(account):
        assert not OptOut.objects.for_account(account).exists()


# -- obeyed --------------------------------------------------------------------------------


def test_an_own_word_stops_and_an_own_word_starts() -> None:
    line = Line()
    with scope(line.account):
        OptOutSettings.objects.create(
            account=line.account, extra_stop=["FINI"], extra_start=["OUI"]
        )
    assert reply(line, "Fini.") == "stop"
    line.becomes(line.send("+33612345680"), "rejected")
    assert reply(line, "oui !") == "start"
    line.becomes(line.send("+33612345680"), "delivered")


def test_a_word_of_one_account_means_nothing_in_another() -> None:
    line, other = Line(), make_account()
    with scope(other):
        OptOutSettings.objects.create(account=other, extra_stop=["FINI"])
    assert reply(line, "FINI") == "reply"


def test_a_stop_is_confirmed_once_although_the_person_opted_out(book: Path) -> None:
    line = confirming()
    for word in ("STOP", "Stop", "ARRET", "stop."):
        assert reply(line, word) == "stop"
    work()
    (message,) = confirmations(line)
    assert (message.to, message.body, message.source) == ("+33612345680", TEXT, "VERDIER")
    line.becomes(str(message.id), "delivered")
    assert texts(book, line.account) == [TEXT]
    assert line.balances()["main"] == 100 * EURO - PRICE
    with scope(line.account):
        batch = Batch.objects.for_account(line.account).get(pk=message.batch_id)
        first = ConsentRecord.objects.for_account(line.account).order_by("id").first()
    assert first is not None
    assert (batch.channel, batch.actor, batch.key) == ("system", "Hub", f"optout:{first.id}")
    # Anything else to this person is refused, before and after.
    line.becomes(line.send("+33612345680"), "rejected")


@pytest.mark.parametrize("source", ["+33899123456", "+19002345678", "36111", "BANQUE"])
def test_a_stop_stands_unanswered_where_an_answer_would_pay_or_cannot_go(source: str) -> None:
    line = confirming()
    assert reply(line, "STOP", source) == "stop"
    assert confirmations(line) == []
    with scope(line.account):
        assert OptOut.objects.for_account(line.account).get().number == source
    with worker(), time_machine.travel(timezone.now() + timedelta(seconds=40)):
        inbound.confirm_forgotten()
    assert confirmations(line) == []


def test_a_new_opt_out_after_a_start_is_confirmed_again() -> None:
    line = confirming()
    for word in ("STOP", "START", "STOP"):
        reply(line, word)
    assert len(confirmations(line)) == 2


def test_without_the_switch_nothing_is_sent(book: Path) -> None:
    line = Line()
    reply(line, "STOP")
    work()
    assert confirmations(line) == []
    assert texts(book, line.account) == []


def test_a_confirmation_leaves_outside_hours_and_dies_within_five_minutes() -> None:
    line = confirming(hours_on=True, week=NEVER, hours_clock="account")
    reply(line, "STOP")
    (message,) = confirmations(line)
    assert (message.expires - timezone.now()).total_seconds() <= 300
    line.becomes(str(message.id), "delivered")


def test_a_confirmation_obeys_the_limit_and_the_balance() -> None:
    line = confirming(limit_day=0, over_limit="discard")
    reply(line, "STOP")
    (message,) = confirmations(line)
    assert line.becomes(str(message.id), "rejected")["error_code"] == "301"


def test_a_stop_stands_when_its_confirmation_cannot_be_sent() -> None:
    line = confirming()
    with scope(line.account):
        SendingSettings.objects.for_account(line.account).update(default_sender=None)
    assert reply(line, "STOP") == "stop"
    (message,) = confirmations(line)
    assert (message.state, message.code) == ("rejected", 410)
    with scope(line.account):
        assert OptOut.objects.for_account(line.account).count() == 1


def test_a_confirmation_that_a_crash_prevented_is_sent_by_the_clock_while_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line, late = confirming(), confirming()
    now = timezone.now()
    for crashed, at in ((line, now), (late, now - timedelta(minutes=6))):
        monkeypatch.setattr(inbound, "_confirm", crash)
        with time_machine.travel(at), pytest.raises(SystemExit):
            reply(crashed, "STOP")
        monkeypatch.undo()
    for seconds, sent in ((0, 0), (40, 1), (50, 1)):
        with time_machine.travel(now + timedelta(seconds=seconds)), worker():
            inbound.confirm_forgotten()
        assert len(confirmations(line)) == sent
    assert confirmations(late) == []


def crash(*given: object) -> None:
    """The process ends right here."""
    raise SystemExit


def test_the_confirmation_comes_from_the_number_that_was_written_to() -> None:
    line = confirming()
    with scope(line.account):
        own = ("+3375600" + line.account.public_id)[:16]
        Sender.objects.create(account=line.account, address=own, kind="number")
    reply(line, "STOP")
    (message,) = confirmations(line)
    assert message.source == own


def test_no_program_can_ask_for_the_class_of_confirmations() -> None:
    line = Line()
    answer = line.post(
        {"content": "x", "destination_number": "+33612345680", "message_class": "confirmation"}
    )
    assert answer.status_code == 400
    with scope(line.account):
        draft = Draft("+33612345680", "x", message_class=CONFIRMATION)
        (decision,) = decide_only(line.account.pk, [draft])
    assert [step.rule for step in decision.trail if step.step == "opt_out"] == ["confirmation"]


def test_a_refused_confirmation_comes_back_with_its_own_cost() -> None:
    """A line break is one character, though browsers send two."""
    account = make_account()
    client = member_of(account)
    text = "Maison Test\r\n" + 170 * "x" + "\u200b"
    answer = save(client, account, "optout", confirm="on", confirmation=text)
    assert answer.status_code == 422
    # 183 characters, 67 a segment.
    assert "3 segments, 18 characters left (UCS-2)" in answer.content.decode()
