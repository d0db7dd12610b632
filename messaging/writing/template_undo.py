"""How changes of message templates are taken back: the same actions, the earlier values."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import OF, Actor
from accounts.conflicts import Values
from accounts.models import Account, AuditEntry
from accounts.undo import CannotUndo, Present, Undoable, Why
from messaging.models import MessageTemplate
from messaging.writing import template_actions as actions

PERMISSION: Final = "templates.change"


def _read(account: Account, entry: AuditEntry) -> Present:
    named = _id(entry)
    mine = MessageTemplate.objects.for_account(account)
    found = mine.filter(pk=named).first() if named else None
    if found is None:
        raise CannotUndo(Why.CHANGED)
    archived = found.archived_at is not None
    return Present({"name": found.name, "body": found.body, "archived": archived}, found)


def _rewrite(account: Account, actor: Actor, present: Present, values: Values) -> object:
    found: MessageTemplate = present.seen
    with _refusals():
        return actions.change_template(
            account,
            found.pk,
            actor=actor,
            expected_version=found.version,
            name=values["name"],
            body=values["body"],
        )


def _restore(account: Account, actor: Actor, present: Present, values: Values) -> object:
    with _refusals():
        return actions.restore_template(account, present.seen.pk, actor=actor)


def _archive(account: Account, actor: Actor, present: Present, values: Values) -> object:
    with _refusals():
        return actions.archive_template(account, present.seen.pk, actor=actor)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (actions.StaleVersion, actions.Archived) as error:
        raise CannotUndo(Why.CHANGED) from error
    except (actions.NameTaken, actions.TooMany) as error:
        raise CannotUndo(Why.REFUSED) from error


def _id(entry: AuditEntry) -> UUID | None:
    """Of the template; entries older than Undo do not name it."""
    named: list[Any] = entry.changes.get(OF) or [None, None]
    return UUID(named[1]) if named[1] else None


def _title(entry: AuditEntry) -> str:
    return _("Template “%(name)s”") % {"name": entry.subject}


def _place(account: Account, entry: AuditEntry) -> str:
    return reverse("console:template", args=[account.public_id, _id(entry)])


UNDOABLES: Final[dict[str, Undoable]] = {
    action: Undoable(_title, PERMISSION, _place, _read, restore)
    for action, restore in (
        (actions.CHANGED, _rewrite),
        (actions.ARCHIVED, _restore),
        (actions.RESTORED, _archive),
    )
}
