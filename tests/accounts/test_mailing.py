"""The outbox of mail: one layout in HTML and text, sent once, kept when a server is away."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts import mailing
from accounts.letters import Letter, Reader, page_address, reader, render, write_to
from accounts.models import OutgoingMail
from tests.conftest import worker
from tests.mailbox import html_of, letters_to
from tests.make import make_account, make_user

LETTER = Letter(
    subject="Something <b>happened</b>",
    lines=["First & foremost.", "Then."],
    button=("Look at it", "https://hub.example/x?a=1&b=2"),
    facts=[("When", "today")],
    after=["That was all."],
    why="You asked for it.",
)


def written(to: Reader, letter: Letter = LETTER, cause: str = "") -> None:
    with transaction.atomic():
        write_to([to], lambda _reader: letter, cause=cause)


def test_a_letter_says_the_same_in_html_and_in_text_with_the_address_of_its_button() -> None:
    person = make_user("Léa <i>Roux</i>")
    written(reader(person))
    (letter,) = letters_to(person.email)
    html = html_of(letter)
    assert letter.subject == LETTER.subject
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "Léa <i>Roux</i>" in letter.body
    assert "https://hub.example/x?a=1&b=2" in letter.body
    for part in ("First & foremost.", "Then.", "Look at it", "today", "That was all.",
                 "You asked for it."):  # fmt: skip
        assert part in letter.body
    assert "Something &lt;b&gt;happened" in html
    assert "First &amp; foremost." in html
    assert "Léa &lt;i&gt;Roux" in html
    assert html.count('href="https://hub.example/x?a=1&amp;b=2"') == 2


def test_the_html_loads_nothing_from_anywhere_and_knows_the_dark() -> None:
    html = render(LETTER, reader(make_user())).html
    assert not re.search(r"<img|<script|<link|url\(|@import|\bsrc=", html)
    assert "prefers-color-scheme: dark" in html
    assert 'name="color-scheme" content="light dark"' in html


def test_a_subject_stays_one_line() -> None:
    person = make_user()
    written(reader(person), Letter(subject="A\r\nBcc: x@example.test", lines=["x"]))
    (letter,) = letters_to(person.email)
    assert letter.subject == "A Bcc: x@example.test"
    assert letter.recipients() == [person.email]


def test_the_same_cause_is_told_a_person_once_and_another_once_more() -> None:
    person = make_user()
    for cause in ("full:1", "full:1", "full:2"):
        written(reader(person), cause=f"{cause}:{person.pk}")
    assert len(letters_to(person.email)) == 2
    written(reader(person), cause=f"full:1:{person.pk}")
    assert len(letters_to(person.email)) == 2


def test_what_was_sent_keeps_no_words() -> None:
    person = make_user()
    written(reader(person))
    written(reader(person), cause=f"known:{person.pk}")
    letters_to(person.email)
    with worker():
        (left,) = OutgoingMail.objects.filter(to=person.email)
        assert (left.due, left.subject, left.text, left.html) == (None, "", "", "")


class Away:
    """A mail server that does not answer."""

    def open(self) -> None:
        raise ConnectionRefusedError("no mail server")

    def close(self) -> None:
        pass


def test_mail_waits_while_the_server_is_away_and_leaves_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = make_user()
    written(reader(person))
    with monkeypatch.context() as patch, worker():
        patch.setattr("accounts.mailing.get_connection", Away)
        while mailing.send_due():
            pass
        (waiting,) = OutgoingMail.objects.filter(to=person.email)
        assert waiting.text
        assert waiting.due > timezone.now()
        OutgoingMail.objects.filter(pk=waiting.pk).update(due=timezone.now())
    assert len(letters_to(person.email)) == 1


def test_one_address_that_is_refused_holds_up_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    refused, fine = make_user("Alice Martin"), make_user("Bob Durand")
    written(reader(refused))
    written(reader(fine))
    send = mailing._try

    def picky(connection: Any, mail: OutgoingMail) -> bool:
        return send(Away() if mail.to == refused.email else connection, mail)

    monkeypatch.setattr(mailing, "_try", picky)
    assert len(letters_to(refused.email, fine.email)) == 1


def test_mail_that_cannot_be_sent_for_days_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    person = make_user()
    written(reader(person))
    monkeypatch.setattr("accounts.mailing.get_connection", Away)
    with worker():
        rows = OutgoingMail.objects.filter(to=person.email)
        rows.update(written_at=timezone.now() - timedelta(days=4))
        mailing.send_due()
        assert not rows.exists()


def test_what_was_told_is_forgotten_after_its_period_and_mail_on_its_way_never() -> None:
    person = make_user()
    written(reader(person), cause=f"old:{person.pk}")
    letters_to(person.email)
    written(reader(person), cause=f"new:{person.pk}")
    with worker():
        rows = OutgoingMail.objects.filter(to=person.email)
        rows.update(written_at=timezone.now() - timedelta(days=70))
        mailing.forget_told()
        assert [row.cause.split(":")[0] for row in rows] == ["new"]
        rows.delete()


def test_the_web_can_write_a_letter_and_read_none() -> None:
    written(reader(make_user()))
    with pytest.raises(DatabaseError, match="permission denied"):
        OutgoingMail.objects.count()


def test_addresses_in_letters_are_those_the_operator_gave(settings: Any) -> None:
    settings.BASE_URL = "https://sms.example.org/"
    account = make_account()
    assert page_address("profile") == "https://sms.example.org/accounts/profile/"
    assert page_address("messages", account).endswith(f"/a/{account.public_id}/messages/")
