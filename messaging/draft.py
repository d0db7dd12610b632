"""What a customer asks to be sent, whoever asked: program, person or clock."""

from datetime import datetime
from typing import Any, Final

import msgspec

STANDARD: Final = "standard"
TRANSACTIONAL: Final = "transactional"
# The one text that may follow an opt-out (47 CFR 64.1200(a)(12), within 5 minutes). Made by
# inbound.py alone: no program and no page can ask for it.
CONFIRMATION: Final = "confirmation"


class Draft(msgspec.Struct, gc=False):
    """One MT before any rule has looked at it. Times are aware; `to` is E.164."""

    to: str
    body: str
    source: str | None = None
    scheduled: datetime | None = None
    expires: datetime | None = None
    message_class: str = STANDARD
    max_parts: int | None = None
    wants_receipt: bool = False
    callback_url: str | None = None
    metadata: dict[str, str] | None = None

    @property
    def extra(self) -> dict[str, Any] | None:
        """What few messages have, as stored beside the row; None when there is nothing."""
        found: dict[str, Any] = {}
        if self.metadata:
            found["metadata"] = self.metadata
        if self.callback_url:
            found["callback_url"] = self.callback_url
        if self.scheduled:
            found["scheduled"] = self.scheduled.isoformat()
        if self.expires:
            found["expires"] = self.expires.isoformat()
        if self.max_parts is not None:
            found["max_parts"] = self.max_parts
        return found or None
