"""The activity log as a file: CSV for spreadsheets, JSON Lines for programs.

Short ones are a stream, which outlives the view that began it and opens the account's scope itself;
long ones are a job's. Both are told the reader's language and clock.
"""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation

from accounts.activity import MOST_EXPORTED, Filters, read_all
from accounts.activity_words import actor_words, did
from accounts.audit import Actor, record
from accounts.jobs import Piece, put_job
from accounts.models import Account, AuditEntry, Job
from accounts.tenancy import scope

EXPORTED: Final = "activity.exported"
KIND: Final = "activity"
# More entries than these are made by a job.
MOST_AT_ONCE: Final = 2_000
COLUMNS: Final = (
    "time", "time_zone", "actor_kind", "actor", "event", "description", "subject", "channel",
    "address", "changes", "id",
)  # fmt: skip
# Spreadsheets run a cell that begins so as a formula (OWASP, CSV injection).
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


class Reader(NamedTuple):
    """In which language and by which clock the file is written."""

    language: str
    zone: str

    @contextmanager
    def here(self) -> Iterator[None]:
        """Inside, words and days are theirs."""
        with translation.override(self.language), timezone.override(self.zone):
            yield


def note_export(account: Account, *, actor: Actor, filters: Filters, name: str) -> None:
    """The log says who exported it, as what and narrowed to what. Needs the scope."""
    with transaction.atomic(durable=True):
        _note(account, actor, filters, name)


def begin_export(
    account: Account, *, actor: Actor, filters: Filters, name: str, total: int, reader: Reader
) -> Job:
    """A job makes the file, and the log says so; or it is being made for this person already.

    TooManyJobs as jobs.put_job. Needs the scope.
    """
    asked = {"format": name, "filters": _given(filters), **reader._asdict()}
    with transaction.atomic(durable=True):
        job, new = put_job(
            account, actor=actor, kind=KIND, name=file_name(account, name), asked=asked, total=total
        )
        if new:
            _note(account, actor, filters, name)
    return job


def file_name(account: Account, name: str) -> str:
    return f"activity-{account.public_id}-{timezone.localdate().isoformat()}.{name}"


def lines(account: Account, filters: Filters, name: str, reader: Reader) -> Iterator[bytes]:
    """The whole file, newest entry first. Made after the view is over."""
    form = FORMATS[name]
    yield form.head
    with scope(account), reader.here():
        for some in read_all(account, filters):
            yield _lines(form, some, reader.zone)


def pieces(job: Job) -> Iterator[Piece]:
    """The rest of a job's file; nothing newer than the job is in it."""
    asked = job.asked
    form, reader = FORMATS[asked["format"]], Reader(asked["language"], asked["zone"])
    before, most = UUID(job.position) if job.position else job.pk, MOST_EXPORTED - job.done
    head = b"" if job.position else form.head
    with reader.here():
        for some in read_all(job.account_id, _filters(asked["filters"]), before=before, most=most):
            yield Piece(head + _lines(form, some, reader.zone), len(some), str(some[-1].pk))
            head = b""


def _note(account: Account, actor: Actor, filters: Filters, name: str) -> None:
    given = _given(filters)
    changes: dict[str, list[Any]] = {}
    if given:
        changes["filters"] = [None, ", ".join(f"{key} {value}" for key, value in given.items())]
    record(account, actor=actor, action=EXPORTED, subject=name.upper(), changes=changes)


def _given(filters: Filters) -> dict[str, str]:
    given = {each.name: getattr(filters, each.name) for each in fields(filters)}
    return {name: str(value) for name, value in given.items() if value}


def _filters(given: dict[str, str]) -> Filters:
    days: dict[str, Any] = {
        name: date.fromisoformat(given[name]) for name in ("first", "last") if name in given
    }
    return Filters(**{**given, **days})


def as_text(cell: str) -> str:
    """The cell, which no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


class _Line:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> str:
        return line


def csv_line(row: dict[str, Any]) -> str:
    """The row as a line for spreadsheets."""
    changes = json.dumps(row["changes"], ensure_ascii=False) if row["changes"] else ""
    cells = {**row, "changes": changes}
    line = [as_text(str(cells[name] or "")) for name in COLUMNS]
    return str(csv.writer(_Line()).writerow(line))


def jsonl_line(row: dict[str, Any]) -> str:
    """The row as one JSON object on a line."""
    return json.dumps(row, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Format:
    """How a file begins, how an entry stands in it, and what browsers call it."""

    head: bytes
    line: Callable[[dict[str, Any]], str]
    content_type: str


# CSV is UTF-8 with its mark, for Excel, and names its columns.
FORMATS: Final = {
    "csv": Format(
        b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n", csv_line, "text/csv; charset=utf-8"
    ),
    "jsonl": Format(b"", jsonl_line, "application/jsonl; charset=utf-8"),
}


def _lines(form: Format, entries: list[AuditEntry], zone: str) -> bytes:
    return "".join(form.line(_row(entry, zone)) for entry in entries).encode()


def _row(entry: AuditEntry, zone: str) -> dict[str, Any]:
    who = actor_words(entry.actor_kind, entry.actor_label)
    return {
        "id": str(entry.pk),
        "time": entry.at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
        "time_zone": zone,
        "actor_kind": entry.actor_kind,
        "actor": entry.actor_label,
        "event": entry.action,
        "description": f"{who} {did(entry.action, entry.subject)}",
        "subject": entry.subject,
        "channel": entry.channel,
        "address": entry.address,
        "changes": entry.changes,
    }
