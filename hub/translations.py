"""Collecting and checking the translations, without gettext's own programs.

Python is read by Babel; a template is first turned by Django into the Python-like text it gives to
xgettext, and then read the same way.
"""

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from hub.lib.typography import french_faults

KEYWORDS: Final = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
APPS: Final = (
    "hub", "accounts", "users", "contacts", "apisettings", "billing", "senders", "messaging",
    "subaccounts",
)  # fmt: skip
# Words that are the same in both languages, or names.
FIXED: Final = datetime(2026, 1, 1, tzinfo=UTC)
SAME_IN_FRENCH: Final = frozenset(
    Path(__file__).with_name("same_in_french.txt").read_text("utf-8").splitlines()
)
_PLACEHOLDERS: Final = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}")


def template_catalogue(root: Path) -> Catalog:
    """Every string of the source, without places, so that moving code changes nothing."""
    catalogue = Catalog(fuzzy=False)
    for text, plural, context in _strings(root):
        catalogue.add((text, plural) if plural else text, context=context)
    return catalogue


def _strings(root: Path) -> Iterator[tuple[str, str | None, str | None]]:
    files = [path for app in APPS for path in sorted((root / app).rglob("*.py"))]
    for path in files:
        if "migrations" not in path.parts:
            yield from _read(path.read_bytes())
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            python = templatize(path.read_text("utf-8"), origin=str(path))
            yield from _read("\n".join(map(str.strip, python.splitlines())).encode())


def _read(source: bytes) -> Iterator[tuple[str, str | None, str | None]]:
    for _line, found, _comments, context in extract(
        "python", io.BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        forms = found if isinstance(found, tuple) else (found,)
        if forms[0]:
            yield forms[0], forms[1] if len(forms) > 1 else None, context


def load(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="fr", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="fr")


def bring_up_to_date(root: Path, path: Path) -> Catalog:
    """The catalogue at `path` holds exactly the strings of the source; new ones are empty."""
    catalogue = load(path)
    catalogue.update(template_catalogue(root), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    # No stamp of when it was made: the file changes only when a string does.
    catalogue.project, catalogue.version = "Hub", "1"
    catalogue.header_comment = "# French translations of Hub."
    catalogue.creation_date = catalogue.revision_date = FIXED
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, sort_output=True, no_location=True, width=100, omit_header=False)
    return catalogue


def faults(root: Path, path: Path) -> list[str]:
    """Why the French is not complete and clean; empty when it is."""
    wanted, have = template_catalogue(root), load(path)
    keys = {(one.id if isinstance(one.id, str) else one.id[0], one.context) for one in wanted}
    known = {(one.id if isinstance(one.id, str) else one.id[0], one.context) for one in have}
    found = [f"missing: {text!r}" for text, _ in sorted(keys - known, key=str) if text]
    found += [f"obsolete: {text!r}" for text, _ in sorted(known - keys, key=str) if text]
    for message in have:
        if message.id:
            found += _faults_of(message)
    return found


def _faults_of(message: Message) -> list[str]:
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    name = ids[0]
    found = [f"fuzzy: {name!r}"] if message.fuzzy else []
    for text in texts:
        if not text:
            found.append(f"untranslated: {name!r}")
            continue
        wanted = {frozenset(_PLACEHOLDERS.findall(one)) for one in ids}
        if frozenset(_PLACEHOLDERS.findall(text)) not in wanted:
            found.append(f"placeholders differ: {name!r}")
        if text in ids and text not in SAME_IN_FRENCH:
            found.append(f"same as the English: {name!r}")
        found += [f"French typography, {fault}" for fault in french_faults(text)]
    return found
