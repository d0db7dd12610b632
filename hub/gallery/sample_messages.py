"""Messages that stand in no database: one of every state, and three with their whole story."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Membership
from hub.demo.cast import PEOPLE
from hub.demo.company import CURRENCY, PRICES, ROUTE
from hub.gallery.sample_forms import DEAR
from hub.lib.ids import batch_ids
from hub.lib.money import show_when
from hub.lib.pages import Page
from messaging import listing, states
from messaging.forms import FilterForm
from messaging.log import Listing, Row
from messaging.models import Batch, Message, Receipt, Waiting
from messaging.reasons import REASONS
from messaging.sender_list import Named
from messaging.standing import standing
from messaging.story import Story
from messaging.telling import BADGES, Teller
from messaging.timeline import Event, Told
from messaging.writing.counted import counted
from messaging.writing.send_form import SendForm

NUMBER: Final = "+33639980123"
SOURCE: Final = "VERDIER"
BODY: Final = "Votre commande vous attend. STOP au 36180"
SENDER: Final = Named(UUID(int=1), SOURCE)
# What a sentence of the catalogue may speak of.
VALUES: Final = {
    "zone": "Europe/Paris", "zones": ["Europe/Paris"], "local": "23:10", "cap": 5_000,
    "used": 5_000, "currency": CURRENCY, "source": SOURCE, "country": "FR", "parts": 1,
    "encoding": "GSM-7", "part": PRICES["FR"],
}  # fmt: skip
# The rules in their order, as a message that passes all of them meets them.
PASSES: Final = (
    ("text", "counted"), ("sender", "named"), ("country", "everywhere"), ("opt_out", "not_listed"),
    ("price", "listed"), ("hours", "account_zone"), ("limit", "counted_when_sent"),
)  # fmt: skip
Trail = dict[str, Any]


def teller(account: Account) -> Teller:
    zone = timezone.get_current_timezone_name()
    return Teller(zone, Membership.Role.OWNER, account.public_id)


def message_list(account: Account) -> dict[str, Any]:
    """The context of `messaging/list.html`: a row of every state, and two filters in use."""
    now, speaks = timezone.now(), teller(account)
    query = QueryDict("number=%2B33639980123&first=2026-11-23")
    form = FilterForm(query, region=account.country, senders=[SENDER], exact=speaks.masks)
    rows = [_row(state, now - timedelta(minutes=n)) for n, state in enumerate(BADGES)]
    found = Listing(Page(rows, older="older", newer=None))
    page = listing.PageOfRows(query, form.filters("all"), found, speaks)
    return {
        "filter_form": form,
        "page": page,
        "rows": page.rows(may_cancel=True),
        "tabs": page.tabs((12, 3, False)),
        "chips": page.chips({}),
    }


def _id(at: datetime) -> UUID:
    """Of something made at `at`."""
    return UUID(batch_ids(0, at)[0])


def _row(state: str, at: datetime) -> Row:
    """A message in `state`, for the first reason the catalogue has for it."""
    reason = next((key for key, one in REASONS.items() if one.state == state), None)
    until = at + timedelta(hours=8)
    return Row(
        id=_id(at),
        state=state,
        reason=reason,
        due=until if state in states.WAITING else None,
        expires=at + timedelta(days=7),
        updated_at=at + timedelta(seconds=4),
        test=state == states.CANCELLED,
        wants_receipt=True,
        parts=1,
        to=NUMBER,
        source=SOURCE,
        excerpt=BODY,
        told={"reason": reason, "values": {**VALUES, "until": until.isoformat()}},
    )


def delivered(account: Account) -> dict[str, Any]:
    """Held for the night, sent in the morning, confirmed by the carrier."""
    began = timezone.now() - timedelta(hours=11)
    left = began + timedelta(hours=10)
    came = left + timedelta(seconds=4)
    message = _message(states.DELIVERED, began, came, gate=[_trail(left)])
    receipt = Receipt(carrier="simulator", status="delivered", code=220, at=came, received_at=came)
    door = _trail(began, "outside_hours", until=left)
    return _story(account, message, began, door, [receipt], handed=left + timedelta(seconds=1))


def held(account: Account) -> dict[str, Any]:
    """It waits for the morning, and can be cancelled until then."""
    now = timezone.now()
    message = _message(states.HELD, now, now, reason="outside_hours")
    until = now + timedelta(hours=9)
    Waiting(message=message, due=until)
    door = _trail(now, "outside_hours", until=until)
    return {**_story(account, message, now, door), "may_cancel": True}


def refused(account: Account) -> dict[str, Any]:
    """A rule stopped it at the door; a test message, which costs nothing."""
    now = timezone.now()
    message = _message(states.REJECTED, now, now, reason="limit_reached")
    message.test = True
    return _story(account, message, now, _trail(now, "limit_reached"))


def checked_one(account: Account) -> dict[str, Any]:
    """The context of `messaging/new.html` after Check only: every rule to the one that holds."""
    return {**_writing(account), "dry": _dry(account, "outside_hours")}


def checked_several(account: Account) -> dict[str, Any]:
    """The same for several numbers: a row each."""
    price = teller(account).money(2 * PRICES["FR"], CURRENCY)
    named = {"number": teller(account).number(NUMBER), "name": PEOPLE[0].name, "text": BODY}
    rows = [{**_dry(account, reason), **named} for reason in ("", "outside_hours", "limit_reached")]
    return {**_writing(account), "rows": rows, "rows_parts": 2, "rows_price": price}


def _writing(account: Account) -> dict[str, Any]:
    form = SendForm(
        account=account, senders=[SENDER], templates=[], initial={"to": NUMBER, "text": DEAR}
    )
    return {"form": form, "counted": counted(DEAR), "has_senders": True, "has_templates": True}


def _dry(account: Account, reason: str) -> dict[str, Any]:
    """What would become of a message now; "" for one that may leave."""
    speaks, now = teller(account), timezone.now()
    told = _trail(now, reason, until=now + timedelta(hours=9))
    state = REASONS[reason].state if reason else states.QUEUED
    return {
        "badge": BADGES[state],
        "sentence": speaks.sentence(reason, told["values"])
        if reason
        else _("Every check passes: it would leave at once."),
        "action": speaks.action(reason),
        "parts": 1,
        "encoding": VALUES["encoding"],
        "price": speaks.money(PRICES["FR"], CURRENCY),
        "checks": speaks.checks(told["steps"]),
        "text": BODY,
    }


def _message(
    state: str, began: datetime, at: datetime, *, reason: str | None = None, gate: Any = None
) -> Message:
    message = Message(
        id=_id(began),
        state=state,
        reason=reason,
        updated_at=at,
        expires=began + timedelta(days=7),
        trail_no=0,
        parts=1,
        price=PRICES["FR"],
        to=NUMBER,
        source=SOURCE,
        body=BODY,
        gate_trail=gate,
    )
    # It is in no table, so nothing is to be looked up for it.
    Message._meta.get_field("waiting").set_cached_value(message, None)
    return message


def _trail(at: datetime, reason: str = "", until: datetime | None = None) -> Trail:
    """A stored decision: every rule passes, or all before the one that says `reason`."""
    values = {**VALUES, "until": until.isoformat()} if until else dict(VALUES)
    steps = [
        {"step": step, "verdict": "pass", "rule": rule, "values": VALUES} for step, rule in PASSES
    ]
    verdict = "send"
    if reason:
        verdict = "hold" if REASONS[reason].state == states.HELD else "refuse"
        at_rule = {"outside_hours": "hours", "limit_reached": "limit"}[reason]
        before = [step for step, _rule in PASSES].index(at_rule)
        stops = {"step": at_rule, "verdict": verdict, "rule": reason, "values": values}
        steps = [*steps[:before], stops]
    return {
        "at": at.isoformat(), "steps": steps, "until": values.get("until"),
        "reason": reason or None, "values": values, "verdict": verdict,
    }  # fmt: skip


def _story(
    account: Account,
    message: Message,
    began: datetime,
    door: Trail,
    receipts: Sequence[Receipt] = (),
    handed: datetime | None = None,
) -> dict[str, Any]:
    """The context of `messaging/detail.html`. Routes are rows, so the line about the carrier that
    was `handed` the message is said here."""
    batch = Batch(trails=[door], channel="console", actor=PEOPLE[0].name, at=began)
    story, speaks = Story(message, batch, [], receipts), teller(account)
    told = Told(story, speaks)
    happened = told.timeline()
    if handed:
        happened.append(_handed(handed, speaks))
    return {
        "message": message,
        "badge": BADGES[story.state],
        "sentence": standing(story.as_row(), speaks),
        "action": speaks.action(message.reason),
        "number": speaks.number(message.to),
        "encoding": told.encoding(),
        "price": told.price(),
        "timeline": sorted(happened, key=lambda event: event.at),
        "checked": told.checked(),
        "receipts": told.receipts(),
        "accepted_at": story.accepted_at,
    }


def _handed(at: datetime, speaks: Teller) -> Event:
    text = _("Try %(number)s by the route %(route)s.") % {"number": 1, "route": ROUTE}
    shown = (
        f"{show_when(at, speaks.zone, speaks.language, 'date')}, {speaks.clock(at, seconds=True)}"
    )
    return Event(at, shown, "info", "send", _("Handed to the carrier"), text)
