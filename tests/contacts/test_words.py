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
    ["désinscrire", "DESINSCRIRE", "désinscription.", "Désabonner", "désabonnement", "ARRETER",
     "ARRETEZ", "ARRÊTER !", "Arrêtez", "Arrête", "Stop SVP", "stop stop", "stop merci",
     "Bonjour, stop s'il vous plaît.", "STOP ARRET", "STOP 36111", "STOP au 36111",
     "Arrêt 38222 merci", "je veux me désabonner", "Je souhaite me desinscrire, merci",
     "Merci de me désabonner", "Désinscrivez-moi", "arrêtez de m’envoyer des SMS", "Stop pub"],
)  # fmt: skip
def test_french_ways_to_stop(text: str) -> None:
    assert meaning(text) == "stop"
    assert meaning(text.upper()) == "stop"


@pytest.mark.parametrize(
    "text",
    ["unsubscribe me", "Unsubscribe me, please!", "stop texting me", "opt out", "opt-out", "OptOut",
     "I want to opt out", "I'd like to unsubscribe", "remove me", "Remove me from your list.",
     "STOP, thanks", "Please stop. Thank you", "stop to 72345", "cancel please", "Can you stop?"],
)  # fmt: skip
def test_english_ways_to_stop(text: str) -> None:
    assert meaning(text) == "stop"
    assert meaning(text.upper()) == "stop"


@pytest.mark.parametrize(
    "text",
    ["Je passe à l'arrêt de bus", "le stop est cassé", "Merci", "Merci beaucoup", "svp", "arrêt 12",
     "Je ne veux pas me désabonner", "Comment me désabonner ?", "Il faut arrêter le tabac",
     "OUI", "oui merci", "Je veux reprendre", "Quand reprendre ?", "Stop à 18 h",
     "Don't stop now, see you at 5", "Thanks, see you at the bus stop", "cancel 48213", "the end",
     "I want to cancel", "I want to quit", "Remove the second item", "stop 12",
     "please don't unsubscribe me", "Hi", "yes please", "36111"],
)  # fmt: skip
def test_a_sentence_about_something_else_is_a_reply(text: str) -> None:
    assert meaning(text) == "reply"


@pytest.mark.parametrize(
    "text", ["START", "Unstop.", "yes", "REPRENDRE", "Réabonner", "reabonner !"]
)
def test_a_whole_reply_of_a_fixed_word_starts(text: str) -> None:
    assert meaning(text) == "start"


def test_the_word_told_is_the_one_that_counted() -> None:
    assert read("Bonjour, STOP svp") == Reading("stop", "stop", "fixed")
    assert read("STOP au 36111") == Reading("stop", "stop", "fixed")
    assert read("je veux me désabonner") == Reading("stop", "me desabonner", "fixed")


@pytest.mark.parametrize(
    "text",
    ["don't stop", "stop it now", "STOPPER", "non", "", "   ", "...", "St0p", "no stop signs here"],
)
def test_a_word_inside_a_reply_is_a_reply(text: str) -> None:
    assert meaning(text) == "reply"


def test_own_words_are_read_as_tolerantly_and_never_beat_fixed_ones() -> None:
    assert read("  fini! ", ["FINI"]) == Reading("stop", "fini", "own")
    assert read("Réactivé", [], ["REACTIVE"]) == Reading("start", "reactive", "own")
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
