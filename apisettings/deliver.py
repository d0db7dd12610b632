"""The webhooks' engine: outbox -> deliveries -> signed POSTs -> attempts, until nothing is due.

One drain runs at a time (a Postgres lock, gone with its connection), so its bounds are the bounds:
200 POSTs in the air, two of them to one endpoint. The database works in this thread, the network
in another. A crash between the POST and its storing sends the event again under the same id:
delivery is at least once.
"""

import asyncio
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from apisettings.attempts import Job, Tried, claim, store
from apisettings.outbox import hand_over
from hub.lib.safe_http import Answer, Guard, Session, open_session, post
from hub.lib.signing import headers

DRAIN_SECONDS: Final = 20.0
# What is in the air has landed by then; if not, its lease ends and another drain takes it.
LANDING_SECONDS: Final = 60.0
TURN_SECONDS: Final = 0.1
SLOTS: Final = 200
SLOTS_EACH: Final = 2
# A job whose turn comes this near to its lease's end is left to the next claim.
LEASE_LEFT_SECONDS: Final = 20
_LOCK: Final = 0x77656268  # "webh"


def drain(seconds: float = DRAIN_SECONDS) -> int:
    """Events are handed over and due deliveries tried; returns how many tries were made.

    Ends when nothing is due, or takes no new work after `seconds`; what is claimed then ends first.
    Does nothing while another process drains.
    """
    with _alone() as alone:
        if not alone:
            return 0
        with _Flight() as flight:
            return _drain(flight, time.monotonic() + seconds)


def _drain(flight: "_Flight", until: float) -> int:
    tries = 0
    while True:
        handed = claimed = 0
        if time.monotonic() < until:
            handed = hand_over()
            jobs = claim(flight.busy())
            claimed = len(jobs)
            flight.start(jobs)
        done = flight.landed()
        store(done)
        tries += len(done)
        idle = not (handed or claimed or done or flight.busy())
        if idle or time.monotonic() > until + LANDING_SECONDS:
            return tries


class _Flight:
    """POSTs in the air, on an event loop in a thread of its own that starts with the first."""

    def __init__(self) -> None:
        self._flying: dict[Future[Tried | None], UUID] = {}
        self._slots = asyncio.Semaphore(SLOTS)
        self._lanes = defaultdict[UUID, asyncio.Semaphore](lambda: asyncio.Semaphore(SLOTS_EACH))
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._session: asyncio.Future[Session] | None = None
        self._end = asyncio.Event()

    def __enter__(self) -> "_Flight":
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop and self._thread:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()

    def busy(self) -> Counter[UUID]:
        """How many jobs of each endpoint are in the air or wait for their turn."""
        return Counter(self._flying.values())

    def start(self, jobs: Sequence[Job]) -> None:
        """The jobs are on their way."""
        if not jobs:
            return
        loop = self._loop or self._open()
        for job in jobs:
            self._flying[asyncio.run_coroutine_threadsafe(self._send(job), loop)] = job.webhook

    def landed(self) -> list[Tried]:
        """The tries that ended; waits a moment for the first while any is in the air."""
        if not self._flying:
            return []
        done = wait(self._flying, TURN_SECONDS, FIRST_COMPLETED).done
        for future in done:
            del self._flying[future]
        return [tried for future in done if (tried := future.result())]

    def _open(self) -> asyncio.AbstractEventLoop:
        loop = self._loop = asyncio.new_event_loop()
        self._session = loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(loop,), name="webhooks")
        self._thread.start()
        return loop

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.run_until_complete(self._serve())
        finally:
            loop.close()

    async def _serve(self) -> None:
        assert self._session is not None
        async with open_session(Guard(settings.HTTP_ALLOW)) as session:
            self._session.set_result(session)
            await self._end.wait()

    async def _send(self, job: Job) -> Tried | None:
        """The try, or None when its turn came too late and the lease goes back by itself."""
        assert self._session is not None
        session = await self._session
        async with self._lanes[job.webhook], self._slots:
            if (job.lease - timezone.now()).total_seconds() < LEASE_LEFT_SECONDS:
                return None
            return await _post(session, job)


async def _post(session: Session, job: Job) -> Tried:
    now = timezone.now()
    if not job.secrets:
        return Tried(job, now, Answer(None, 0, "", None), "secret_unreadable")
    sent = {
        "Content-Type": "application/json",
        **headers(job.secrets, str(job.event), int(now.timestamp()), job.body),
    }
    return Tried(job, now, await post(session, job.url, job.body, sent))


@contextmanager
def _alone() -> Iterator[bool]:
    """True while no other process drains; a session's lock, so it dies with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        row = cursor.fetchone()
    alone = bool(row and row[0])
    try:
        yield alone
    finally:
        if alone:
            _let_go()


def _let_go() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
    except Exception:
        connection.close()
        raise
