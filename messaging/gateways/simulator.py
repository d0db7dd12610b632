"""The simulator: a carrier that keeps its own book and whose fate is in the number's last digits.

    ..01 refused at once            ..06 receipt comes twice
    ..02 taken, then not delivered  ..07 no receipt ever
    ..03 receipt after 10 s         ..08 throttled at first, then as any other
    ..04 never answers              ..09 expires at the carrier
    ..05 receipt before the answer  any other: delivered

Answers take 20 to 200 ms, receipts as long again. The book (`$HUB_HOME/simulator.jsonl`) is
append-only and outside Postgres: every PDU as it was written, every receipt once it was stored.
A process that starts reads from it which receipts are still owed.
"""

import heapq
import logging
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from messaging.gateways.contract import Dlr, Outcome, Pdu, Result, StoreReceipts

logger = logging.getLogger(__name__)

REFUSED, UNDELIVERED, SLOW, SILENT, EARLY = "01", "02", "03", "04", "05"
TWICE, NO_RECEIPT, THROTTLED, EXPIRES = "06", "07", "08", "09"

FASTEST, SLOWEST, SLOW_RECEIPT = 0.02, 0.2, 10.0
# Receipts that come together are stored together: a commit costs more than ten rows. Where many
# are still to come, the next ones are waited for a little longer.
MOST_AT_ONCE: Final = 500
GATHER_SECONDS: Final = 0.06
GATHER_MANY_SECONDS: Final = 0.25
# How much of the book a starting process reads back.
READ_BACK_BYTES: Final = 32 * 1024 * 1024
# The time of a receipt is set when it is handed in.
_AT_SENDING: Final = datetime(1970, 1, 1, tzinfo=UTC)
FATES: Final = {UNDELIVERED: ("failed", 400), EXPIRES: ("expired", 401)}


