"""Words an account may add to the statutory ones, and why a word is refused."""

import unicodedata
from collections.abc import Iterable
from typing import Final, NamedTuple

from contacts.optout_words import HELP_WORDS, START_WORDS, folded, read
from hub.lib.visible import scripts

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
    """A word that may not be added; `why` is long, signs, several, mixed, both, twice, fixed (in
    its own list in every account), or the kind of the other fixed word it is: stop, start, help."""

    word: str
    why: str


def split_words(text: str) -> list[str]:
    """The words of a text with one a line, as stored: NFC, upper case."""
    lines = text.replace(",", "\n").replace(";", "\n").splitlines()
    words = (unicodedata.normalize("NFC", " ".join(line.split())).upper() for line in lines)
    return [word for word in words if word]


def refused(words: Iterable[str], *, kind: str, other: Iterable[str] = ()) -> list[Refusal]:
    """What may not be a word of `kind` (stop or start), `other` being the words of the other."""
    taken, seen = set(map(folded, other)), set[str]()
    found = []
    for word in words:
        said = folded(word)
        why = _why_not(word, kind=kind, taken=taken) or ("twice" if said in seen else "")
        seen.add(said)
        if why:
            found.append(Refusal(word, why))
    return found


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
    if len(scripts(word)) > 1:
        return "mixed"
    if said in HELP_WORDS:
        return "help"
    if read(word).kind == "stop":
        return "fixed" if kind == "stop" else "stop"
    if said in START_WORDS:
        return "fixed" if kind == "start" else "start"
    return "both" if said in taken else ""
