"""Names of accounts: what may be one, and when a typed name is the same."""

import unicodedata
from typing import Final

from hub.lib.visible import name_fault

SHORTEST: Final = 2
LONGEST: Final = 80


class NotAName(ValueError):
    """The text cannot be a name; `why` is blank, hidden, mixed, short or long."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def clean_name(text: str) -> str:
    """`text` as it is stored: NFC, no space around it and single spaces inside.

    Equal names are allowed: accounts are told apart by their ID. NotAName for nothing to be seen,
    for characters that hide or turn others, for a word of two alphabets that look alike, and
    outside 2 to 80 characters.
    """
    name = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    if fault := name_fault(name):
        raise NotAName(fault)
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