class Simulator:
    """One per process. Thread-safe: a lane submits while the session thread hands in receipts."""

    def __init__(self, book: Path) -> None:
        self.book = book
        self._lock = threading.Condition()
        self._owed: list[tuple[float, str, Dlr]] = []
        self._throttled: set[str] = set()
        # The last batch of receipts was full: more of them wait already.
        self._behind = False
        self._listening: threading.Thread | None = None

    def submit(self, pdus: Sequence[Pdu], deadline: float) -> list[Outcome]:
        """Writes every PDU before `deadline`, waits for the answers, and returns them."""
        if time.monotonic() >= deadline:
            return [Outcome(pdu.message_id, pdu.epoch, Result.NOT_WRITTEN) for pdu in pdus]
        outcomes, lines, owed = [], [], []
        now, slowest = datetime.now(UTC), 0.0
        for pdu in pdus:
            # The answer to an early one comes last, or its receipt would not be early.
            early = pdu.to.endswith(EARLY)
            delay = SLOWEST if early else random.uniform(FASTEST, SLOWEST)  # noqa: S311
            outcome, line, dlrs = self._take(pdu, delay, now)
            outcomes.append(outcome)
            lines += line
            owed += dlrs
            slowest = max(slowest, delay)
        self._write(lines)
        self._owe(owed)
        time.sleep(slowest)
        return outcomes

    def listen(self, store: StoreReceipts) -> None:
        """Starts the session thread, once; receipts still owed by the book come first."""
        with self._lock:
            if self._listening is None:
                self._listening = threading.Thread(
                    target=self._session, args=(store,), name="simulator", daemon=True
                )
                self._listening.start()

    def _take(
        self, pdu: Pdu, delay: float, now: datetime
    ) -> tuple[Outcome, list["_Taken"], list[tuple[float, Dlr]]]:
        fate = pdu.to[-2:]
        if fate == THROTTLED and pdu.message_id not in self._throttled:
            self._throttled.add(pdu.message_id)
            return Outcome(pdu.message_id, pdu.epoch, Result.THROTTLED, detail="0x58"), [], []
        ref = f"s{pdu.message_id.replace('-', '')}{pdu.epoch}"
        line = _Taken(
            now, ref, pdu.message_id, pdu.source, pdu.to, pdu.body, pdu.parts, pdu.encoding,
            pdu.validity, pdu.wants_receipt,
        )  # fmt: skip
        if fate == REFUSED:
            outcome = Outcome(pdu.message_id, pdu.epoch, Result.REFUSED, detail="0x0b")
            return outcome, [line], []
        if fate == SILENT:
            return Outcome(pdu.message_id, pdu.epoch, Result.UNANSWERED), [line], []
        outcome = Outcome(pdu.message_id, pdu.epoch, Result.ACCEPTED, ref=ref)
        return outcome, [line], _receipts(fate, ref, pdu.message_id, pdu.wants_receipt, delay)

    def _write(self, lines: Sequence["_Taken | _Stored"]) -> None:
        if lines:
            with self._lock, self.book.open("ab") as book:
                book.write(_encoder.encode_lines(lines))

    def _owe(self, owed: Sequence[tuple[float, Dlr]]) -> None:
        if not owed:
            return
        with self._lock:
            now = time.monotonic()
            for after, dlr in owed:
                heapq.heappush(self._owed, (now + after, dlr.ref, dlr))
            self._lock.notify()

    def _session(self, store: StoreReceipts) -> None:
        self._owe(self._read_back())
        while True:
            batch = self._next_batch()
            now = datetime.now(UTC)
            try:
                store([dlr._replace(at=now) for dlr in batch])
            except Exception:  # not acknowledged, so they are offered again
                logger.exception("receipts could not be stored")
                self._owe([(1.0, dlr) for dlr in batch])
                time.sleep(0.5)
                continue
            self._write([_Stored(datetime.now(UTC), dlr.ref, dlr.status) for dlr in batch])

    def _next_batch(self) -> list[Dlr]:
        """Up to 500 receipts whose time has come; waits for at least one, and lets them gather."""
        with self._lock:
            while not self._owed or self._owed[0][0] > time.monotonic():
                wait = self._owed[0][0] - time.monotonic() if self._owed else None
                self._lock.wait(wait)
            many = len(self._owed) > MOST_AT_ONCE
        if not self._behind:
            time.sleep(GATHER_MANY_SECONDS if many else GATHER_SECONDS)
        with self._lock:
            batch: list[Dlr] = []
            while self._owed and self._owed[0][0] <= time.monotonic():
                batch.append(heapq.heappop(self._owed)[2])
                if len(batch) == MOST_AT_ONCE:
                    break
        self._behind = len(batch) == MOST_AT_ONCE
        return batch

    def _read_back(self) -> list[tuple[float, Dlr]]:
        """What the book owes: PDUs taken by an earlier process whose receipts were not stored."""
        owed: dict[str, list[tuple[float, Dlr]]] = {}
        for entry in _tail(self.book):
            if entry["kind"] == "receipt":
                owed.pop(entry["ref"], None)
            elif entry["kind"] == "pdu" and entry["destination"][-2:] not in (REFUSED, SILENT):
                owed[entry["ref"]] = _receipts(
                    entry["destination"][-2:], entry["ref"], entry["id"], entry["receipt"], 0.1
                )
        return [one for several in owed.values() for one in several]


def _receipts(
    fate: str, ref: str, message_id: str, wanted: bool, delay: float
) -> list[tuple[float, Dlr]]:
    if fate == NO_RECEIPT or not wanted:
        return []
    status, code = FATES.get(fate, ("delivered", 220))
    dlr = Dlr(ref, status, code, _AT_SENDING, message_id)
    if fate == EARLY:
        return [(0.0, dlr)]
    if fate == SLOW:
        return [(SLOW_RECEIPT, dlr)]
    after = delay + random.uniform(FASTEST, SLOWEST)  # noqa: S311
    return [(after, dlr), (after + 0.3, dlr)] if fate == TWICE else [(after, dlr)]


class _Taken(msgspec.Struct, tag_field="kind", tag="pdu", gc=False):
    """A line of the book: a PDU as it was written."""

    at: datetime
    ref: str
    id: str
    source: str
    destination: str
    text: str
    parts: int
    encoding: str
    validity: datetime
    receipt: bool


class _Stored(msgspec.Struct, tag_field="kind", tag="receipt", gc=False):
    """A line of the book: a receipt that was stored before this was written."""

    at: datetime
    ref: str
    status: str


_encoder = msgspec.json.Encoder()


def _tail(book: Path) -> list[dict[str, Any]]:
    """The last lines of the book; a half line (the process was killed while writing) is left."""
    if not book.exists():
        return []
    with book.open("rb") as file:
        file.seek(max(0, book.stat().st_size - READ_BACK_BYTES))
        lines = file.read().split(b"\n")
    entries = []
    for line in lines:
        try:
            entries.append(msgspec.json.decode(line))
        except msgspec.DecodeError:
            continue
    return entries
