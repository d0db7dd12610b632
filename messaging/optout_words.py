"""Which replies stop, start or ask for help.

Statutory and customary words (spec/rules.md 2.1: CTIA, FCC since 2025-04-11, the incumbent's
defaults, France's STOP, as of November 2026). An account may add words, never remove these.
"""

import re
import unicodedata
from typing import Final

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


def meaning(text: str) -> str:
    """`stop`, `start`, `help` or `reply`: the whole reply must be the word, so that "don't stop"
    is a reply. `opt-out` is read as two words."""
    said = folded(text)
    if said in STOP_WORDS or said in STOP_PHRASES:
        return "stop"
    if said in START_WORDS:
        return "start"
    return "help" if said in HELP_WORDS else "reply"
