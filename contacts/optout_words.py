"""Which replies stop, start or ask for help.

Statutory and customary words (spec/rules.md 2.1: CTIA, FCC since 2025-04-11, the incumbent's
defaults, France's STOP, as of November 2026), their French forms, and the phrases for which the
FCC's "any reasonable wording" asks. An account may add words, never remove these.
"""

import re
import unicodedata
from collections.abc import Collection
from typing import Final, NamedTuple

STOP_WORDS: Final = frozenset(
    {
        "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove",
        "arret", "arrete", "arreter", "arretez", "desabonner", "desabonnement", "desinscrire",
        "desinscription",
    }
)  # fmt: skip
# Said of orders and dates too ("cancel 48213", "I want to quit"): nothing but manners beside them.
_BARE: Final = frozenset({"cancel", "end", "quit", "revoke", "remove"})
STOP_PHRASES: Final = frozenset(
    {
        "opt out", "opt me out", "unsubscribe me", "remove me", "remove me from your list",
        "remove me from this list", "take me off your list", "take me off this list", "stop all",
        "stop sms", "stop texts", "stop messages", "stop texting", "stop texting me",
        "stop messaging me", "stop contacting me", "stop sending me texts",
        "stop sending me messages", "no more texts", "no more messages", "do not text me",
        "don t text me", "stop pub", "stop aux sms", "arret sms", "plus de sms", "me desabonner",
        "me desinscrire", "desabonnez moi", "desinscrivez moi", "desabonne moi", "desinscris moi",
        "arretez les sms", "arretez les messages", "arretez de m envoyer des sms",
        "arretez de m envoyer des messages", "ne m envoyez plus de sms",
        "ne m envoyez plus de messages", "je ne veux plus de sms", "je ne veux plus de messages",
        "je ne veux plus recevoir de sms", "je ne veux plus recevoir de messages",
    }
)  # fmt: skip
START_WORDS: Final = frozenset(
    {"start", "unstop", "yes", "add", "subscribe", "reprendre", "reabonner"}
)
HELP_WORDS: Final = frozenset({"help", "info", "aide"})

_MARKS: Final = re.compile(r"[^\w\s]|_")
_POLITE: Final = (
    r"(?:please|pls|plz|thanks|thank you|thx|svp|stp|merci|s il vous plait|s il te plait|bonjour"
    r"|hello|hi)"
)
_MANNERS: Final = re.compile(rf"^(?:{_POLITE}(?: |$))+|(?:(?:^| ){_POLITE})+$")
_WISH: Final = re.compile(
    r"^(?:i (?:want|wish|need|would like|d like) to|(?:can|could) you|je (?:veux|voudrais|souhaite)"
    r"|pouvez vous|veuillez|de) "
)
# "STOP au 36111": the short number a French text names, and those of other countries.
_NUMBERED: Final = re.compile(r"(\w+)(?: au| to)? [0-9]{5,6}").fullmatch


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
    """The whole reply must say it, so that "don't stop" is a reply; manners ("Stop SVP"), a wish
    ("je veux me désabonner"), the same again and a short number may stand beside a stop word, and
    beside no other. `opt-out` is read as two words. Fixed words win over an account's own, and a
    stop over a start."""
    said = folded(text)
    stop = _fixed_stop(said)
    if stop:
        return Reading("stop", stop, "fixed")
    if said and said in map(folded, extra_stop):
        return Reading("stop", said, "own")
    if said in START_WORDS:
        return Reading("start", said, "fixed")
    if said and said in map(folded, extra_start):
        return Reading("start", said, "own")
    return Reading("help", said, "fixed") if said in HELP_WORDS else Reading("reply", said, "")


def _fixed_stop(said: str) -> str:
    """The fixed word or phrase a reply stops by, "" when it does not."""
    core = _MANNERS.sub("", said)
    words = core.split()
    if words and STOP_WORDS.issuperset(words):
        return words[0]
    if core in STOP_PHRASES:
        return core
    numbered = _NUMBERED(core)
    wish = numbered[1] if numbered else _WISH.sub("", core)
    return wish if wish in STOP_WORDS - _BARE or (not numbered and wish in STOP_PHRASES) else ""


def meaning(text: str, extra_stop: Collection[str] = (), extra_start: Collection[str] = ()) -> str:
    """`stop`, `start`, `help` or `reply`; see `read`."""
    return read(text, extra_stop, extra_start).kind
