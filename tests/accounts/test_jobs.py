"""Jobs: an export too long for a request, from asking for it to the end of its file."""

import csv
import io
import json
import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from accounts import job_kinds, job_runs
from accounts.activity import CHUNK
from accounts.activity_export import MOST_AT_ONCE
from accounts.job_runs import MOST_TRIES
from accounts.jobs import KEPT, Piece, cancel_job, put_job
from accounts.models import Account, Job, JobFile
from accounts.sweeps import run_jobs
from accounts.tenancy import scope
from tests.accounts.entries import NADIA, address
from tests.accounts.given import waiting_job
from tests.conftest import worker
from tests.make import make_account
from tests.senders.given import entries_of, member_of

MANY = MOST_AT_ONCE + 100
ENTRIES = """
INSERT INTO accounts_auditentry (id, account_id, at, actor_kind, actor_id, actor_label, channel,
                                 action, subject, changes)
SELECT (%s || lpad(to_hex(n), 12, '0'))::uuid, %s, now(), 'clock', '',
       'Hub', 'clock', 'account.renamed', n::text, '{}'
FROM generate_series(1, %s) n
"""


def fill(account: Account, number: int = MANY) -> None:
    """Entries `1` to `number`, as old as UUIDs tell."""
    ids = f"0190{secrets.token_hex(2)}-{secrets.token_hex(2)}-7000-8000-"
    with scope(account), connection.cursor() as cursor:
        cursor.execute(ENTRIES, [ids, account.pk, number])


@pytest.fixture
def account() -> Account:
    account = make_account()
    fill(account)
    return account


@pytest.fixture
def owner(account: Account) -> Client:
    return member_of(account)


def begin(client: Client, account: Account, name: str = "csv", query: str = "") -> str:
    """The address of the page of the job that an export leads to."""
    answer = client.post(address(account, query, f"account_activity_{name}"))
    assert answer.status_code == 303
    page: str = answer["Location"]
    assert re.fullmatch(rf"/a/{account.public_id}/account/jobs/[0-9a-f-]{{36}}/", page)
    return page


def id_of(page: str) -> UUID:
    return UUID(page.rstrip("/").rsplit("/", 1)[-1])


def clock() -> None:
    """What the clock does, as the worker's login does it."""
    with worker():
        run_jobs()


def finish(account: Account, page: str) -> None:
    for _turn in range(20):
        if row(account, page).state not in ("waiting", "running"):
            return
        clock()


def row(account: Account, page: str) -> Job:
    with scope(account):
        return Job.objects.for_account(account).get(pk=id_of(page))


def change(account: Account, page: str, **fields: Any) -> None:
    with scope(account):
        Job.objects.for_account(account).filter(pk=id_of(page)).update(**fields)


def pieces(account: Account, page: str) -> int:
    with scope(account):
        return JobFile.objects.for_account(account).filter(job=id_of(page)).count()


