import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.lib.segments import BASIC, EXTENSION, count, plain, replacements

VECTORS = Path(__file__).parents[1] / "vectors"


def load_reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_segments", VECTORS / "build_segments.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


STORED: list[dict[str, Any]] = json.loads((VECTORS / "segments.json").read_text())
REFERENCE = load_reference()


def test_there_are_at_least_two_hundred_vectors() -> None:
    assert len(STORED) >= 200


def test_stored_vectors_are_those_of_the_reference() -> None:
    assert [REFERENCE.reference(text) for text in REFERENCE.texts()] == STORED


@pytest.mark.parametrize("vector", STORED, ids=range(len(STORED)))
def test_each_vector_is_counted_as_stored(vector: dict[str, Any]) -> None:
    found = count(vector["text"])
    assert (found.encoding, found.units, found.parts) == (
        vector["encoding"],
        vector["units"],
        vector["parts"],
    )


@given(st.text(alphabet=st.sampled_from(BASIC + EXTENSION + "ê😀𝒳\ud83d\ude00"), max_size=700))
def test_any_text_is_counted_as_by_the_reference(text: str) -> None:
    found, wanted = count(text), REFERENCE.reference(text)
    if "\ud83d\ude00" in text:  # two halves typed apart become one pair on the wire
        return
    assert (found.encoding, found.units, found.parts) == (
        wanted["encoding"],
        wanted["units"],
        wanted["parts"],
    )


@given(st.text(max_size=400))
def test_left_is_how_many_more_plain_letters_fit(text: str) -> None:
    found = count(text)
    assert count(text + "a" * found.left).parts == found.parts
    assert count(text + "a" * (found.left + 1)).parts == found.parts + 1


# Sizes printed by carriers' documentation: 160/153, 70/67, 5,000 characters = 33 or 75 parts.
@pytest.mark.parametrize(
    ("text", "encoding", "units", "parts", "left"),
    [
        ("", "GSM-7", 0, 1, 160),
        ("a" * 160, "GSM-7", 160, 1, 0),
        ("a" * 161, "GSM-7", 161, 2, 145),
        ("a" * 5000, "GSM-7", 5000, 33, 49),
        ("я" * 70, "UCS-2", 70, 1, 0),
        ("я" * 71, "UCS-2", 71, 2, 63),
        ("я" * 5000, "UCS-2", 5000, 75, 25),
        ("€" * 80, "GSM-7", 160, 1, 0),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3, 152),
        ("я" * 66 + "😀" + "я" * 66, "UCS-2", 134, 3, 66),
        ("😀" * 35, "UCS-2", 70, 1, 0),
        ("😀" * 36, "UCS-2", 72, 2, 61),
    ],
)
def test_published_sizes_hold(text: str, encoding: str, units: int, parts: int, left: int) -> None:
    assert count(text)[:4] == (encoding, units, parts, left)


def test_forcing_names_each_culprit_once_in_order() -> None:
    assert count("Ça n’est pas prêt, n’est-ce pas… 😀").forcing == ("’", "ê", "…", "😀")
    assert count("Ça coute 5 €").forcing == ()


def test_the_escape_character_itself_is_no_gsm_character() -> None:
    assert count("\x1b").encoding == "UCS-2"


def test_typographic_french_gets_plain_spellings() -> None:
    text = "L’œuf “frais” ç ê À … – — \u00a0\u202f«ici»"
    assert replacements(text) == {
        "’": "'", "œ": "oe", "“": '"', "”": '"', "ç": "c", "ê": "e", "À": "A", "…": "...",
        "–": "-", "—": "-", "\u00a0": " ", "\u202f": " ", "«": '"', "»": '"',
    }  # fmt: skip
    assert plain(text) == 'L\'oeuf "frais" c e A ... - -   "ici"'
    assert count(plain(text)).encoding == "GSM-7"


def test_a_decomposed_accent_is_composed_rather_than_lost() -> None:
    assert plain("caf\u0065\u0301 cre\u0302pe") == "café crepe"


def test_what_has_no_plain_spelling_is_left_alone() -> None:
    assert replacements("😀 Привет 你好") == {}
    assert plain("ok 😀") == "ok 😀"


def test_gsm_characters_are_never_suggested_away() -> None:
    assert replacements(BASIC + EXTENSION) == {}


@given(st.text(max_size=200))
def test_suggestions_are_always_gsm(text: str) -> None:
    assert not count("".join(replacements(text).values())).forcing
