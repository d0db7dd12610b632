"""What a reader cannot see in a text, or takes for something else."""

import unicodedata
from typing import Final, Literal

# Letters and signs by category, yet nothing is seen of them.
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Controls, format characters (bidi, zero width), private, unassigned, line and paragraph breaks.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})
# Alphabets with letters that look like those of another (Unicode TR 39).
_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def is_hidden(char: str) -> bool:
    """True when nothing is seen of `char`, or it turns its neighbours around."""
    return unicodedata.category(char) in _UNSEEN or char in _BLANK_LETTERS


def says_something(text: str) -> bool:
    """True when at least one letter or digit can be seen."""
    return any(char.isalnum() and char not in _BLANK_LETTERS for char in text)


def name_fault(name: str) -> Literal["", "blank", "hidden", "mixed"]:
    """Why `name` cannot be told from others by its reader; "" when it can."""
    if not says_something(name):
        return "blank"
    if any(map(is_hidden, name)):
        return "hidden"
    return "mixed" if mixed_word(unicodedata.normalize("NFKC", name)) else ""


def scripts(word: str) -> set[str]:
    """LATIN, CYRILLIC, ...: those of the letters of `word`; full width does not count."""
    names = (unicodedata.name(char, "").split(" ")[0] for char in word if char.isalpha())
    return {name for name in names if name != "FULLWIDTH"}


def mixed_word(text: str) -> str:
    """The first word with letters of two alphabets that look alike, "" when there is none."""
    return next((word for word in text.split() if len(scripts(word) & _ALIKE) > 1), "")