def text(client: Client, page: str, headers: dict[str, str] | None = None) -> str:
    answer = client.get(page, headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


# -- from asking to the file -------------------------------------------------------------------


def test_a_long_export_is_made_by_a_job_and_fetched_when_it_is_done(
    account: Account, owner: Client
) -> None:
    page = begin(owner, account)
    shown = text(owner, page)
    assert "0 of 2,100 entries" in shown
    assert '<progress max="2100" value="0"' in shown
    assert f'data-from="{page}?seen=waiting-0"' in shown
    assert owner.get(page + "file/")["Location"] == page

    finish(account, page)
    shown = text(owner, page)
    assert "The file is ready" in shown
    assert "2,100 entries. It is kept until" in shown
    assert 'aria-current="true"' in shown, "its section stays marked in the menu"
    assert "data-again" not in shown

    answer = owner.get(page + "file/")
    assert answer["Content-Type"].startswith("text/csv")
    assert f"activity-{account.public_id}-" in answer["Content-Disposition"]
    content = answer.getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [one["subject"] for one in rows] == [str(n) for n in range(MANY, 0, -1)]
    [entry] = entries_of(account, "activity.exported")
    assert (entry.subject, entry.actor_label) == ("CSV", "Alice Martin")


def test_the_file_of_a_job_has_the_lines_of_a_stream(account: Account, owner: Client) -> None:
    """What a filter lets through, in the reader's language and by their clock."""
    fill(other := make_account("Une autre"), 1)
    few, query = member_of(other), "?event=account.renamed&who=clock&first=2020-01-01"
    owner.cookies["hub_language"] = few.cookies["hub_language"] = "fr"
    page = begin(owner, account, "jsonl", query)
    finish(account, page)
    made = owner.get(page + "file/").getvalue().decode().splitlines()
    streamed = few.post(address(other, query, "account_activity_jsonl")).getvalue().decode()
    ours, theirs = json.loads(made[-1]), json.loads(streamed)
    assert "renomm" in ours["description"]
    for name in ours.keys() - {"id", "time"}:
        assert ours[name] == theirs[name], name
    assert len(made) == MANY
    [entry] = entries_of(account, "activity.exported")
    assert entry.changes["filters"][1].startswith("who clock, event account.renamed")


def test_as_many_entries_as_fit_a_request_are_streamed(owner: Client) -> None:
    account = make_account()
    fill(account, MOST_AT_ONCE)
    client = member_of(account)
    query = "?event=account.renamed"
    answer = client.post(address(account, query, "account_activity_jsonl"))
    assert answer.status_code == 200
    assert len(answer.getvalue().splitlines()) == MOST_AT_ONCE


def test_progress_is_told_while_it_runs_and_only_when_there_is_some(
    account: Account, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runs, "TURN", 1)
    page = begin(owner, account)
    part = {"X-Part": "true"}
    assert owner.get(page + "?seen=waiting-0", headers=part).status_code == 204
    clock()
    shown = text(owner, page + "?seen=waiting-0", part)
    assert "1,000 of 2,100 entries" in shown
    assert "<html" not in shown
    assert owner.get(page + "?seen=running-1000", headers=part).status_code == 204
    finish(account, page)
    assert "The file is ready" in text(owner, page + "?seen=running-1000", part)


def test_it_works_without_script(account: Account, owner: Client) -> None:
    shown = text(owner, begin(owner, account))
    assert re.search(r'<noscript><meta http-equiv="refresh" content="\d+"></noscript>', shown)
    assert "Refresh" in shown


def test_asking_twice_is_asking_once_and_a_third_file_waits_for_one_of_two(
    account: Account, owner: Client
) -> None:
    page = begin(owner, account)
    assert begin(owner, account) == page
    assert len(entries_of(account, "activity.exported")) == 1
    begin(owner, account, "jsonl")
    answer = owner.post(address(account, "?who=clock", "account_activity_csv"))
    assert answer.status_code == 303
    assert answer["Location"] == address(account)
    assert "Two files are being made already" in text(owner, address(account))
    assert len(entries_of(account, "activity.exported")) == 2
    finish(account, page)
    assert begin(owner, account, "csv", "?who=clock") != page


# -- ends -----------------------------------------------------------------------------------


def test_a_cancelled_job_stops_and_leaves_no_file(
    account: Account, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runs, "TURN", 1)
    page = begin(owner, account)
    clock()
    assert pieces(account, page) == 1
    assert owner.post(page + "cancel/")["Location"] == page
    assert "The export was cancelled" in text(owner, page)
    clock()
    clock()
    assert (row(account, page).state, row(account, page).due) == ("cancelled", None)
    assert pieces(account, page) == 0
    assert owner.get(page + "file/").status_code == 303
    assert owner.post(page + "cancel/").status_code == 302
    assert "Too late to cancel" in text(owner, page)
    assert len(entries_of(account, "job.cancelled")) == 1


def doing(account: Account, page: str, after_a_piece: Callable[[], None]) -> None:
    """A worker's turn, in which something happens after the first piece of this job: other tests
    leave jobs that wait too."""
    kind, this = job_kinds.KINDS["activity"], id_of(page)

    def work(job: Job) -> Iterator[Piece]:
        for number, piece in enumerate(kind.work(job)):
            if number == 1 and job.pk == this:
                after_a_piece()
            yield piece

    with worker():
        job_runs.run_due({"activity": replace(kind, work=work)})


def elsewhere(done: Callable[[], object]) -> None:
    """Done by another process, as far as the database can tell."""

    def alone() -> None:
        try:
            done()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(alone).result()


def test_a_job_cancelled_in_the_middle_writes_no_more(account: Account, owner: Client) -> None:
    page = begin(owner, account)

    def cancelled() -> None:
        with scope(account):
            assert cancel_job(account, id_of(page), actor=NADIA)

    doing(account, page, lambda: elsewhere(cancelled))
    assert (row(account, page).state, row(account, page).done) == ("cancelled", CHUNK)
    assert pieces(account, page) == 1


class Killed(BaseException):
    """As a worker ends that the system kills: nothing of ours runs any more."""


def killed() -> None:
    raise Killed


def test_when_a_worker_dies_another_goes_on_where_it_stopped(
    account: Account, owner: Client
) -> None:
    page = begin(owner, account)
    with pytest.raises(Killed):
        doing(account, page, killed)
    clock()
    assert row(account, page).done == CHUNK, "its lease is not over"
    change(account, page, due=timezone.now())
    finish(account, page)
    content = owner.get(page + "file/").getvalue().decode("utf-8-sig")
    subjects = [one["subject"] for one in csv.DictReader(io.StringIO(content))]
    assert subjects == [str(n) for n in range(MANY, 0, -1)]
    assert len(entries_of(account, "activity.exported")) == 1


def test_a_slow_worker_that_was_taken_over_from_writes_nothing_twice(
    account: Account, owner: Client
) -> None:
    page = begin(owner, account)

    def taken_over() -> None:
        change(account, page, due=timezone.now())
        run_jobs()

    doing(account, page, lambda: elsewhere(taken_over))
    assert (row(account, page).state, row(account, page).done) == ("done", MANY)
    lines = owner.get(page + "file/").getvalue().splitlines()
    assert len(lines) == MANY + 1


def test_a_job_that_fails_says_so_with_a_reference_of_the_log(
    account: Account, owner: Client, caplog: pytest.LogCaptureFixture
) -> None:
    page = begin(owner, account, "csv", "?who=clock")

    def broken() -> None:
        raise LookupError("a mistake")

    doing(account, page, broken)
    reference = row(account, page).error
    shown = text(owner, page)
    assert "It failed" in shown
    assert reference in shown
    assert f"reference {reference}" in caplog.text
    assert "LookupError" in caplog.text
    clock()
    assert pieces(account, page) == 0
    again = re.findall(r'action="([^"]+activity/export/csv/[^"]*)"', shown)
    assert again == [address(account, "?who=clock", "account_activity_csv")]
    assert begin(owner, account, "csv", "?who=clock") != page


def test_a_job_that_kills_its_workers_is_given_up(account: Account, owner: Client) -> None:
    page = begin(owner, account)
    change(account, page, tries=MOST_TRIES)
    clock()
    assert row(account, page).state == "failed"


def test_a_file_is_kept_for_24_hours_then_erased(account: Account, owner: Client) -> None:
    page = begin(owner, account)
    finish(account, page)
    made = row(account, page)
    assert made.finished_at is not None
    assert made.expires_at == made.due == made.finished_at + KEPT
    clock()
    assert pieces(account, page) == 3
    past = timezone.now() - timedelta(seconds=1)
    change(account, page, due=past, expires_at=past)
    assert owner.get(page + "file/")["Location"] == page
    clock()
    clock()
    assert pieces(account, page) == 0
    assert row(account, page).due is None
    assert "The file was erased" in text(owner, page)


# -- who may -----------------------------------------------------------------------------------


def test_only_who_may_read_the_log_sees_its_jobs(account: Account, owner: Client) -> None:
    page = begin(owner, account)
    finish(account, page)
    colleague = member_of(account, "administrator", "Bob Durand")
    assert colleague.get(page + "file/").status_code == 200
    elsewhere_account = make_account("Ailleurs")
    stranger = member_of(elsewhere_account, "owner", "Charlie Petit")
    moved = page.replace(account.public_id, elsewhere_account.public_id)
    for role in ("advanced", "basic", "billing", "developer"):
        client = member_of(account, role)
        assert client.get(page).status_code == 403
        assert client.get(page + "file/").status_code == 403
        assert client.post(page + "cancel/").status_code == 403
    for path in (page, moved):
        assert stranger.get(path).status_code == 404
        assert stranger.get(path + "file/").status_code == 404
        assert stranger.post(path + "cancel/").status_code == 404
    assert entries_of(account, "job.cancelled") == []


def test_the_web_can_neither_write_nor_erase_a_file(account: Account) -> None:
    with scope(account):
        job = waiting_job(account)
        with pytest.raises(DatabaseError, match="permission denied"):
            JobFile.objects.create(account=account, job=job, start=0, content=b"")
        with pytest.raises(DatabaseError, match="permission denied"):
            JobFile.objects.for_account(account).delete()


def test_a_job_is_put_inside_the_change_that_asks_for_it(account: Account) -> None:
    with scope(account), pytest.raises(RuntimeError, match="transaction"):
        put_job(account, actor=NADIA, kind="activity", name="x", asked={}, total=1)
