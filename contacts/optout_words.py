"""Which replies stop, start or ask for help.

Statutory and customary words (spec/rules.md 2.1: CTIA, FCC since 2025-04-11, the incumbent's
defaults, France's STOP, as of November 2026). An account may add words, never remove these.
"""

import re
import unicodedata
from collections.abc import Collection
from typing import Final, NamedTuple

STOP_WORDS: Final = frozenset(
    {
        "stop",
        "stopall",
        "unsubscribe",
        "cancel",
        "end",
        "quit",
        "revoke",
        "optout",
        "arret",
        "desabonner",
        "remove",
    }
)
STOP_PHRASES: Final = frozenset({"opt out", "stop all", "please stop", "stop please", "stop sms"})
START_WORDS: Final = frozenset({"start", "unstop", "yes", "add", "subscribe"})
HELP_WORDS: Final = frozenset({"help", "info", "aide"})

_MARKS: Final = re.compile(r"[^\w\s]|_")


def folded(text: str) -> str:
    """Compared form: width, case, accents, punctuation and spacing do not matter."""
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(char for char in wide if not unicodedata.combining(char))
    return " ".join(_MARKS.sub(" ", plain).split())


class Reading(NamedTuple):
    """What a reply is taken for (`stop`, `start`, `help`, `reply`), by which word, and whose the
    word is: `fixed` is in every account, `own` one the account added, "" for a plain reply."""

    kind: str
    word: str
    source: str


def read(text: str, extra_stop: Collection[str] = (), extra_start: Collection[str] = ()) -> Reading:
    """The whole reply must be the word, so that "don't stop" is a reply. `opt-out` is read as two
    words. Fixed words win over an account's own, and a stop over a start."""
    said = folded(text)
    if said in STOP_WORDS or said in STOP_PHRASES:
        return Reading("stop", said, "fixed")
    if said and said in map(folded, extra_stop):
        return Reading("stop", said, "own")
    if said in START_WORDS:
        return Reading("start", said, "fixed")
    if said and said in map(folded, extra_start):
        return Reading("start", said, "own")
    return Reading("help", said, "fixed") if said in HELP_WORDS else Reading("reply", said, "")


def meaning(text: str, extra_stop: Collection[str] = (), extra_start: Collection[str] = ()) -> str:
    """`stop`, `start`, `help` or `reply`; see `read`."""
    return read(text, extra_stop, extra_start).kind
