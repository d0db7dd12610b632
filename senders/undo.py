"""How changes of the sending settings are taken back: the same actions, the earlier values."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from accounts.audit import Actor
from accounts.models import Account
from accounts.undo import CannotUndo, Present, Undoable, Why
from hub.lib.windows import Week
from senders import actions
from senders.actions import SenderNotActive, StaleVersion
from senders.models import Sender
from senders.settings_page import KINDS, settings_of

Save = Callable[[Account, Actor, int, Mapping[str, Any]], object]


def _undoable(card: str, save: Save) -> Undoable:
    kind = KINDS[card]

    def read(account: Account) -> Present:
        settings = settings_of(account)
        values = {name: _told(getattr(settings, name)) for name in kind.form.sets}
        if "week" in values:
            values["week"] = Week.parse(values["week"]).to_json()
        return Present(values, settings.version)

    def restore(account: Account, actor: Actor, seen: Any, values: Mapping[str, Any]) -> object:
        try:
            return save(account, actor, seen, values)
        except StaleVersion as error:
            raise CannotUndo(Why.CHANGED) from error
        except (SenderNotActive, ValueError) as error:
            raise CannotUndo(Why.REFUSED) from error

    return Undoable(kind.title, "sending.change", "numbers_settings", card, read, restore)


def _told(value: Any) -> Any:
    return value.address if isinstance(value, Sender) else value


def _hours(account: Account, actor: Actor, seen: int, values: Mapping[str, Any]) -> object:
    wanted = {**values, "week": Week.parse(values["week"])}
    return actions.change_sending_hours(account, actor=actor, expected_version=seen, **wanted)


def _limit(account: Account, actor: Actor, seen: int, values: Mapping[str, Any]) -> object:
    return actions.change_sms_limit(account, actor=actor, expected_version=seen, **values)


def _receipts(account: Account, actor: Actor, seen: int, values: Mapping[str, Any]) -> object:
    return actions.change_receipts(account, actor=actor, expected_version=seen, **values)


def _sender(account: Account, actor: Actor, seen: int, values: Mapping[str, Any]) -> object:
    """The log names a sender by its address, which is unique in the account."""
    address, found = values["default_sender"], None
    if address is not None:
        found = Sender.objects.for_account(account).filter(address=address).first()
        if found is None:
            raise SenderNotActive(address)
    return actions.change_default_sender(
        account, actor=actor, expected_version=seen, default_sender=found.pk if found else None
    )


UNDOABLES: Final[dict[str, Undoable]] = {
    actions.HOURS_CHANGED: _undoable("hours", _hours),
    actions.LIMIT_CHANGED: _undoable("limit", _limit),
    actions.RECEIPTS_CHANGED: _undoable("receipts", _receipts),
    actions.SENDER_CHANGED: _undoable("sender", _sender),
}
