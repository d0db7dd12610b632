"""The mail that people got: everything in the outbox is sent first, as the worker does it."""

from typing import Any

from django.core import mail

from accounts.sweeps import send_mail
from tests.conftest import worker


def letters_to(*emails: str) -> list[Any]:
    """Every letter these people got in this test, the oldest first."""
    with worker():
        while send_mail():
            pass
    return [one for one in mail.outbox if one.to[0] in emails]


def html_of(letter: Any) -> str:
    """The letter's HTML part; it has one beside the text."""
    ((content, kind),) = letter.alternatives
    assert kind == "text/html"
    return str(content)
