"""Maison Verdier as it stands before its first message: accounts, people, senders, money, keys.

Each step looks for what it would make, so that a run that was cut off is finished by the next.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from accounts.actions import open_account
from accounts.audit import CLOCK, Actor, record
from accounts.models import Account, Membership
from accounts.tenancy import scope
from billing import ledger
from billing.models import Price
from billing.pricing import forget_prices
from contacts.models import Contact
from hub.demo import past
from hub.demo.cast import (
    AT_SEA,
    CLIENTS,
    CUSTOMERS,
    PASSWORD,
    PEOPLE,
    STAFF,
    STOPPED,
    TROUBLED,
    Friend,
    Person,
)
from hub.demo.texts import TEMPLATES, WORKSHOP_TEMPLATES
from messaging.carriers import forget_ways
from messaging.models import Route
from messaging.writing.template_actions import active_templates, create_template
from senders.actions import change_default_sender, change_receipts
from senders.cards import RECEIPTS, SENDER
from senders.models import InboundHandle, Sender
from subaccounts.actions import open_subaccount
from subaccounts.spread import spread_due
from users.models import User

PARENT, CHILD = "Maison Verdier", "Atelier Sud"
ROUTE: Final = "Simulator"
CURRENCY: Final = "EUR"
# Micro-euros a part. `*` is every other country, and the dearest.
PRICES: Final = {
    "FR": 45_000, "RE": 52_000, "MQ": 52_000, "NC": 78_000, "GB": 41_000, "BE": 62_000,
    "DE": 71_000, "US": 9_000, "CA": 8_500, "AU": 38_000, "*": 85_000,
}  # fmt: skip
# What the account can send of the dearest, and a little for what the demo itself sends.
CREDIT: Final = 1_010_000 * max(PRICES.values())
# (days ago, micro-euros, what it was): longer ago than any month, then what a month uses up.
CREDITS: Final = {
    "demo:opening": (45, CREDIT, "Opening credit"),
    "demo:top-up:1": (19, 20_000_000, "Top-up"),
    "demo:top-up:2": (5, 20_000_000, "Top-up"),
}
LINE, WORKSHOP_LINE = "+33639980100", "+33639980101"


@dataclass(frozen=True)
class Company:
    parent: Account
    child: Account
    owner: User


def build() -> Company:
    """The company stands, whatever of it was there before."""
    make_prices()
    make_route()
    people = {person.email: make_person(person) for person in PEOPLE}
    make_person(STAFF, is_staff=True, is_superuser=True)
    owner = people[PEOPLE[0].email]
    parent = _parent(owner)
    child = _child(parent, owner)
    for person in PEOPLE:
        for account in _places(person, parent, child):
            _join(account, people[person.email], person.role)
    make_senders(parent, actor_of(owner), "VERDIER", LINE)
    make_senders(child, actor_of(owner), "ATELIERSUD", WORKSHOP_LINE)
    give_credit(parent)
    make_contacts(parent, (*CUSTOMERS, *TROUBLED, *STOPPED))
    make_contacts(child, (*CLIENTS, AT_SEA))
    make_templates(parent, actor_of(owner), TEMPLATES)
    make_templates(child, actor_of(owner), WORKSHOP_TEMPLATES)
    bind_receipts(parent, actor_of(owner))
    return Company(parent, child, owner)


def find() -> Company | None:
    """The company of an earlier run, if both of its accounts stand."""
    owner = User.objects.filter(email=PEOPLE[0].email).first()
    parent = _owned_by(owner, PARENT) if owner else None
    child = Account.objects.filter(parent=parent, name=CHILD).first() if parent else None
    return Company(parent, child, owner) if owner and parent and child else None


def actor_of(user: User) -> Actor:
    return Actor(kind="person", id=str(user.pk), label=user.get_full_name(), channel="console")


def make_prices() -> None:
    known = set(Price.objects.filter(currency=CURRENCY).values_list("country", flat=True))
    Price.objects.bulk_create(
        Price(country=country, currency=CURRENCY, micro=micro)
        for country, micro in PRICES.items()
        if country not in known
    )
    forget_prices()


def make_route() -> None:
    """The simulator serves everywhere. Nothing but the demo makes such a row."""
    Route.objects.get_or_create(name=ROUTE, defaults={"gateway": "simulator", "prefixes": []})
    forget_ways()


def make_person(person: Person, **rights: bool) -> User:
    """They can sign in: the address is verified, the password is the demo's."""
    user = User.objects.filter(email=person.email).first()
    if user is None:
        user = User(email=person.email, name=person.name, language=person.language, **rights)
        user.password = _password()
        user.save()
    EmailAddress.objects.get_or_create(
        user=user, email=person.email, defaults={"verified": True, "primary": True}
    )
    return user


