"""What the parent account sets: the cards it can hand down, and its values of them now."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from accounts.conflicts import Values
from accounts.models import Account
from accounts.origins import Origin, SetAbove
from accounts.statements import cursor
from hub.lib.windows import Week
from senders.models import SendingSettings


@dataclass(frozen=True, slots=True)
class Heritable:
    """A card that can be handed down, by its columns in SendingSettings.

    `names` are its values. `binds` makes every account below have the same; `origin` says whose
    an account's own are.
    """

    names: tuple[str, ...]
    binds: str
    origin: str

    @property
    def sets(self) -> tuple[str, ...]:
        """What its form changes."""
        return (*self.names, self.binds)

    @property
    def values(self) -> tuple[str, ...]:
        """What the log tells of it."""
        return (*self.sets, self.origin)


HOURS: Final = Heritable(
    ("hours_on", "hours_clock", "week", "unknown_zone_uses_account"),
    "hours_locked_below",
    "hours_origin",
)
RECEIPTS: Final = Heritable(("receipts",), "receipts_locked_below", "receipts_origin")
HERITABLE: Final = (HOURS, RECEIPTS)

ASKED: Final = "SELECT row_to_json(above)::text FROM settings_above(%s) above"


class Above(NamedTuple):
    """The parent's settings as they are committed now; `version` 0 while it has no row of them."""

    version: int
    rules: Mapping[str, Any]

    def binds(self, card: Heritable) -> bool:
        return bool(self.rules[card.binds])

    def values(self, card: Heritable) -> dict[str, Any]:
        return {name: self.rules[name] for name in card.names}


def read_above(account: Account) -> Above | None:
    """None without a parent. Needs the account's scope: Postgres tells them to no other."""
    if account.parent_id is None:
        return None
    row = cursor().execute(ASKED, [account.pk]).fetchone()
    if row is None:
        defaults = SendingSettings()
        return Above(0, {name: getattr(defaults, name) for each in HERITABLE for name in each.sets})
    found = json.loads(row[0])
    week = found["week"] and Week.parse(found["week"]).to_json()
    return Above(found.pop("version"), {**found, "week": week})


def heed(
    account: Account, card: Heritable, saved: Values, wanted: Mapping[str, Any]
) -> dict[str, Any]:
    """A step, the account's row locked: `wanted`, with the parent's values where it is to follow.

    SetAbove while the parent binds this account, be it for a moment only: what it has saved is
    asked now, before it was written down here. SetAbove too for a change of followed values.
    """
    above = read_above(account)
    bound = above is not None and above.binds(card)
    if bound or Origin.LOCKED in (saved[card.origin], wanted[card.origin]):
        raise SetAbove("bound by the parent")
    if wanted[card.origin] == Origin.OWN:
        return dict(wanted)
    if saved[card.origin] == Origin.PARENT and wanted != saved:
        raise SetAbove("followed values are changed at the parent")
    if above is None:
        raise SetAbove("no parent to follow")
    return {**wanted, **above.values(card)}
