"""The activity log as a file: CSV for spreadsheets, JSON Lines for programs.

A stream outlives the view that began it, so it opens the account's scope itself.
"""

import csv
import json
from collections.abc import Iterator
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation

from accounts.activity import Filters, read_all
from accounts.activity_words import actor_words, did
from accounts.audit import Actor, record
from accounts.models import Account, AuditEntry
from accounts.tenancy import scope

EXPORTED: Final = "activity.exported"
COLUMNS: Final = (
    "time", "time_zone", "actor_kind", "actor", "event", "description", "subject", "channel",
    "address", "changes", "id",
)  # fmt: skip
# Spreadsheets run a cell that begins so as a formula (OWASP, CSV injection).
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def note_export(account: Account, *, actor: Actor, filters: Filters, name: str) -> None:
    """The log says who exported it, as what and narrowed to what. Needs the scope."""
    given = {
        field: str(getattr(filters, field))
        for field in ("who", "area", "event", "text", "first", "last")
        if getattr(filters, field)
    }
    changes: dict[str, list[Any]] = {}
    if given:
        changes["filters"] = [None, ", ".join(f"{key} {value}" for key, value in given.items())]
    with transaction.atomic(durable=True):
        record(account, actor=actor, action=EXPORTED, subject=name.upper(), changes=changes)


def csv_lines(account: Account, filters: Filters, language: str, zone: str) -> Iterator[bytes]:
    """UTF-8 with its mark, a line of column names, then a line for each entry, newest first."""
    writer = csv.writer(_Line())
    yield b"\xef\xbb\xbf" + writer.writerow(COLUMNS).encode()
    for row in _rows(account, filters, language, zone):
        row["changes"] = json.dumps(row["changes"], ensure_ascii=False) if row["changes"] else ""
        yield writer.writerow([as_text(str(row[name] or "")) for name in COLUMNS]).encode()


def jsonl_lines(account: Account, filters: Filters, language: str, zone: str) -> Iterator[bytes]:
    """One JSON object a line, newest first."""
    for row in _rows(account, filters, language, zone):
        yield json.dumps(row, ensure_ascii=False).encode() + b"\n"


def as_text(cell: str) -> str:
    """The cell, which no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


class _Line:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> str:
        return line


def _rows(account: Account, filters: Filters, language: str, zone: str) -> Iterator[dict[str, Any]]:
    """Made after the view is over, so it is told the reader's language and clock."""
    with scope(account), translation.override(language), timezone.override(zone):
        for entry in read_all(account, filters):
            yield _row(entry, zone)


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
