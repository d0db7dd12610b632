"""After a job: the letter to who asked for it, and the day on which its row goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import job_runs
from accounts.job_runs import forget_old
from accounts.jobs import KEPT, REMEMBERED
from accounts.letters import absolute
from accounts.models import Account, Membership
from accounts.sweeps import forget_jobs
from tests.accounts.test_jobs import (
    account,
    begin,
    change,
    clock,
    doing,
    finish,
    pieces,
    row,
    text,
)
from tests.conftest import worker
from tests.mailbox import html_of, letters_to
from tests.make import make_member, make_user, signed_in
from users.models import User

__all__ = ["account"]


@pytest.fixture
def asker(account: Account) -> User:
    user = make_user("Zoë Petit", language="en")
    make_member(account, user, "owner")
    return user


@pytest.fixture
def client(asker: User) -> Client:
    return signed_in(asker)


def letter_to(user: User) -> Any:
    (letter,) = letters_to(user.email)
    return letter


def broken() -> None:
    raise LookupError("a mistake")


# -- the letter --------------------------------------------------------------------------------


def test_who_asked_is_told_once_that_the_file_is_ready_and_led_to_it(
    account: Account, asker: User, client: Client
) -> None:
    colleague = make_user()
    make_member(account, colleague, "owner")
    page = begin(client, account)
    clock()
    assert row(account, page).state == "done"
    clock()
    letter = letter_to(asker)
    assert letter.subject == f"{account.name}: your file is ready"
    assert "2,100 entries" in letter.body
    assert row(account, page).name in letter.body
    assert f'href="{absolute(page)}"' in html_of(letter)
    assert absolute(page) in letter.body.split()
    assert letters_to(colleague.email) == []


def test_who_asked_is_told_that_it_failed_with_the_reference(
    account: Account, asker: User, client: Client
) -> None:
    page = begin(client, account)
    doing(account, page, broken)
    letter = letter_to(asker)
    assert letter.subject == f"{account.name}: your file could not be made"
    assert row(account, page).error in letter.body
    assert absolute(page) in letter.body.split()


def test_a_french_reader_is_written_to_in_french_by_their_own_clock(account: Account) -> None:
    zoe = make_user("Zoë Petit", language="fr", time_zone="Pacific/Noumea")
    make_member(account, zoe, "administrator")
    page = begin(signed_in(zoe), account)
    finish(account, page)
    letter = letter_to(zoe)
    assert "Bonjour Zoë Petit" in letter.body
    assert "2\u202f100 entrées" in letter.body
    ends = row(account, page).expires_at
    assert ends is not None
    there = ends + timedelta(hours=11)
    assert f"{there:%H:%M}" in " ".join(letter.body.split())


def test_a_cancelled_job_is_told_to_nobody(
    account: Account, asker: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runs, "TURN", 1)
    page = begin(client, account)
    clock()
    client.post(page + "cancel/")
    clock()
    assert row(account, page).state == "cancelled"
    assert letters_to(asker.email) == []


def test_who_may_no_longer_see_the_file_gets_no_letter(
    account: Account, asker: User, client: Client
) -> None:
    page = begin(client, account)
    Membership.objects.filter(account=account, user=asker).update(role="basic")
    finish(account, page)
    assert row(account, page).state == "done"
    assert letters_to(asker.email) == []


def test_the_end_and_its_letter_are_written_together_or_not_at_all(
    account: Account, asker: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_post(*_args: Any, **_kwargs: Any) -> None:
        raise OSError("the outbox is full")

    page = begin(client, account)
    with monkeypatch.context() as patch:
        patch.setattr(job_runs, "tell_who_asked", no_post)
        clock()
    assert row(account, page).state == "running"
    assert letters_to(asker.email) == []
    change(account, page, due=timezone.now())
    clock()
    assert row(account, page).state == "done"
    assert letter_to(asker).subject == f"{account.name}: your file is ready"


# -- the row -----------------------------------------------------------------------------------


def forgets() -> None:
    with worker():
        forget_jobs()


def aged(account: Account, page: str, age: timedelta) -> None:
    """The job ended so long ago, and the clock has been at it since."""
    past = timezone.now() - age
    change(account, page, finished_at=past, expires_at=past + KEPT, due=past + KEPT)
    clock()


def test_a_job_is_kept_for_30_days_then_gone_with_its_page(
    account: Account, client: Client
) -> None:
    page = begin(client, account)
    finish(account, page)
    assert f"kept for {REMEMBERED.days} days after" in " ".join(text(client, page).split())
    aged(account, page, REMEMBERED - timedelta(hours=1))
    forgets()
    assert "The file was erased" in text(client, page)
    aged(account, page, REMEMBERED)
    forgets()
    for path in (page, page + "file/"):
        assert client.get(path).status_code == 404
    assert client.post(page + "cancel/").status_code == 404


def test_a_row_stays_as_long_as_its_file_is_not_erased(account: Account, client: Client) -> None:
    page = begin(client, account)
    finish(account, page)
    past = timezone.now() - REMEMBERED
    change(account, page, finished_at=past)
    forgets()
    assert row(account, page).state == "done"
    assert pieces(account, page) == 3


def test_an_unfinished_job_is_never_forgotten(account: Account, client: Client) -> None:
    page = begin(client, account)
    with worker():
        forget_old()
    assert row(account, page).state == "waiting"


def test_as_many_are_forgotten_at_once_as_are_allowed(
    account: Account, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgets()
    monkeypatch.setattr(job_runs, "MOST_FORGOTTEN", 1)
    for page in (begin(client, account), begin(client, account, "jsonl")):
        finish(account, page)
        aged(account, page, REMEMBERED)
    with worker():
        assert forget_old() == 1
        assert forget_old() == 1
        assert forget_old() == 0
