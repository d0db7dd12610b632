"""A browser in a few words, guessed from its User-Agent: a help to memory, no proof."""

from typing import Final

# The first that is found counts: others call themselves by these names too.
BROWSERS: Final = (
    ("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip
PHONES: Final = frozenset({"iPhone", "iPad", "Android"})


def browser_of(user_agent: str) -> str:
    """ "Firefox", or "" for what we do not know."""
    return _first(BROWSERS, user_agent)


def system_of(user_agent: str) -> str:
    """ "macOS", or "" for what we do not know."""
    return _first(SYSTEMS, user_agent)


def is_phone(user_agent: str) -> bool:
    return system_of(user_agent) in PHONES


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
