"""A parent and the accounts below it, and how the tests of what it sets change them."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts.audit import Actor
from accounts.models import Account
from accounts.tenancy import scope
from senders import settings_above
from senders.actions import change_receipts
from senders.cards import RECEIPTS
from subaccounts.sweeps import spread_settings
from tests.conftest import worker
from tests.senders.given import address, entries_of, fields_of, save, settings_of

NADIA = Actor("person", "7", "Nadia Benali", "console", "203.0.113.9")
BY_NADIA = dict.fromkeys(settings_above.HERITABLE, NADIA)
INHERITED = "delivery_receipts.inherited"


@dataclass
class Family:
    """A parent and an account below it, each with an owner of its own."""

    parent: Account
    child: Account
    above: Client
    below: Client

    def page(self, **cookies: str) -> str:
        self.below.cookies.load(cookies)
        return str(self.below.get(address(self.child)).content.decode())

    def card(self, id_: str = "receipts", **cookies: str) -> str:
        html = self.page(**cookies)
        card = html[html.index(f'<section class="card" id="{id_}"') :]
        return card[: card.index("</section>")]

    def bind(self, on: bool = True, **given: Any) -> None:
        save(self.above, self.parent, "receipts", receipts_locked_below="on" if on else None,
             **given)  # fmt: skip
        spread()

    def press(self, origin: str, card: str = "receipts") -> Any:
        sent = fields_of(self.page(), card, f"origin-{card}")
        return self.below.post(address(self.child, "numbers_origin"), sent | {"origin": origin})

    @property
    def now(self) -> tuple[str, bool]:
        """Whose receipts setting the account below has, and what it is."""
        found = settings_of(self.child)
        return found.receipts_origin, found.receipts

    def told(self) -> list[str]:
        return [entry.action for entry in entries_of(self.child)]


def spread() -> int:
    with worker():
        return int(spread_settings())


def change(account: Account, receipts: bool, binds: bool = False, actor: Actor = NADIA) -> None:
    with scope(account):
        seen = RECEIPTS.seen(account)
        change_receipts(
            account, actor=actor, seen=seen, receipts=receipts, receipts_locked_below=binds
        )
