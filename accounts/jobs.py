"""Jobs: work too long for a request. The row is the queue; job_runs.py does the work."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise

from accounts.audit import Actor, record
from accounts.models import Account, Job

CANCELLED: Final = "job.cancelled"
OPEN: Final = (Job.State.WAITING, Job.State.RUNNING)
# Unfinished ones of an account, so that the others' turns come round.
MOST_AT_ONCE: Final = 2
# What a job made is kept for so long, then erased.
KEPT: Final = timedelta(hours=24)
# An ended job's row and page, counted from its end.
REMEMBERED: Final = timedelta(days=30)


class TooManyJobs(ValueError):
    """The account has as many unfinished jobs as it may have."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of what a job makes, how many rows that is, and where the work goes on after it."""

    content: bytes
    rows: int
    position: str


@dataclass(frozen=True, slots=True)
class JobKind:
    """What jobs of a kind do and how they are told of.

    `work` gives the pieces after `job.position`, in the account's scope; it may be stopped after
    any of them and begun again there. `words` says how far (done, total); `home` is the URL name
    of the page it was asked on, called `home_label`; a POST to `again` asks the same again.
    """

    work: Callable[[Job], Iterator[Piece]]
    words: Callable[[int, int], str]
    title: str | Promise
    content_type: Callable[[Job], str]
    home: str
    home_label: str | Promise
    again: Callable[[Account, Job], str]


def put_job(
    account: Account, *, actor: Actor, kind: str, name: str, asked: dict[str, Any], total: int
) -> tuple[Job, bool]:
    """A step: a job that waits for the clock, and True; or the unfinished one by which the same
    person asks the same, and False. TooManyJobs when others are unfinished."""
    if not connection.in_atomic_block:
        raise RuntimeError("jobs.put_job is a step: open the change's transaction first.")
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    unfinished = list(Job.objects.for_account(account).filter(state__in=OPEN))
    wanted = (kind, actor.id, asked)
    for job in unfinished:
        if (job.kind, job.person_id, job.asked) == wanted:
            return job, False
    if len(unfinished) >= MOST_AT_ONCE:
        raise TooManyJobs
    job = Job.objects.create(
        account=account,
        kind=kind,
        name=name,
        asked=asked,
        total=total,
        person_id=actor.id,
        person_label=actor.label,
        due=timezone.now(),
    )
    return job, True


def cancel_job(account: Account, job_id: UUID, *, actor: Actor) -> bool:
    """The job stops at its next piece and leaves no file; False when it was over already.

    Needs the account's scope.
    """
    now = timezone.now()
    rows = Job.objects.for_account(account).filter(pk=job_id, state__in=OPEN)
    with transaction.atomic(durable=True):
        job = rows.select_for_update().first()
        if job is None:
            return False
        rows.update(state=Job.State.CANCELLED, finished_at=now, due=now)
        record(account, actor=actor, action=CANCELLED, subject=job.name)
    return True


def has_file(job: Job) -> bool:
    """Whether what it made can still be fetched."""
    return job.expires_at is not None and timezone.now() < job.expires_at