@cache
def _password() -> str:
    """Hashed once for all: hashing is slow on purpose."""
    return make_password(PASSWORD)


def make_senders(account: Account, actor: Actor, tag: str, line: str) -> None:
    """An alpha tag, used by default, and a number that people can answer to."""
    with scope(account):
        alpha = Sender.objects.for_account(account).filter(address=tag).first()
        if alpha is None:
            alpha = _add_senders(account, tag, line)
        change_default_sender(
            account, actor=actor, seen=SENDER.seen(account), default_sender=alpha.address
        )


def _add_senders(account: Account, tag: str, line: str) -> Sender:
    with transaction.atomic(durable=True):
        alpha = Sender.objects.create(account=account, address=tag, kind=Sender.Kind.ALPHA)
        Sender.objects.create(account=account, address=line, kind=Sender.Kind.NUMBER)
        InboundHandle.objects.create(address=line, account=account)
        for address in (tag, line):
            record(account, actor=CLOCK, action="sender.added", subject=address)
    return alpha


def bind_receipts(account: Account, actor: Actor) -> None:
    """Everybody below asks for receipts too, and cannot change it."""
    with scope(account):
        change_receipts(
            account,
            actor=actor,
            seen=RECEIPTS.seen(account),
            receipts=True,
            receipts_locked_below=True,
        )
    spread_due()


def give_credit(account: Account) -> None:
    with scope(account), transaction.atomic(durable=True):
        ledger.open_wallet(account.pk, currency=CURRENCY)
    now = timezone.now()
    past.give_credit(
        account.pk,
        [
            past.Credit(cause, amount, note, now - timedelta(days=ago))
            for cause, (ago, amount, note) in CREDITS.items()
        ],
    )


def make_contacts(account: Account, friends: tuple[Friend, ...]) -> None:
    with scope(account), transaction.atomic(durable=True):
        known = set(Contact.objects.for_account(account).values_list("number", flat=True))
        Contact.objects.for_account(account).bulk_create(
            Contact(account=account, number=number, name=name, time_zone=zone)
            for number, name, zone in friends
            if number not in known
        )


def make_templates(account: Account, actor: Actor, texts: tuple[tuple[str, str], ...]) -> None:
    with scope(account):
        known = {template.name for template in active_templates(account)}
        for name, body in texts:
            if name not in known:
                create_template(account, actor=actor, name=name, body=body)


def _parent(owner: User) -> Account:
    return _owned_by(owner, PARENT) or open_account(
        name=PARENT, owner=owner.pk, time_zone="Europe/Paris", country="FR", actor=actor_of(owner)
    )


def _owned_by(owner: User, name: str) -> Account | None:
    mine = Membership.objects.select_related("account").filter(user=owner, account__name=name)
    found = mine.filter(account__parent=None).first()
    return found.account if found else None


def _child(parent: Account, owner: User) -> Account:
    return Account.objects.filter(parent=parent, name=CHILD).first() or open_subaccount(
        parent, name=CHILD, time_zone="Europe/Paris", country="FR", actor=actor_of(owner)
    )


def _places(person: Person, parent: Account, child: Account) -> tuple[Account, ...]:
    return {"parent": (parent,), "child": (child,), "both": (parent, child)}[person.account]


def _join(account: Account, user: User, role: str) -> None:
    with scope(account), transaction.atomic(durable=True):
        _membership, made = Membership.objects.get_or_create(
            account=account, user=user, defaults={"role": role}
        )
        if made:
            record(
                account,
                actor=CLOCK,
                action="member.added",
                subject=user.email,
                changes={"role": [None, role]},
            )
