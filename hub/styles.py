"""One style sheet for people, several for whoever writes them.

`css/console.css` imports the others. Where static files are collected, what it imports is written
into it, without comments: one request, and a third less to load than the files one by one.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET: Final = "css/console.css"
IMPORT: Final = re.compile(r'@import "([\w.-]+)";')
COMMENT: Final = re.compile(r"/\*.*?\*/\s*", re.DOTALL)

# By its name below STATIC_ROOT: the storage that has the file, and its name there.
Paths = dict[str, tuple[Any, str]]


class OneSheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Files named by their content, compressed once, with one style sheet."""

    def post_process(self, paths: Paths, *args: Any, **options: Any) -> Iterator[Any]:
        if SHEET in paths:
            self.delete(SHEET)
            self.save(SHEET, ContentFile(whole_sheet(paths).encode()))
            paths = {**paths, SHEET: (self, SHEET)}
        yield from super().post_process(paths, *args, **options)


def whole_sheet(paths: Paths) -> str:
    """The style sheet with what it imports, in order, without comments."""

    def imported(found: re.Match[str]) -> str:
        return _text(paths, f"css/{found[1]}")

    return COMMENT.sub("", IMPORT.sub(imported, _text(paths, SHEET)))


def _text(paths: Paths, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
