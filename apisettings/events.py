"""What can happen, as programs hear of it: the closed list, and the step that writes it down."""

from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.tenancy import account_id
from apisettings.models import Event


class Kind(StrEnum):
    """Every kind of event: `noun.past_participle`."""

    ACCEPTED = "message.accepted"
    HELD = "message.held"
    SUBMITTED = "message.submitted"
    DELIVERED = "message.delivered"
    FAILED = "message.failed"
    REJECTED = "message.rejected"
    EXPIRED = "message.expired"
    CANCELLED = "message.cancelled"
    UNKNOWN = "message.unknown"
    RECEIVED = "message.received"
    OPTED_OUT = "contact.opted_out"
    OPTED_IN = "contact.opted_in"
    TESTED = "webhook.tested"


class Group(NamedTuple):
    """Kinds that stand together on a page."""

    title: Promise
    kinds: tuple[Kind, ...]


DESCRIPTIONS: Final[dict[str, Promise]] = {
    Kind.ACCEPTED: _("Messages accepted: one event for each request"),
    Kind.HELD: _("Message held back by a rule of yours"),
    Kind.SUBMITTED: _("Message taken by the carrier"),
    Kind.DELIVERED: _("Message delivered to the handset"),
    Kind.FAILED: _("Message could not be delivered"),
    Kind.REJECTED: _("Message refused by a rule or the carrier"),
    Kind.EXPIRED: _("Message expired before it was delivered"),
    Kind.CANCELLED: _("Message cancelled"),
    Kind.UNKNOWN: _("Fate of the message not known yet"),
    Kind.RECEIVED: _("Reply or message received"),
    Kind.OPTED_OUT: _("Contact opted out"),
    Kind.OPTED_IN: _("Contact opted in again"),
    Kind.TESTED: _("Test event sent from this page"),
}
GROUPS: Final = (
    Group(_("On its way"), (Kind.ACCEPTED, Kind.HELD, Kind.SUBMITTED)),
    Group(
        _("How it ended"),
        (
            Kind.DELIVERED,
            Kind.FAILED,
            Kind.REJECTED,
            Kind.EXPIRED,
            Kind.CANCELLED,
            Kind.UNKNOWN,
        ),
    ),
    Group(_("From your contacts"), (Kind.RECEIVED, Kind.OPTED_OUT, Kind.OPTED_IN)),
)
# A test is asked for on the webhook's own page, so it is always sent and never chosen.
CHOSEN: Final = tuple(kind for group in GROUPS for kind in group.kinds)


def publish(
    account: Account | UUID, kind: str, payload: dict[str, Any], test: bool = False
) -> Event:
    """One event of the closed list is in the outbox once the caller's transaction commits."""
    if not connection.in_atomic_block:
        raise RuntimeError("events.publish is a step: open the change's transaction first.")
    event: Event = Event.unscoped.create(
        account_id=account_id(account),
        kind=Kind(kind).value,
        payload=payload,
        test=test,
        at=timezone.now(),
    )
    return event
