"""Names of accounts: what may be one, and when a typed name is the same."""

import unicodedata
from typing import Final

SHORTEST: Final = 2
LONGEST: Final = 80

# Letters and signs by category, yet nothing is seen of them.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Controls, format characters (bidi, zero width), private, unassigned, line and paragraph breaks.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})


class NotAName(ValueError):
    """The text cannot be a name; `why` is blank, hidden, short or long."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def clean_name(text: str) -> str:
    """`text` as it is stored: NFC, no space around it and single spaces inside.

    Names that look alike are allowed: accounts are told apart by their ID. NotAName for nothing
    to be seen, for characters that hide or turn others, and outside 2 to 80 characters.
    """
    name = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    if not any(char.isalnum() and char not in _BLANK_LETTERS for char in name):
        raise NotAName("blank")
    if any(unicodedata.category(char) in _UNSEEN or char in _BLANK_LETTERS for char in name):
        raise NotAName("hidden")
    if len(name) < SHORTEST:
        raise NotAName("short")
    if len(name) > LONGEST:
        raise NotAName("long")
    return name


def is_same_name(typed: str, name: str) -> bool:
    """True when `typed` confirms `name`: case, kind and number of spaces and Unicode form aside."""
    return _compared(typed) == _compared(name)


def _compared(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
