"""Words an account may add to the statutory ones, and why a word is refused."""

import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from contacts.optout_words import HELP_WORDS, START_WORDS, STOP_PHRASES, STOP_WORDS, folded

MOST_WORDS: Final = 20
LONGEST_WORD: Final = 20

# Said in ordinary answers too (English, French): allowed, with a warning.
EVERYDAY: Final = frozenset(
    {
        "ok", "okay", "oui", "yes", "yeah", "yep", "si", "ouais", "non", "no", "nope", "merci",
        "thanks", "thank", "daccord", "dac", "bien", "bon", "super", "parfait", "great", "good",
        "sure", "fine", "recu", "received", "vu", "noted", "note", "bonjour", "hello", "salut",
        "hi",
    }
)  # fmt: skip


class Refusal(NamedTuple):
    """A word that may not be added; `why` is long, signs, several, mixed, both, or the kind of
    the fixed word it is: stop, start, help."""

    word: str
    why: str


def split_words(text: str) -> list[str]:
    """The words of a text with one a line, as stored: NFC, upper case, each once.

    A word that is fixed in every account anyway stays; `refused` does not mind it.
    """
    found: dict[str, str] = {}
    for line in text.replace(",", "\n").replace(";", "\n").splitlines():
        word = unicodedata.normalize("NFC", " ".join(line.split()))
        if word:
            found.setdefault(folded(word) or word, word.upper())
    return list(found.values())


def refused(words: Iterable[str], *, kind: str, other: Iterable[str] = ()) -> list[Refusal]:
    """What may not be a word of `kind` (stop or start), `other` being the words of the other."""
    taken = set(map(folded, other))
    return [Refusal(word, why) for word in words if (why := _why_not(word, kind=kind, taken=taken))]


def everyday(words: Iterable[str]) -> list[str]:
    """Those people also say without meaning to stop or start."""
    return [word for word in words if folded(word).replace(" ", "") in EVERYDAY]


def _why_not(word: str, *, kind: str, taken: set[str]) -> str:
    said = folded(word)
    if len(word) > LONGEST_WORD:
        return "long"
    if " " in word:
        return "several"
    if not said or not all(char.isalnum() or char in "-'’" for char in word):
        return "signs"
    if len(_scripts(word)) > 1:
        return "mixed"
    if said in HELP_WORDS:
        return "help"
    if kind == "start" and (said in STOP_WORDS or said in STOP_PHRASES):
        return "stop"
    if kind == "stop" and said in START_WORDS:
        return "start"
    return "both" if said in taken else ""


def _scripts(word: str) -> set[str]:
    """LATIN, CYRILLIC, ...: a word of two may look like another word."""
    names = (unicodedata.name(char, "").split(" ")[0] for char in word if char.isalpha())
    return {name for name in names if name != "FULLWIDTH"}
