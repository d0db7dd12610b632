"""The activity log in words: a sentence for each kind of entry, and its values as people read them.

The sentence follows the actor's name: "Camille Roux changed the SMS limit". Every action that the
code records has one; a test compares the two.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.origins import Origin
from hub.lib.money import show_number, show_when

Text = str | Promise
# What only a higher floor can put into words, by field: given by hub/urls.py.
ValueWords = Mapping[str, Callable[[Any], str]]


@dataclass(frozen=True, slots=True)
class Words:
    """A kind of entry: its area, its name in the filter, and what its actor did.

    `%(subject)s` in `did` stands for what the entry is about.
    """

    area: str
    name: Text
    did: Text


AREAS: Final[dict[str, Text]] = {
    "people": _("People and sign-in"),
    "account": pgettext_lazy("navigation", "Account"),
    "numbers": _("Numbers & channels"),
    "messages": _("Messages"),
    "contacts": _("Contacts"),
    "billing": _("Billing"),
    "subaccounts": _("Sub-accounts"),
    "api": _("API settings"),
}

WORDS: Final[dict[str, Words]] = {
    "person.signed_in": Words("people", _("Sign-in"), _("signed in")),
    "member.added": Words("people", _("Person added"), _("gave %(subject)s access")),
    "account.opened": Words("account", _("Account opened"), _("opened this account")),
    "account.renamed": Words("account", _("Name changed"), _("renamed the account")),
    "time_zone.changed": Words("account", _("Time zone changed"), _("changed the time zone")),
    "duplicate_contacts.requested": Words(
        "account",
        _("Duplicate contacts requested"),
        _("asked support to change whether contacts may share a number"),
    ),
    "duplicate_contacts.approved": Words(
        "account",
        _("Duplicate contacts approved"),
        _("approved the request about contacts that share a number"),
    ),
    "duplicate_contacts.refused": Words(
        "account",
        _("Duplicate contacts refused"),
        _("refused the request about contacts that share a number"),
    ),
    "duplicate_contacts.withdrawn": Words(
        "account",
        _("Duplicate contacts request withdrawn"),
        _("withdrew the request about contacts that share a number"),
    ),
    "account.closing": Words("account", _("Closing begun"), _("began to close the account")),
    "account.reopened": Words("account", _("Account reopened"), _("reopened the account")),
    "account.closed": Words("account", _("Account closed"), _("closed the account for good")),
    "account.suspended": Words("account", _("Account suspended"), _("suspended the account")),
    "activity.exported": Words(
        "account", _("Activity log exported"), _("exported the activity log as %(subject)s")
    ),
    "job.cancelled": Words("account", _("Job cancelled"), _("cancelled the making of %(subject)s")),
    "demo.completed": Words("account", _("Demo made"), _("made the demo data")),
    "opt_out.changed": Words(
        "contacts", _("Automatic opt-out changed"), _("changed automatic opt-out")
    ),
    "contact.added": Words("contacts", _("Contact added"), _("added the contact %(subject)s")),
    "contact.changed": Words(
        "contacts", _("Contact changed"), _("changed the contact %(subject)s")
    ),
    "sending_hours.changed": Words(
        "numbers", _("Sending hours changed"), _("changed the sending hours")
    ),
    "sending_hours.inherited": Words(
        "numbers",
        _("Sending hours set by the parent"),
        _("set the sending hours from %(subject)s, the parent account"),
    ),
    "sms_limit.changed": Words("numbers", _("SMS limit changed"), _("changed the SMS limit")),
    "delivery_receipts.changed": Words(
        "numbers", _("Delivery receipts changed"), _("changed delivery receipts")
    ),
    "delivery_receipts.inherited": Words(
        "numbers",
        _("Delivery receipts set by the parent"),
        _("set delivery receipts from %(subject)s, the parent account"),
    ),
    "default_sender.changed": Words(
        "numbers", _("Default sender changed"), _("changed the default sender ID")
    ),
    "sender.added": Words("numbers", _("Sender added"), _("added the sender %(subject)s")),
    "transactional.granted": Words(
        "numbers", _("Transactional messages granted"), _("granted transactional messages")
    ),
    "transactional.used": Words(
        "messages",
        _("Transactional messages sent"),
        _("sent %(subject)s transactional messages, exempt from the sending hours"),
    ),
    "transactional.withdrawn": Words(
        "numbers", _("Transactional messages withdrawn"), _("withdrew transactional messages")
    ),
    "messages.sent": Words("messages", _("Messages sent"), _("sent messages, %(subject)s in all")),
    "message.cancelled": Words("messages", _("Message cancelled"), _("cancelled a message")),
    "template.created": Words(
        "messages", _("Template created"), _("created the template “%(subject)s”")
    ),
    "template.changed": Words(
        "messages", _("Template changed"), _("changed the template “%(subject)s”")
    ),
    "template.archived": Words(
        "messages", _("Template archived"), _("archived the template “%(subject)s”")
    ),
    "template.restored": Words(
        "messages", _("Template restored"), _("restored the template “%(subject)s”")
    ),
    "credit.granted": Words("billing", _("Credit granted"), _("granted credit")),
    "subaccount.opened": Words(
        "subaccounts", _("Sub-account opened"), _("opened the sub-account %(subject)s")
    ),
    "api_key.created": Words("api", _("API key created"), _("created the API key %(subject)s")),
    "api_key.revoked": Words("api", _("API key revoked"), _("revoked the API key %(subject)s")),
    "webhook.created": Words("api", _("Webhook created"), _("created the webhook")),
    "webhook.changed": Words("api", _("Webhook changed"), _("changed the webhook")),
    "webhook.secret_replaced": Words(
        "api", _("Signing secret replaced"), _("replaced the webhook’s signing secret")
    ),
    "webhook.tested": Words("api", _("Webhook tested"), _("sent a test event to the webhook")),
    "webhook.delivery_resent": Words(
        "api", _("Webhook delivery sent again"), _("sent a webhook delivery again")
    ),
    "webhook.stopped": Words(
        "api", _("Webhook stopped"), _("stopped the webhook, which had failed for days")
    ),
}

FIELDS: Final[dict[str, Text]] = {
    "name": _("Name"),
    "time_zone": _("Time zone"),
    "country": _("Country"),
    "state": _("State"),
    "closes_at": _("Closes on"),
    "reason": _("Reason"),
    "why": _("Why"),
    "request": _("Request"),
    "duplicate_contacts": _("Duplicate contacts"),
    "role": _("Role"),
    "number": _("Number"),
    "hours_on": _("Limit sending hours"),
    "hours_clock": _("Hours are read in"),
    "week": _("Days"),
    "unknown_zone_uses_account": _("Unknown recipients: use the account time zone"),
    "hours_locked_below": _("Same for every sub-account"),
    "hours_origin": _("Set by"),
    "limit_day": _("Per day"),
    "limit_month": _("Per month"),
    "over_limit": _("When a limit is reached"),
    "receipts": _("Always request delivery receipts"),
    "receipts_locked_below": _("Same for every sub-account"),
    "receipts_origin": _("Set by"),
    "default_sender": _("Sender"),
    "transactional_granted": _("Transactional messages"),
    "extra_stop": _("Your stop words"),
    "extra_start": _("Your start words"),
    "confirm": _("Confirm an opt-out"),
    "confirmation": _("Confirmation"),
    "body": _("Text"),
    "archived": _("Archived"),
    "mode": _("Mode"),
    "scopes": _("Allowed to"),
    "networks": _("Networks"),
    "expires_at": _("Expires"),
    "revoked_at": _("Revoked"),
    "url": _("Address"),
    "events": _("Events"),
    "previous_until": _("Old secret valid until"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "parent": _("Parent account"),
    "rows": _("Entries"),
    "filters": _("Filters"),
}
CHOICES: Final[dict[str, dict[str, Text]]] = {
    "state": {
        "open": _("Open"),
        "suspended": _("Suspended"),
        "closing": _("Closing"),
        "closed": _("Closed"),
        "active": pgettext_lazy("webhook", "Active"),
        "paused": _("Paused by you"),
        "stopped": _("Paused by us"),
        "scheduled": pgettext_lazy("state of a message", "Scheduled"),
        "held": pgettext_lazy("state of a message", "Held"),
        "queued": pgettext_lazy("state of a message", "Queued"),
        "cancelled": pgettext_lazy("state of a message", "Cancelled"),
    },
    "over_limit": {
        "hold": _("Hold messages until the limit resets"),
        "discard": _("Reject messages with an error"),
    },
    "hours_clock": {
        "recipient": _("the recipient’s time zone"),
        "account": _("the account time zone"),
    },
    "hours_origin": dict(Origin.choices),
    "receipts_origin": dict(Origin.choices),
    "mode": {"live": _("Live"), "test": _("Test")},
    "role": {
        "owner": _("Owner"),
        "administrator": _("Administrator"),
        "advanced": _("Advanced"),
        "basic": _("Basic"),
        "billing": _("Billing"),
        "developer": _("Developer"),
    },
    "request": {
        "duplicates_on": _("Allow duplicate contacts"),
        "duplicates_off": _("No longer allow duplicate contacts"),
        "requested": _("Requested"),
        "approved": _("Approved"),
        "refused": _("Refused"),
        "cancelled": _("Withdrawn"),
    },
}
CHANNELS: Final[dict[str, Text]] = {
    "console": _("Console"),
    "api": _("API"),
    "staff": _("Support"),
    "clock": _("Automatic"),
}
# An empty limit is not "nothing": it lets everything through.
NOTHING: Final[dict[str, Text]] = {
    "limit_day": _("No limit"),
    "limit_month": _("No limit"),
    "networks": _("Any"),
    "default_sender": _("None: every message must name its sender"),
}
# Never shown, whatever an action wrote.
SECRET: Final = ("secret", "password", "digest", "token")


def did(action: str, subject: str) -> str:
    """What the actor did, to stand after their name."""
    words = WORDS.get(action)
    if words is None:
        return action
    told = str(words.did)
    return told % {"subject": subject} if "%(subject)s" in told else told


def actor_words(kind: str, label: str) -> str:
    """Who it was; a key and a member of staff are called what they are."""
    if kind == "key":
        return gettext("API key “%(name)s”") % {"name": label}
    if kind == "staff":
        return gettext("Hub support (%(name)s)") % {"name": label}
    return label


def field_words(field: str) -> str:
    return str(FIELDS.get(field, field.replace("_", " ").capitalize()))


def value_words(field: str, value: Any, zone: str, given: ValueWords) -> str:
    """A value of a change, in the reader's words; secrets never."""
    if any(part in field for part in SECRET):
        return gettext("changed (not shown)")
    if value is None or value in ("", [], {}):
        return str(NOTHING.get(field, "–"))
    if field in given:
        return given[field](value)
    if isinstance(value, bool):
        return pgettext("setting", "On") if value else pgettext("setting", "Off")
    if isinstance(value, int):
        return show_number(value, get_language() or "en")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    text = str(value)
    if field.endswith(("_at", "_until")):
        return _moment(text, zone)
    return str(CHOICES.get(field, {}).get(text, text))


def _moment(text: str, zone: str) -> str:
    try:
        return show_when(datetime.fromisoformat(text), zone, get_language() or "en")
    except ValueError:
        return text
