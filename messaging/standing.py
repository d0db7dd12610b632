"""Where a message stands, in one sentence: its reason, or what it waits for."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from messaging import states
from messaging.log import Row
from messaging.telling import Teller

# Up to here a delay is worth telling; after it, the hour of the event says more.
TOLD_AS_DELAY: Final = timedelta(minutes=10)


def standing(message: Row, teller: Teller) -> str:
    """Why the message is in its state and what comes next, in the reader's words."""
    if message.reason is not None:
        return _for_reason(message, message.reason, teller)
    if message.state == states.SUBMITTED:
        return _submitted(message, teller)
    if message.state == states.DELIVERED:
        return _delivered(message, teller)
    if message.state == states.QUEUED:
        return _("Next in line: it is checked once more and handed to the carrier.")
    if message.state == states.SENDING:
        return _("Being handed to the carrier.")
    return ""


def _for_reason(message: Row, reason: str, teller: Teller) -> str:
    told = message.told or {}
    values = dict(told.get("values") or {}) if told.get("reason") == reason else {}
    waits = message.due is not None
    ends_first = waits and message.due == message.expires and values.get("until")
    if waits and not ends_first and message.due is not None:
        # A later look may have moved it without telling the same reason again.
        values["until"] = message.due.isoformat()
    sentence = teller.sentence(reason, values)
    if ends_first:
        ends = _("Its validity ends before that, %(expires)s.")
        sentence += " " + ends % {"expires": teller.soon(message.expires)}
    return sentence


def _submitted(message: Row, teller: Teller) -> str:
    if not message.wants_receipt:
        return _("The carrier took it. No delivery receipt was asked for.")
    length = teller.span(max(teller.now - message.updated_at, timedelta(seconds=1)))
    return _("Waiting for the carrier’s receipt for %(span)s.") % {"span": length}


def _delivered(message: Row, teller: Teller) -> str:
    length = message.updated_at - message.accepted_at
    if length <= TOLD_AS_DELAY:
        span = teller.span(max(length, timedelta(seconds=1)))
        return _("On the phone %(span)s after it was accepted.") % {"span": span}
    return _("On the phone %(when)s.") % {"when": teller.when(message.updated_at)}
