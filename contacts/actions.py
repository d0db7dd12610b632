"""Changes to who receives messages and how they opt out: each one transaction, one log entry."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection, transaction

from accounts.audit import Actor, record
from accounts.conflicts import differences, refuse_if_overtaken
from accounts.models import Account
from contacts.models import Contact, OptOutSettings
from contacts.own_words import MOST_WORDS, refused

OPT_OUT_CHANGED: Final = "opt_out.changed"
CONTACT_ADDED: Final = "contact.added"
CONTACT_CHANGED: Final = "contact.changed"
SETTINGS: Final = ("extra_stop", "extra_start", "confirm", "confirmation")


def change_opt_out(
    account: Account,
    *,
    actor: Actor,
    seen: str,
    extra_stop: Sequence[str],
    extra_start: Sequence[str],
    confirm: bool,
    confirmation: str,
) -> dict[str, list[Any]]:
    """Replies are read with these words beside the statutory ones from the next one on; a stop is
    confirmed with `confirmation` when `confirm`. Returns what changed, empty when nothing did.

    ValueError for a word that may not be added, for more than 20 and for an empty confirmation
    that is on; accounts.conflicts.Overtaken as said there. Needs the scope.
    """
    stop, start = list(extra_stop), list(extra_start)
    bad = [*refused(stop, kind="stop", other=start), *refused(start, kind="start", other=stop)]
    if bad or max(len(stop), len(start)) > MOST_WORDS:
        raise ValueError("words that may not be added")
    if confirm and not confirmation.strip():
        raise ValueError("a confirmation without words")
    wanted = dict(zip(SETTINGS, (stop, start, confirm, confirmation), strict=True))
    with transaction.atomic(durable=True):
        row = _locked(account)
        saved = {name: getattr(row, name) for name in SETTINGS}
        changes = differences(saved, wanted)
        if not changes:
            return {}
        refuse_if_overtaken(account, action=OPT_OUT_CHANGED, seen=seen, saved=saved)
        for name, value in wanted.items():
            setattr(row, name, value)
        row.save(update_fields=SETTINGS)
        record(account, actor=actor, action=OPT_OUT_CHANGED, changes=changes)
    return changes


def opt_out_settings(account: Account) -> OptOutSettings:
    """The account's row, or the defaults when it never had one. Needs the scope."""
    return OptOutSettings.objects.for_account(account).first() or OptOutSettings(account=account)


def save_contact(
    account: Account, *, actor: Actor, number: str, name: str = "", time_zone: str = ""
) -> Contact:
    """The account has a contact with this E.164 number, name and zone.

    Where duplicates are off, the contact that has the number is changed, the oldest of several;
    an empty name or zone leaves what it had. Where they are on, a new contact is made each time.
    A number's opt-out is not a contact's: nothing here touches it. Needs the scope.
    """
    given = {"name": name, "time_zone": time_zone}
    with transaction.atomic(durable=True):
        _one_at_a_time(account, number)
        allowed = Account.objects.values_list("duplicate_contacts", flat=True).get(pk=account.pk)
        mine = Contact.objects.for_account(account).filter(number=number).order_by("id")
        found = None if allowed else mine.first()
        if found is None:
            found = Contact.objects.create(account=account, number=number, **given)
            changes = differences({"number": "", "name": "", "time_zone": ""},
                                  {"number": number, **given})  # fmt: skip
            record(account, actor=actor, action=CONTACT_ADDED, subject=number, changes=changes)
            return found
        wanted = {field: value for field, value in given.items() if value}
        saved = {field: getattr(found, field) for field in wanted}
        changes = differences(saved, wanted)
        if changes:
            for field, value in wanted.items():
                setattr(found, field, value)
            found.save(update_fields=list(wanted))
            record(account, actor=actor, action=CONTACT_CHANGED, subject=number, changes=changes)
    return found


def _locked(account: Account) -> OptOutSettings:
    """The account's row, locked until the transaction ends; made when there is none yet."""
    mine = OptOutSettings.objects.for_account(account)
    found = mine.select_for_update().first()
    if found is None:
        mine.bulk_create([OptOutSettings(account=account)], ignore_conflicts=True)
        found = mine.select_for_update().get()
    return found


def _one_at_a_time(account: Account, number: str) -> None:
    """Two imports of one number: the second finds what the first made."""
    digest = hashlib.sha256(f"{account.pk}{number}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
