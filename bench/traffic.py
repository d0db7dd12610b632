"""What is posted: believable bodies, the same in every run."""

import json
import random
from base64 import b64encode
from typing import Final

# Fates of the simulator hang on the last two digits; 10 to 99 are delivered.
COUNTRIES: Final = [("+336", 8), ("+337", 8), ("+4477", 8), ("+4917", 9), ("+1212", 7)]
WEIGHTS: Final = [50, 30, 8, 8, 4]
OPTED_OUT: Final = 200_000
TEXTS: Final = [
    "Bonjour, votre commande 4711 est prête. Retrait jusqu'à samedi 19 h, 12 rue des Lilas.",
    "Maison Verdier: -20% on everything until Sunday with the code SPRING. Stop: reply STOP",
    "Votre rendez-vous du 14 mars à 15 h 30 est confirmé. Pour le déplacer, répondez à ce message.",
    "Your parcel is on its way and arrives between 14:00 and 16:00. Follow it: https://ex.test/a1b2",
    "Rappel : votre abonnement se termine bientôt. Prolongez-le en ligne, en boutique ou par"
    " téléphone au 01 23 45 67 89, du lundi au samedi, de 9 h à 19 h. Merci de votre confiance !",
    "Ваш заказ готов, ждём вас до субботы 🎁",
]
TEXT_WEIGHTS: Final = [30, 25, 20, 15, 6, 4]


def opted_out(index: int) -> str:
    """One of the 200,000 numbers of the block list."""
    return f"+3361{index:07d}"


def number(chance: random.Random) -> str:
    """A number to post to: one in a hundred is on the block list."""
    if chance.random() < 0.01:
        return opted_out(chance.randrange(OPTED_OUT))
    head, digits = chance.choices(COUNTRIES, WEIGHTS)[0]
    middle = chance.randrange(10 ** (digits - 2))
    return f"{head}{middle:0{digits - 2}d}{chance.randrange(10, 100)}"


def body(chance: random.Random, messages: int) -> bytes:
    """The JSON of one POST."""
    items = [
        {
            "content": chance.choices(TEXTS, TEXT_WEIGHTS)[0],
            "destination_number": number(chance),
            "format": "SMS",
        }
        for _ in range(messages)
    ]
    return json.dumps({"messages": items}, ensure_ascii=False).encode()


def bodies(count: int, messages: int) -> list[bytes]:
    """`count` different POSTs, the same in every run."""
    chance = random.Random(4711)
    return [body(chance, messages) for _ in range(count)]


def basic(key: str, secret: str) -> str:
    return "Basic " + b64encode(f"{key}:{secret}".encode()).decode()
