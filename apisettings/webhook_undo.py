"""How a change of the webhook is taken back: the same action, the earlier values."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.audit import Actor
from accounts.conflicts import Values
from accounts.models import Account, AuditEntry
from accounts.undo import CannotUndo, Present, Undoable, Why
from apisettings.actions import WEBHOOK_CHANGED, EditedMeanwhile, save_webhook, webhook_values
from apisettings.models import Webhook


def _read(account: Account, entry: AuditEntry) -> Present:
    found = Webhook.objects.for_account(account).first()
    if found is None:
        raise CannotUndo(Why.CHANGED)
    return Present(webhook_values(found), found.version)


def _restore(account: Account, actor: Actor, present: Present, values: Values) -> object:
    if values["state"] == Webhook.State.STOPPED:  # which Hub alone does
        raise CannotUndo(Why.REFUSED)
    try:
        return save_webhook(account, actor=actor, version=present.seen, **values)
    except EditedMeanwhile as error:
        raise CannotUndo(Why.CHANGED) from error


def _title(entry: AuditEntry) -> str:
    return _("Webhook")


def _place(account: Account, entry: AuditEntry) -> str:
    return reverse("console:api_webhooks", args=[account.public_id]) + "#webhook"


UNDOABLES: Final[dict[str, Undoable]] = {
    WEBHOOK_CHANGED: Undoable(_title, "api.change", _place, _read, _restore)
}
