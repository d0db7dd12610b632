"""What a mail says, and to whom: written in the reader's language, put in the outbox.

A letter is data: one layout (`templates/mail/`) turns it into HTML and text, so both say the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import Account, Membership, OutgoingMail
from accounts.permissions import PERMISSIONS
from hub.lib.money import show_when

LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True, slots=True)
class Letter:
    """`lines` and `after` are paragraphs, around the button and the facts. `button` is (what it
    does, absolute address); `why` says why the reader gets this."""

    subject: str
    lines: Sequence[str]
    button: tuple[str, str] | None = None
    facts: Sequence[tuple[str, str]] = ()
    after: Sequence[str] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who gets mail. `time_zone` is their own, "" when the account's will do."""

    id: UUID | None
    email: str
    name: str
    language: str
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


def reader(person: Any, *, email: str = "") -> Reader:
    """`person` (a users.User), at their main address unless `email` is another of theirs."""
    return Reader(
        person.pk,
        email or person.email,
        person.name,
        person.language or settings.LANGUAGE_CODE,
        person.time_zone,
    )


def owners_of(account: Account | UUID) -> list[Reader]:
    return _members(account, frozenset({Membership.Role.OWNER}))


def members_who_may(account: Account | UUID, permission: str) -> list[Reader]:
    """Every member whose role may do `permission` and who may sign in."""
    return _members(account, PERMISSIONS[permission])


def write_to(
    readers: Iterable[Reader], write: Callable[[Reader], Letter], *, cause: str = ""
) -> int:
    """A step: each reader's letter is in the outbox once the caller's transaction commits.

    `cause` names what is told: nobody is told of the same one twice. Returns how many readers.
    """
    mails = []
    for one in readers:
        with translation.override(one.language):
            rendered = render(write(one), one)
        mails.append(
            OutgoingMail(
                to=one.email,
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                cause=f"{cause}:{one.id}" if cause else None,
                due=timezone.now(),
            )
        )
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
    return len(mails)


def render(letter: Letter, to: Reader) -> Rendered:
    """The letter in the active language, as HTML and as text."""
    context = {"letter": letter, "reader": to}
    subject = " ".join(letter.subject.split())[:LONGEST_SUBJECT]
    text = render_to_string("mail/letter.txt", context).strip() + "\n"
    return Rendered(subject, text, render_to_string("mail/letter.html", context))


def page_address(name: str, account: Account | None = None) -> str:
    """The absolute address of a page: `console:<name>` of `account`, or one of no account."""
    if account is None:
        return absolute(reverse(name))
    return absolute(reverse(f"console:{name}", args=[account.public_id]))


def absolute(path: str) -> str:
    return str(settings.BASE_URL).rstrip("/") + path


def when_for(reader: Reader, at: datetime, account: Account, style: Any = "long_date") -> str:
    """`at` in the reader's language, on their own clock or the account's."""
    return show_when(at, reader.time_zone or account.time_zone, reader.language, style)


def _members(account: Account | UUID, roles: Iterable[str]) -> list[Reader]:
    found = Membership.objects.filter(
        account=account, role__in=list(roles), user__is_active=True
    ).order_by("created_at")
    columns = ("user_id", "user__email", "user__name", "user__language", "user__time_zone")
    return [
        Reader(id_, email, name, language or settings.LANGUAGE_CODE, zone)
        for id_, email, name, language, zone in found.values_list(*columns)
    ]
