"""Every card of every settings page, and everything that can be taken back."""

from typing import Final

from accounts.cards import CardKind
from accounts.general_cards import NAME, ZONE
from accounts.undo import Undoable, of_cards
from apisettings import webhook_undo
from contacts.opt_out_card import OPT_OUT
from messaging.writing import template_undo
from senders.cards import CARDS as SENDING_CARDS

GENERAL_CARDS: Final[tuple[CardKind, ...]] = (NAME, ZONE, OPT_OUT)
CARDS: Final[tuple[CardKind, ...]] = (*GENERAL_CARDS, *SENDING_CARDS)
UNDOABLES: Final[dict[str, Undoable]] = {
    **of_cards(CARDS),
    **template_undo.UNDOABLES,
    **webhook_undo.UNDOABLES,
}
