"""What the forms share of cards that can be handed down: the switch that binds those below."""

from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.cards import CardForm
from senders.settings_above import Heritable


class HeritableForm(CardForm):
    """A card that can be handed down: while there are accounts below, its form may bind them."""

    card: ClassVar[Heritable]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if not self.account.has_subaccounts:
            del self.fields[self.card.binds]

    @property
    def binding(self) -> BoundField | None:
        """Its switch, while there is one."""
        return self[self.card.binds] if self.card.binds in self.fields else None

    def wanted(self) -> dict[str, Any]:
        given = {**self.saved, **self.cleaned_data}
        return {name: given[name] for name in self.sets}


def binding_field() -> forms.BooleanField:
    """The switch that binds the accounts below."""
    return forms.BooleanField(
        label=_("Same for every sub-account"),
        required=False,
        help_text=_(
            "Sub-accounts have these values within seconds, at every level, and cannot change them."
        ),
    )
