"""How French is set: where a space may not break the line, which apostrophe, which marks.

Read by the check of the catalogue and by the walk over the rendered pages.
"""

import re
from typing import Final

# After the Imprimerie nationale's rules: a no-break space, narrow or not, before high punctuation
# and inside guillemets.
FAULTS: Final[dict[str, re.Pattern[str]]] = {
    "an ordinary space before : ; ? ! or »": re.compile(r"(?<=\S) (?=[:;?!»])"),
    "an ordinary space after «": re.compile(r"« "),
    "no space before ? or !": re.compile(r"[\w)%”»](?=[?!](?:\s|$))"),
    "no space before : or ;": re.compile(r"[\w)%”»](?=[:;](?:\s|$))"),
    "no space after «": re.compile(r"«(?![\u00a0\u202f])"),
    "no space before »": re.compile(r"(?<![\u00a0\u202f ])»"),
    "a straight apostrophe": re.compile(r"(?<=[^\W\d])'(?=\w)"),
    "two spaces": re.compile(r"[ \u00a0]{2}"),
    "three dots for an ellipsis": re.compile(r"\.\.\."),
}
# Not prose: addresses, entities of HTML, times, placeholders of JavaScript.
NOT_PROSE: Final = re.compile(r"https?://\S+|&#?\w+;|\b\w+:(?=\w)")


def french_faults(text: str) -> list[str]:
    """What is wrong with the setting of a French text, each with its place."""
    prose = NOT_PROSE.sub("x", text)
    return [
        f"{name}: …{prose[max(found.start() - 20, 0) : found.end() + 20]}…"
        for name, pattern in FAULTS.items()
        if (found := pattern.search(prose))
    ]
