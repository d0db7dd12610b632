"""Jobs as the clock does them: a turn each, piece by piece, and what they made erased in time.

A piece, the progress and the lease are written in one short transaction, so a worker may die
anywhere: the next one goes on after the last piece. Every write asks for the state and the lease
that this worker last wrote; a job that was cancelled or taken over meanwhile is let go.
"""

import gzip
import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.job_letters import failed_letter, ready_letter, tell_who_asked
from accounts.jobs import KEPT, OPEN, REMEMBERED, JobKind, Piece
from accounts.models import Account, Job, JobFile
from accounts.statements import cursor
from accounts.tenancy import scope, system
from hub.lib.ids import new_reference

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 4
# Pieces a job may make before others have their turn, mail and the clock among them.
TURN: Final = 5
# Longer than a piece takes, most of the time; then the worker has died.
LEASE: Final = timedelta(minutes=1)
# At one place. Then it is the job that kills its workers.
MOST_TRIES: Final = 3

MOST_FORGOTTEN: Final = 500

DUE: Final = """
SELECT account_id, id FROM accounts_job WHERE due <= %s ORDER BY due LIMIT %s
"""
# Nothing is due any more: what they made is erased.
OLD: Final = """
SELECT account_id, array_agg(id) FROM (
    SELECT account_id, id FROM accounts_job WHERE due IS NULL AND finished_at < %s LIMIT %s) old
GROUP BY account_id
"""


def run_due(kinds: Mapping[str, JobKind]) -> int:
    """Every due job had a turn, the longest waiting first; returns how many."""
    with system("jobs that are due"):
        found = cursor().execute(DUE, [timezone.now(), MOST_AT_ONCE]).fetchall()
    for account_id, job_id in found:
        with scope(account_id):
            _look_at(account_id, job_id, kinds)
    return len(found)


def forget_old() -> int:
    """Jobs that ended long ago are gone, at most MOST_FORGOTTEN of them; returns how many."""
    with system("jobs that ended long ago"):
        before = timezone.now() - REMEMBERED
        found = cursor().execute(OLD, [before, MOST_FORGOTTEN]).fetchall()
    for account_id, ids in found:
        with scope(account_id):
            Job.objects.for_account(account_id).filter(pk__in=ids).delete()
    return sum(len(ids) for _account, ids in found)


def file_of(account: Account, job_id: UUID) -> Iterator[bytes]:
    """What the job made. A stream outlives the view that began it: it opens the scope itself."""
    with scope(account):
        pieces = JobFile.objects.for_account(account).filter(job=job_id)
        for start in list(pieces.order_by("start").values_list("start", flat=True)):
            # Erased meanwhile is an error: a file cut short must not pass for a whole one.
            yield gzip.decompress(pieces.get(start=start).content)


def _look_at(account_id: UUID, job_id: UUID, kinds: Mapping[str, JobKind]) -> None:
    due = Job.objects.for_account(account_id).filter(pk=job_id, due__lte=timezone.now())
    job = due.first()
    if job is None:
        return
    if job.state not in OPEN:
        _erase(job)
    elif job.tries >= MOST_TRIES:
        _fail(job)
    elif _move(job, state=Job.State.RUNNING, due=_lease(), tries=job.tries + 1):
        _try(job, kinds)


def _try(job: Job, kinds: Mapping[str, JobKind]) -> None:
    try:
        _turn(job, kinds[job.kind])
    except Exception:  # noqa: BLE001 - whatever it was, the person is told and the log has it
        _fail(job)


def _turn(job: Job, kind: JobKind) -> None:
    pieces = kind.work(job)
    for _time in range(TURN):
        piece = next(pieces, None)
        if piece is None:
            _finish(job, kind)
            return
        if not _keep(job, piece):
            return
    _move(job, due=timezone.now())


def _keep(job: Job, piece: Piece) -> bool:
    start, content = job.done, gzip.compress(piece.content)
    with transaction.atomic(durable=True):
        ours = _move(job, done=start + piece.rows, position=piece.position, due=_lease(), tries=0)
        if ours:
            JobFile.objects.create(
                account=job.account_id,  # type: ignore[misc]
                job=job,
                start=start,
                content=content,
            )
    return ours


def _finish(job: Job, kind: JobKind) -> None:
    now = timezone.now()
    with transaction.atomic(durable=True):
        ours = _move(
            job, state=Job.State.DONE, total=job.done, finished_at=now, expires_at=now + KEPT,
            due=now + KEPT,
        )  # fmt: skip
        if ours:
            words = partial(kind.words, job.done, job.total)
            tell_who_asked(job, partial(ready_letter, words=words))


def _fail(job: Job) -> None:
    reference, now = new_reference(), timezone.now()
    logger.error("reference %s: job %s (%s)", reference, job.pk, job.kind, exc_info=True)
    with transaction.atomic(durable=True):
        if _move(job, state=Job.State.FAILED, error=reference, finished_at=now, due=now):
            tell_who_asked(job, failed_letter)


def _erase(job: Job) -> None:
    with transaction.atomic(durable=True):
        JobFile.objects.for_account(job.account_id).filter(job=job.pk).delete()
        _move(job, due=None)


def _lease() -> datetime:
    return timezone.now() + LEASE


def _move(job: Job, **fields: Any) -> bool:
    """The row has these values; False when it is no longer as this worker last knew it."""
    rows = Job.objects.for_account(job.account_id)
    if not rows.filter(pk=job.pk, state=job.state, due=job.due).update(**fields):
        return False
    for name, value in fields.items():
        setattr(job, name, value)
    return True
