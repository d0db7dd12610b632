"""Writes segments.json from a slow reference that shares nothing with hub.lib.segments.

Run: python tests/vectors/build_segments.py. It fills parts one character at a time, with the
alphabet laid out as the columns of the table in 3GPP TS 23.038 section 6.2.1.
"""

import json
import random
from pathlib import Path
from typing import Any

TABLE_COLUMNS = [
    "@ £ $ ¥ è é ù ì ò Ç LF Ø ø CR Å å",
    "Δ _ Φ Γ Λ Ω Π Ψ Σ Θ Ξ ESC Æ æ ß É",
    "SP ! \" # ¤ % & ' ( ) * + , - . /",
    "0 1 2 3 4 5 6 7 8 9 : ; < = > ?",
    "¡ A B C D E F G H I J K L M N O",
    "P Q R S T U V W X Y Z Ä Ö Ñ Ü §",
    "¿ a b c d e f g h i j k l m n o",
    "p q r s t u v w x y z ä ö ñ ü à",
]
NAMED = {"LF": "\n", "CR": "\r", "SP": " "}
BASIC = [NAMED.get(name, name) for row in TABLE_COLUMNS for name in row.split() if name != "ESC"]
EXTENSION = ["\f", "^", "{", "}", "\\", "[", "~", "]", "|", "€"]

SENTENCES = [
    "Bonjour, votre commande est prête.",
    "Bonjour, votre commande est prete.",
    "Votre rendez-vous est confirmé pour demain à 14h30.",
    "L’équipe vous remercie de votre confiance.",
    "L'équipe vous remercie de votre confiance.",
    "Ça y est, c'est l'été ! Profitez de -20 % sur tout le magasin.",
    "Ca y est, c'est l'ete ! Profitez de -20 % sur tout le magasin.",
    "Code promo NOËL : 10 € offerts dès 50 € d'achat",
    "Code promo NOEL : 10 € offerts dès 50 € d'achat",
    "Un œuf, deux bœufs, trois sœurs",
    "À bientôt",
    "A bientot",
    "Où êtes-vous ? Hôtel du lac, 3 rue de la Forêt, Nîmes",
    "« Bonjour » dit-il…",
    "STOP au 36111",
    "Garçon, l’addition s’il vous plaît",
    "Prix : 1 182,40 €",
    "Prix : 1\u202f182,40\u00a0€",
    "Your parcel arrives today between 2 and 4 pm. Reply STOP to opt out.",
    "Your parcel arrives today – between 2 and 4 pm.",
    "Tab\there",
    "Line one\nLine two\r\nLine three",
    "ΔΦΓΛΩΠΨΣΘΞ are Greek capitals of the alphabet",
    "αβγ are not",
    "Привет",
    "你好，世界",
    "مرحبا",
    "שלום",
    "हिन्दी",
    "🎉",
    "👩‍👩‍👧‍👦 family",
    "🇫🇷 France",
    "e\u0301 decomposed",
    "{name} owes [10] ~ 5 | 2 ^ 3 \\ €",
    "page\fbreak",
    "back`tick",
    "escape\x1bcharacter",
    "no-break\u00a0space",
    "zero\u200bwidth",
    "ç and Ç differ: Ç only",
    "ÀÈÊËÎÏÔÙÛŸ",
    "àèéùìò",
    "¡Hola! ¿Cómo estás?",
    "¡Hola! Mañana te llamo",
    "Grüße aus München, schöne Straße",
    "Smørrebrød på Åland",
    "I ♥ you",
    "10 × 10",
    "50°",
    "½ price",
    "№ 5",
    "©2026",
    "¤ general currency",
    "\ud83d lone high surrogate",
    "lone low surrogate \ude00",
]


def reference(text: str) -> dict[str, Any]:
    """Encoding, units and parts, filling part after part by hand."""
    gsm = all(char in BASIC or char in EXTENSION for char in text)
    single, part = (160, 153) if gsm else (70, 67)
    widths = [width(char, gsm) for char in text]
    units = sum(widths)
    parts, room = 1, part
    if units > single:
        for char_width in widths:
            if char_width > room:
                parts, room = parts + 1, part
            room -= char_width
    return {
        "text": text,
        "encoding": "GSM-7" if gsm else "UCS-2",
        "units": units,
        "parts": parts,
    }


def width(char: str, gsm: bool) -> int:
    """Septets or UTF-16 units of one character."""
    if gsm:
        return 2 if char in EXTENSION else 1
    return 2 if ord(char) > 0xFFFF else 1


def texts() -> list[str]:
    """Sentences, boundaries, pairs that straddle a boundary, and seeded random mixtures."""
    found = ["", " ", *SENTENCES]
    for length in (1, 69, 70, 71, 134, 135, 152, 153, 154, 159, 160, 161, 306, 307, 459, 460, 5000):
        found += ["a" * length, "é" * length, "ê" * length]
    for length in (33, 34, 35, 36, 67, 68, 76, 77, 79, 80, 81, 153, 154):
        found += ["€" * length, "😀" * length, "a" + "😀" * length, "a" + "€" * length]
    for before in (65, 66, 67, 151, 152, 153, 304, 305, 306):
        found += ["a" * before + "€" + "b" * 60, "я" * before + "😀" + "b" * 60]
    chance = random.Random(20260101)
    alphabets = [BASIC, BASIC + EXTENSION, EXTENSION, ["😀", "a", "é"], ["ê", *BASIC, "𝒳"]]
    for number in range(60):
        alphabet = alphabets[number % len(alphabets)]
        found.append("".join(chance.choices(alphabet, k=chance.randint(1, 700))))
    return list(dict.fromkeys(found))


def main() -> None:
    """Write the vectors beside this file."""
    lines = ",\n".join(json.dumps(reference(text)) for text in texts())
    Path(__file__).with_name("segments.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
