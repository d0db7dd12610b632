"""Which replies stop and start: fixed words, an account's own, and everything around them."""

import pytest

from contacts.optout_words import Reading, meaning, read
from contacts.own_words import everyday, refused, split_words


@pytest.mark.parametrize(
    "text",
    ["STOP", "stop.", "  Stop! ", "ＳＴＯＰ", "Arrêt", "ARRÊT", "arret", "opt-out", "Opt Out",
     "st\u200bop".replace("\u200b", ""), "STOP\n", "«Stop»", "please stop", "désabonner"],
)  # fmt: skip
def test_a_whole_reply_of_a_fixed_word_stops(text: str) -> None:
    assert meaning(text) == "stop"


@pytest.mark.parametrize(
    "text",
    ["don't stop", "stop it now", "STOPPER", "non", "", "   ", "...", "St0p", "no stop signs here"],
)
def test_a_word_inside_a_reply_is_a_reply(text: str) -> None:
    assert meaning(text) == "reply"


def test_own_words_are_read_as_tolerantly_and_never_beat_fixed_ones() -> None:
    assert read("  fini! ", ["FINI"]) == Reading("stop", "fini", "own")
    assert read("Réabonner", [], ["REABONNER"]) == Reading("start", "reabonner", "own")
    assert read("STOP", [], ["STOP"]) == Reading("stop", "stop", "fixed")
    assert read("!!", ["--"]).kind == "reply"


@pytest.mark.parametrize(
    ("word", "kind", "why"),
    [
        ("A" * 21, "stop", "long"),
        ("NO MORE", "stop", "several"),
        ("ST.*", "stop", "signs"),
        ("^STOP$", "stop", "signs"),
        ("--", "stop", "signs"),
        ("SТOP", "stop", "mixed"),
        ("START", "stop", "start"),
        ("yes", "stop", "start"),
        ("AIDE", "stop", "help"),
        ("STOP", "start", "stop"),
        ("ARRÊT", "start", "stop"),
        ("OPT-OUT", "start", "stop"),
        ("INFO", "start", "help"),
        ("FINI", "start", "both"),
        ("STOP", "stop", "fixed"),
        ("Opt-out", "stop", "fixed"),
        ("Start", "start", "fixed"),
    ],
)
def test_words_that_may_not_be_added(word: str, kind: str, why: str) -> None:
    assert [one.why for one in refused([word], kind=kind, other=["fini"])] == [why]


@pytest.mark.parametrize(
    "word", ["FINI", "A" * 20, "STOP2", "NON-MERCI", "СТОП", "停止", "ÇASUFFIT"]
)
def test_words_that_may(word: str) -> None:
    assert refused([word], kind="stop") == []


def test_a_word_that_stands_there_twice_is_refused_once() -> None:
    found = refused(["BASTA", "FINI", "bástA"], kind="stop")
    assert [(one.word, one.why) for one in found] == [("bástA", "twice")]


def test_a_text_is_split_into_words() -> None:
    assert split_words("fini\n\n adiéu \r\nbasta;no  more,x") == [
        "FINI", "ADIÉU", "BASTA", "NO MORE", "X",
    ]  # fmt: skip


def test_everyday_words_are_known_with_and_without_accents() -> None:
    assert everyday(["OUI", "D'ACCORD", "FINI", "REÇU"]) == ["OUI", "D'ACCORD", "REÇU"]
