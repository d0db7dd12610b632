"""Two people, one card: a form says which values it was shown with, and others mean a conflict."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from accounts.models import Account, AuditEntry

Values = Mapping[str, Any]


class Overtaken(Exception):
    """The values changed after the form was shown; nothing is saved.

    `saved` are the present values, `entry` the newest change of them in the log, when there is one.
    """

    def __init__(self, saved: Values, entry: AuditEntry | None) -> None:
        super().__init__("changed by somebody else")
        self.saved = saved
        self.entry = entry


def fingerprint(values: Values) -> str:
    """Short text that differs when the values do; travels in the form as its version."""
    told = json.dumps(dict(values), sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def differences(saved: Values, wanted: Values) -> dict[str, list[Any]]:
    """{name: [before, after]} of what `wanted` changes, as the activity log keeps it."""
    return {name: [saved[name], new] for name, new in wanted.items() if saved[name] != new}


def refuse_if_overtaken(account: Account, *, action: str, seen: str, saved: Values) -> None:
    """A step: the row must be locked. Overtaken unless the form was shown with these values."""
    if seen != fingerprint(saved):
        raise Overtaken(saved, newest_entry(account, action))


def newest_entry(account: Account, action: str) -> AuditEntry | None:
    return AuditEntry.objects.for_account(account).filter(action=action).order_by("-id").first()
