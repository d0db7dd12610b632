"""The counter of the pages counts, replaces and merges as the server does, in a real engine."""

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hub.lib.segments import count, plain, replacements
from messaging.merge import MergeError, merge
from tests.vectors.merge_texts import FAULTY, INJECTIONS, READABLE, VALUES

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/segments.json").read_text())
TEXTS = [vector["text"] for vector in VECTORS]

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def engine(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page()
    page.add_script_tag(content=(ROOT / "static/js/segments.js").read_text())
    yield page
    page.close()


def of_each(engine: Page, function: str, texts: list[str]) -> list[Any]:
    return list(engine.evaluate(f"texts => texts.map((text) => {function})", texts))


def test_every_vector_is_counted_as_stored_and_as_by_the_server(engine: Page) -> None:
    for vector, found in zip(
        VECTORS, of_each(engine, "hubSegments.count(text)", TEXTS), strict=True
    ):
        stored = {name: found[name] for name in ("encoding", "units", "parts")}
        assert {"text": vector["text"], **stored} == vector
        ours = count(vector["text"])
        assert (found["left"], tuple(found["forcing"])) == (ours.left, ours.forcing)


def test_every_vector_is_made_as_plain_as_by_the_server(engine: Page) -> None:
    for text, made in zip(TEXTS, of_each(engine, "hubSegments.plain(text)", TEXTS), strict=True):
        assert made == plain(text)


def test_every_character_people_type_is_spelled_as_by_the_server(engine: Page) -> None:
    # General scripts and punctuation, compatibility forms, and loose marks after a letter.
    spans = (range(0x3400), range(0xA640, 0xD7A4), range(0xF900, 0x10000), range(0x1F100, 0x1F700))
    texts = [chr(code) for span in spans for code in span]
    # What Python's older Unicode has no character for, the browser may.
    texts = [char for char in texts if unicodedata.category(char) != "Cn"]
    texts += [letter + chr(mark) for letter in "aeEncu" for mark in range(0x300, 0x370)]
    found = of_each(engine, "hubSegments.replacements(text)", texts)
    wrong = [
        (text, pairs)
        for text, pairs in zip(texts, found, strict=True)
        if dict(pairs) != replacements(text)
    ]
    assert wrong == []


def test_every_text_with_fields_reads_as_by_the_server(engine: Page) -> None:
    texts = [*(one[0] for one in READABLE), *(one[0] for one in FAULTY), *INJECTIONS]
    values = json.dumps(VALUES)
    found = of_each(engine, f"hubSegments.merge(text, {values})", texts)
    assert found == [merged(text) for text in texts]


def merged(text: str) -> str | None:
    try:
        return merge(text, VALUES)
    except MergeError:
        return None
