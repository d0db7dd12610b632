"""What the tests of Account · General start from: a card as a browser shows and sends it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.audit import Actor
from accounts.models import Account, Job
from tests.senders.given import entries_of, fields_of, member_of

__all__ = [
    "ACTOR",
    "address",
    "entries_of",
    "fields_of",
    "member_of",
    "save",
    "shown",
    "waiting_job",
]

ACTOR = Actor("person", "1", "Nadia Benali", "console")


def address(account: Account, page: str = "account_general") -> str:
    return reverse(f"console:{page}", args=[account.public_id])


def shown(client: Client, account: Account, card: str) -> dict[str, str]:
    """The card's form as the page shows it."""
    return fields_of(client.get(address(account)).content.decode(), card)


def waiting_job(account: Account, **given: Any) -> Job:
    """An export of the log that no worker has seen. Needs the scope."""
    asked = {"format": "csv", "filters": {}, "language": "en", "zone": "Europe/Paris"}
    return Job.objects.create(
        account=account, kind="activity", name="activity.csv", asked=asked, total=2100,
        person_id="1", person_label="Nadia Benali", **given,
    )  # fmt: skip


def save(client: Client, account: Account, card: str, **given: Any) -> Any:
    """The card is opened, changed as given (None leaves a box unticked) and sent."""
    sent = shown(client, account, card) | given
    sent = {name: value for name, value in sent.items() if value is not None}
    return client.post(address(account), sent)
