"""The sending settings people can change, told by the forms that change them.

A test flips each one and watches a message's fate; a form that sets something new without such a
test fails it.
"""

from typing import Final

from accounts.cards import CardForm
from senders.cards import CARDS

SENDING_FORMS: Final[tuple[type[CardForm], ...]] = tuple(kind.form for kind in CARDS)


def sending_settings() -> tuple[str, ...]:
    """Names of SendingSettings' columns that the forms set, in the order of the page."""
    return tuple(name for form in SENDING_FORMS for name in form.sets)
