"""A card of a settings page: one form, one Save, one change in the log. What all of them share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.utils.functional import Promise

from accounts.conflicts import Values, fingerprint
from accounts.models import Account
from accounts.origins import Origin
from hub.lib.forms import ConsoleForm

Text = str | Promise
Query = Mapping[str, Any]


class Fact(NamedTuple):
    """One setting of a card, in words."""

    name: Text
    value: Text


class CardRefused(ValueError):
    """What a valid form asked for cannot be saved any more: `told` stands beside `field`."""

    def __init__(self, field: str, told: Text) -> None:
        super().__init__(field)
        self.field, self.told = field, told


class CardForm(ConsoleForm):
    """A card's form: shows the saved values until it is bound. `sets` names what it changes;
    `query` is that of the page."""

    sets: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, data: Any = None, *, account: Account, saved: Values, query: Query | None = None
    ) -> None:
        self.account, self.saved, self.query = account, saved, query or {}
        super().__init__(data, initial=self.shown())

    def shown(self) -> dict[str, Any]:
        """The fields as they are saved."""
        return dict(self.saved)

    def wanted(self) -> dict[str, Any]:
        """The settings as this form asks for them; needs a valid form."""
        return {name: self.cleaned_data[name] for name in self.sets}


def itself(account: Account) -> Any:
    """The row of settings that stand in the account itself."""
    return account


def _no_extras(account: Account, values: Values, query: Query) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class CardKind:
    """How a card is read, shown, saved and told. `action` names its changes in the log.

    `values` reads the settings out of the row that `row` finds; both give what the log can tell.
    `save(account, actor=, seen=, **wanted)` returns what changed; it raises Overtaken, CardRefused
    or another ValueError. `page` names its page, `change` the permission that Save and Undo need.
    `defaults` is what a row that was never made holds; None where there is no default.
    `saved_words` end the note after Save, `outcomes` are notes of their own after it.
    A card that a parent may set names the value that tells its `origin` (accounts.origins), and
    the action of log entries about what was `inherited`; `save` then raises SetAbove too.
    """

    id: str
    title: Text
    purpose: Text
    action: str
    page: str
    change: str
    template: str
    form: type[CardForm]
    values: Callable[[Any], dict[str, Any]]
    save: Callable[..., dict[str, list[Any]]]
    facts: Callable[[Account, Values], list[Fact]]
    short: Callable[[Values], Text]
    row: Callable[[Account], Any] = itself
    origin: str = ""
    inherited: str = ""
    defaults: Callable[[], dict[str, Any]] | None = None
    saved_words: Callable[[Values], Text] = lambda values: ""
    outcomes: Callable[[Account, Values], list[str]] = lambda account, values: []
    warnings: Callable[[Values], list[str]] = lambda values: []
    extras: Callable[[Account, Values, Query], dict[str, Any]] = _no_extras

    def read(self, account: Account) -> dict[str, Any]:
        """The settings as they are saved. Needs the scope."""
        return self.values(self.row(account))

    def origin_of(self, values: Values) -> Origin:
        """Whose `values` of this card are."""
        return Origin(values[self.origin]) if self.origin else Origin.OWN

    def seen(self, account: Account) -> str:
        """What a form shown now would send as its version. Needs the scope."""
        return fingerprint(self.read(account))
