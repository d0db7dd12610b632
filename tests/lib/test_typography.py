"""French is set as French is set."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from hub.lib.typography import french_faults

CATALOGUE = Path(__file__).resolve().parents[2] / "locale/fr/LC_MESSAGES/django.po"


@pytest.mark.parametrize(
    "text",
    [
        "Pourquoi\u00a0?", "Oui\u202f!", "Solde\u00a0: 3,00\u00a0€", "Dites «\u00a0oui\u00a0».",
        "L’envoi part à 12:30.", "Voir https://hub.example/a?b=c: rien", "%(n)s parties\u00a0; fin",
        "Attendez…", "Réponse &laquo;", "",
    ],
)  # fmt: skip
def test_well_set_french_is_left_alone(text: str) -> None:
    assert french_faults(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Pourquoi ?", "Pourquoi?", "Solde : 3", "Solde: 3", "un ; deux", "un; deux",
        "«oui\u00a0»", "« oui\u00a0»", "«\u00a0oui»", "«\u00a0oui »", "l'envoi", "deux  espaces",
        "Attendez...", "%(name)s: fini", "(un)!",
    ],
)  # fmt: skip
def test_badly_set_french_is_found(text: str) -> None:
    assert french_faults(text)


def test_the_whole_catalogue_is_well_set() -> None:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    texts = [
        text
        for message in catalogue
        if message.id
        for text in (message.string if isinstance(message.string, tuple) else (message.string,))
    ]
    assert len(texts) > 500
    assert {text: found for text in texts if (found := french_faults(text))} == {}
