"""Each sending setting is obeyed: flipping only it changes the fate of one fixed message.

The settings are told by the forms people change them with, and by the table's own columns; one
without a case here fails.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from django.test import Client

from accounts.models import Account
from accounts.tenancy import scope
from messaging import carriers, dispatch
from messaging.models import Message, Route
from senders.models import Sender, SendingSettings
from senders.settings_list import SENDING_FORMS, sending_settings
from subaccounts.sweeps import spread_settings
from tests.conftest import worker
from tests.line import ALWAYS, NEVER, Line, route
from tests.make import as_uuid, fund, make_account, make_key
from tests.oracle import entries_of

__all__ = ["route"]

# Columns of the settings' row that rule nothing.
BOOKKEEPING: Final = {
    "account": "whose row it is",
    "version": "grows with each change",
    "reviewed_version": "up to which held messages were decided again",
    "spread_version": "up to which the accounts below were looked at",
}
# Set by staff, not by a form.
GRANTED: Final = {"transactional_granted", "countries"}
# Set by following the parent or being bound by it, not by a field.
FOLLOWING: Final = {"hours_origin", "receipts_origin"}
# Flipped at the parent: the message is one of an account below.
BINDING: Final = {"hours_locked_below", "receipts_locked_below"}
SATELLITE: Final = "+88161234567"


class Fate(NamedTuple):
    """What became of the message; the last three as the carrier's book has them."""

    state: str
    reason: str | None
    source: str | None = None
    receipt: bool | None = None
    ends_with_the_hours: bool | None = None


SENT: Final = Fate("sent", None, "VERDIER", True, False)


@dataclass(frozen=True)
class Case:
    """One message under `rules`, and under the same rules with only one setting at `value`.

    With `above` the account has a parent with those rules.
    """

    value: Any
    before: Fate
    after: Fate
    rules: dict[str, Any] = field(default_factory=dict)
    message: dict[str, Any] = field(default_factory=dict)
    above: dict[str, Any] | None = None


def other_sender(account: Account) -> Sender:
    return Sender.objects.create(account=account, address="ATELIER", kind="alpha")


UNTIL_NIGHT: Final = {day: [["00:00", "23:59"]] for day in ALWAYS}
BY_ACCOUNT: Final = {"hours_on": True, "hours_clock": "account"}
CLOSED: Final = {**BY_ACCOUNT, "week": NEVER}
CASES: Final = {
    "hours_on": Case(True, SENT, Fate("held", "never_open"), {"week": NEVER}),
    "hours_clock": Case(
        "account",
        Fate("held", "zone_unknown"),
        SENT,
        {"hours_on": True, "week": ALWAYS},
        {"destination_number": SATELLITE},
    ),
    "week": Case(NEVER, SENT, Fate("held", "never_open"), {**BY_ACCOUNT, "week": ALWAYS}),
    "unknown_zone_uses_account": Case(
        True,
        Fate("held", "zone_unknown"),
        SENT,
        {"hours_on": True, "week": ALWAYS},
        {"destination_number": SATELLITE},
    ),
    "hours_origin": Case("parent", SENT, Fate("held", "never_open"), above=CLOSED),
    "hours_locked_below": Case(True, SENT, Fate("held", "never_open"), above=CLOSED),
    "receipts_origin": Case(
        "parent", SENT, SENT._replace(receipt=False), above={"receipts": False}
    ),
    "receipts_locked_below": Case(
        True, SENT, SENT._replace(receipt=False), above={"receipts": False}
    ),
    "limit_day": Case(0, SENT, Fate("held", "limit_held")),
    "limit_month": Case(0, SENT, Fate("held", "limit_held")),
    "over_limit": Case(
        "discard", Fate("held", "limit_held"), Fate("rejected", "limit_reached"), {"limit_day": 0}
    ),
    "default_sender": Case(other_sender, SENT, SENT._replace(source="ATELIER")),
    "receipts": Case(False, SENT, SENT._replace(receipt=False)),
    "transactional_granted": Case(
        True,
        Fate("held", "never_open"),
        SENT,
        {**BY_ACCOUNT, "week": NEVER},
        {"message_class": "transactional"},
    ),
    "countries": Case(["DE"], SENT, Fate("rejected", "country_off")),
}


def rule(account: Account, rules: dict[str, Any]) -> None:
    with scope(account):
        settings = SendingSettings.objects.for_account(account).get()
        for name, value in rules.items():
            setattr(settings, name, value(account) if callable(value) else value)
        settings.save()


def child_of(rules: dict[str, Any] | None) -> Account:
    if rules is None:
        return make_account()
    parent = make_account()
    rule(parent, {**rules, "spread_version": 0})
    return make_account(parent=parent)


def fate(
    book: Path, case: Case, rules: dict[str, Any], above: dict[str, Any] | None = None
) -> Fate:
    account = child_of(above)
    fund(account)
    rule(account, rules)
    with worker():
        spread_settings()
    line = Line.__new__(Line)
    line.account, line.client = account, Client()
    line.key = make_key(account, scopes=["messages:send", "messages:transactional"])
    message = {"content": "Bonjour", "destination_number": "+33612345607", **case.message}
    id_ = line.post(message).json()["messages"][0]["message_id"]
    with worker():
        dispatch.drain()
    with scope(account):
        row = Message.objects.for_account(account).get(pk=as_uuid(id_))
    pdus = entries_of(book, [id_])
    if not pdus:
        return Fate(row.state, row.reason)
    [pdu] = pdus
    state = "sent" if row.state in ("submitted", "delivered") else row.state
    validity = datetime.fromisoformat(pdu["validity"]) != row.expires
    return Fate(state, row.reason, pdu["source"], pdu["receipt"], validity)


@pytest.fixture(scope="module", autouse=True)
def satellite(route: None) -> None:
    with worker():
        Route.objects.get_or_create(name="Satellite", gateway="simulator", prefixes=["88"])
        carriers.forget_ways()


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_flipping_one_setting_changes_the_messages_fate(name: str, case: Case, book: Path) -> None:
    flipped = {name: case.value}
    assert fate(book, case, case.rules, case.above) == case.before
    if name in BINDING:
        assert fate(book, case, case.rules, {**(case.above or {}), **flipped}) == case.after
    else:
        assert fate(book, case, {**case.rules, **flipped}, case.above) == case.after
    assert case.before != case.after


def test_the_end_of_the_hours_is_the_carriers_validity(book: Path) -> None:
    case = Case(None, SENT, SENT)
    assert fate(book, case, {**BY_ACCOUNT, "week": ALWAYS}).ends_with_the_hours is False
    # Within a minute of midnight these hours are closed and the message waits.
    found = fate(book, case, {**BY_ACCOUNT, "week": UNTIL_NIGHT})
    assert found.ends_with_the_hours is True or found.reason == "outside_hours"


def test_every_setting_a_form_sets_has_its_case() -> None:
    assert set(sending_settings()) == CASES.keys() - GRANTED - FOLLOWING
    assert len(set(sending_settings())) == len(sending_settings())


def test_every_column_of_the_settings_has_its_case_or_rules_nothing() -> None:
    columns = {column.name for column in SendingSettings._meta.get_fields()}
    assert columns == CASES.keys() | BOOKKEEPING.keys()


def test_every_field_of_a_form_belongs_to_a_setting() -> None:
    for form in SENDING_FORMS:
        assert set(form.base_fields) <= set(form.sets), form
        assert form.sets, form
