"""What a French page says: English that stayed on it, French that is badly set."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po
from playwright.sync_api import Page

from hub.lib.typography import french_faults
from hub.translations import SAME_IN_FRENCH

CATALOGUE: Final = Path(__file__).resolve().parents[2] / "locale/fr/LC_MESSAGES/django.po"
# A language is named in itself.
LANGUAGES: Final = frozenset({"English"})
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]*>")
TEXTS: Final = """() => {
  const data = "script, style, code, pre, .mono, [dir=auto], .bubble, td.txt, [lang]:not(html)";
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement?.closest(data)) texts.push(node.textContent);
  }
  for (const name of ["aria-label", "title", "placeholder", "alt", "data-copied"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      if (!element.closest(data)) texts.push(element.getAttribute(name));
    }
  }
  return texts.map((text) => text.replace(/[ \\t\\r\\n]+/g, " ").trim()).filter(Boolean);
}"""


def texts(page: Page) -> set[str]:
    """Every piece of text and every label of the page that is not someone's data."""
    return set(page.evaluate(TEXTS))


@cache
def translated() -> dict[str, set[str]]:
    """Our English, each with all of its French (contexts may differ)."""
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text, locale="fr")
    found: dict[str, set[str]] = defaultdict(set)
    for message in catalogue:
        forms = message.id if isinstance(message.id, tuple) else (message.id,)
        french = message.string if isinstance(message.string, tuple) else (message.string,)
        for form in forms:
            if form and form not in SAME_IN_FRENCH:
                found[form].update(french)
    return found


@cache
def phrases() -> frozenset[str]:
    """Our English of two words and more, without what is filled in and what French shares."""
    return frozenset(
        part
        for english, french in translated().items()
        for part in _parts(english)
        if not any(part in one for one in french)
    )


@cache
def words() -> frozenset[str]:
    """Our English that is one word, and another word in French."""
    return frozenset(
        english
        for english, french in translated().items()
        if re.fullmatch(r"[^\W\d_]{3,}\.?", english) and english not in {*french, *LANGUAGES}
    )


def _parts(text: str) -> set[str]:
    parts = {part.strip(" .,:;()“”") for part in PLACEHOLDER.split(text)}
    return {part for part in parts if len(re.findall(r"[^\W\d_]{2,}", part)) >= 2}


def left_in(french: set[str]) -> list[str]:
    """Our English in these texts: phrases word for word, single words where they stand alone."""
    joined = "\n".join(french)
    found = {
        phrase
        for phrase in phrases()
        if phrase in joined and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", joined)
    }
    return sorted(found | (words() & french))


def badly_set(french: set[str]) -> list[str]:
    """What is wrong with the spaces and marks of these texts; what they quote is someone's own."""
    ours = [re.sub(r"«\u00a0.*?\u00a0»", "«\u00a0…\u00a0»", text) for text in sorted(french)]
    return [fault for text in ours for fault in french_faults(text)]
