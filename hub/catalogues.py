"""Compiles the translations without gettext's own programs."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(locale: Path) -> list[Path]:
    """Each `<language>/LC_MESSAGES/*.po` under `locale` has a `.mo` at least as new beside it.

    Fuzzy entries are left out. Returns the files written; none when nothing changed.
    """
    written = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        language = source.parent.parent.name
        draft = target.with_suffix(f".{os.getpid()}")
        with source.open("rb") as text, draft.open("wb") as binary:
            write_mo(binary, read_po(text, locale=language, domain=source.stem))
        draft.replace(target)
        written.append(target)
    return written
