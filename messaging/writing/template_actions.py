"""Changes to message templates: each one transaction, with its entry in the activity log."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import Actor, record
from accounts.models import Account
from messaging.models import MessageTemplate

CREATED: Final = "template.created"
CHANGED: Final = "template.changed"
ARCHIVED: Final = "template.archived"
RESTORED: Final = "template.restored"

# More could not be found again in one list, nor chosen from one menu.
MOST_ACTIVE: Final = 200

_UNIQUE: Final = "one_active_template_a_name"


class NameTaken(ValueError):
    """Another active template of the account has this name, letters' case aside."""


class TooMany(ValueError):
    """The account has as many active templates as one may have."""


class Archived(ValueError):
    """An archived template is restored before it is changed."""


class StaleVersion(Exception):
    """Somebody changed the template after the form was shown; nothing is saved."""

    def __init__(self, saved: MessageTemplate) -> None:
        super().__init__(f"version {saved.version} is newer")
        self.saved = saved


@dataclass(frozen=True, slots=True)
class Change:
    """What is saved now; `changes` is empty when it stood so before."""

    template: MessageTemplate
    changes: dict[str, list[Any]]


def create_template(account: Account, *, actor: Actor, name: str, body: str) -> MessageTemplate:
    """The account has an active template `name`. NameTaken, TooMany as said there."""
    wanted = {"name": name, "body": body}
    with _one_name_each(), transaction.atomic(durable=True):
        _refuse_too_many(account)
        made = MessageTemplate.objects.create(account=account, **wanted, **_signed(actor))
        changes = {field: [None, value] for field, value in wanted.items()}
        record(account, actor=actor, action=CREATED, subject=name, changes=changes)
    return made


def change_template(
    account: Account,
    template_id: UUID,
    *,
    actor: Actor,
    expected_version: int,
    name: str,
    body: str,
) -> Change:
    """The template has this name and text. NameTaken, Archived, StaleVersion as said there;
    MessageTemplate.DoesNotExist when the account has none of this id."""
    with _one_name_each(), transaction.atomic(durable=True):
        template = _locked(account, template_id)
        if template.archived_at:
            raise Archived(template_id)
        wanted = {"name": name, "body": body}
        changes = _differences(template, wanted)
        if changes and template.version != expected_version:
            raise StaleVersion(template)
        return _save(account, actor, CHANGED, template, wanted, changes)


def archive_template(account: Account, template_id: UUID, *, actor: Actor) -> Change:
    """The template is offered nowhere; its name is free. DoesNotExist as said there."""
    with transaction.atomic(durable=True):
        template = _locked(account, template_id)
        changes = {} if template.archived_at else {"archived": [False, True]}
        wanted = {"archived_at": timezone.now()}
        return _save(account, actor, ARCHIVED, template, wanted, changes)


def restore_template(account: Account, template_id: UUID, *, actor: Actor) -> Change:
    """The template is offered again. NameTaken, TooMany, DoesNotExist as said there."""
    with _one_name_each(), transaction.atomic(durable=True):
        template = _locked(account, template_id)
        changes = {"archived": [True, False]} if template.archived_at else {}
        if changes:
            _refuse_too_many(account)
        return _save(account, actor, RESTORED, template, {"archived_at": None}, changes)


def active_templates(account: Account) -> list[MessageTemplate]:
    """What is offered where a message is written, by name; needs the account's scope."""
    mine = MessageTemplate.objects.for_account(account).filter(archived_at=None)
    return list(mine.order_by("name", "id")[:MOST_ACTIVE])


@contextmanager
def _one_name_each() -> Iterator[None]:
    """Postgres decides whose name it is; NameTaken for the one who came second."""
    try:
        yield
    except IntegrityError as error:
        if _UNIQUE in str(error):
            raise NameTaken from error
        raise


def _save(
    account: Account,
    actor: Actor,
    action: str,
    template: MessageTemplate,
    wanted: dict[str, Any],
    changes: dict[str, list[Any]],
) -> Change:
    """A step: `wanted` is stored and told, when it changes anything."""
    if changes:
        wanted = {**wanted, **_signed(actor), "version": template.version + 1}
        for field, value in wanted.items():
            setattr(template, field, value)
        template.save(update_fields=list(wanted))
        record(
            account,
            actor=actor,
            action=action,
            subject=template.name,
            changes=changes,
            of=template.pk,
        )
    return Change(template, changes)


def _locked(account: Account, template_id: UUID) -> MessageTemplate:
    return MessageTemplate.objects.for_account(account).select_for_update().get(id=template_id)


def _refuse_too_many(account: Account) -> None:
    active = MessageTemplate.objects.for_account(account).filter(archived_at=None)
    if active.count() >= MOST_ACTIVE:
        raise TooMany(MOST_ACTIVE)


def _differences(template: MessageTemplate, wanted: dict[str, Any]) -> dict[str, list[Any]]:
    return {
        field: [getattr(template, field), value]
        for field, value in wanted.items()
        if getattr(template, field) != value
    }


def _signed(actor: Actor) -> dict[str, Any]:
    return {"changed_at": timezone.now(), "changed_by": actor.label[:120]}
