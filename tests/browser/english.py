"""English that stayed on a French page."""

import re
from functools import cache
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po
from playwright.sync_api import Page

from hub.translations import SAME_IN_FRENCH

CATALOGUE: Final = Path(__file__).resolve().parents[2] / "locale/fr/LC_MESSAGES/django.po"
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]*>")
TEXTS: Final = """() => {
  const data = "script, style, code, pre, .mono, .bubble, td.txt, [lang]:not(html)";
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
  return texts.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""


def texts(page: Page) -> set[str]:
    """Every piece of text and every label of the page that is not someone's data."""
    return set(page.evaluate(TEXTS))


@cache
def phrases() -> frozenset[str]:
    """Our English of two words and more, without what is filled in and what French shares."""
    with CATALOGUE.open("rb") as text:
        catalogue = read_po(text, locale="fr")
    found: set[str] = set()
    for message in catalogue:
        forms = message.id if isinstance(message.id, tuple) else (message.id,)
        french = str(message.string)
        for form in forms:
            if form and form not in SAME_IN_FRENCH:
                found |= {part for part in _parts(form) if part not in french}
    return frozenset(found)


def _parts(text: str) -> set[str]:
    parts = {part.strip(" .,:;()“”") for part in PLACEHOLDER.split(text)}
    return {part for part in parts if len(re.findall(r"[^\W\d_]{2,}", part)) >= 2}


def left_in(french: set[str]) -> list[str]:
    """Our English phrases that stand word for word in these texts of a French page."""
    joined = "\n".join(french)
    return sorted(
        phrase
        for phrase in phrases()
        if phrase in joined and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", joined)
    )
