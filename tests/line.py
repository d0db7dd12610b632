"""A program and its account, from HTTP to the carrier: what the tests of messages are told with."""

import json
import time
from typing import Any

import pytest
from django.test import Client

from accounts.tenancy import scope
from apisettings.models import Event
from billing.models import Price, Wallet
from messaging import carriers, dispatch, sweeps
from messaging.models import Route
from senders.models import SendingSettings
from tests.conftest import worker
from tests.make import Key, fund, make_account, make_key

ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
NEVER = {day: [] for day in ALWAYS}
PRICE = 45_000


@pytest.fixture(scope="module", autouse=True)
def route(database: str) -> None:
    """The simulator is a route like any other, and one price stands for every country."""
    with worker():
        Route.objects.get_or_create(name="Simulator", gateway="simulator", prefixes=["33", "1"])
        Price.objects.create(country="*", currency="EUR", micro=PRICE)
        carriers.forget_ways()


class Line:
    """One account with a key, money and a program that posts."""

    def __init__(self, **settings: Any) -> None:
        self.account = make_account(**settings)
        fund(self.account)
        self.key = make_key(self.account)
        self.client = Client()

    def post(self, *messages: dict[str, Any], key: Key | None = None, **headers: str) -> Any:
        return self.client.post(
            "/v1/messages",
            data=json.dumps({"messages": list(messages)}),
            content_type="application/json",
            headers={"Authorization": (key or self.key).header, **headers},
        )

    def send(self, to: str = "+33612345670", **fields: Any) -> str:
        answer = self.post({"content": "Bonjour", "destination_number": to, **fields})
        assert answer.status_code == 202, answer.content
        return str(answer.json()["messages"][0]["message_id"])

    def show(self, id_: str) -> dict[str, Any]:
        answer = self.client.get(f"/v1/messages/{id_}", headers={"Authorization": self.key.header})
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def becomes(self, id_: str, status: str, *, within: float = 8.0) -> dict[str, Any]:
        """Work until the message has `status`; what it is then."""
        until = time.monotonic() + within
        while True:
            work()
            found = self.show(id_)
            if found["status"] == status or time.monotonic() > until:
                assert found["status"] == status, found
                return found
            time.sleep(0.05)

    def change(self, **settings: Any) -> None:
        with scope(self.account):
            found = SendingSettings.objects.for_account(self.account).get()
            for name, value in settings.items():
                setattr(found, name, value)
            found.version += 1
            found.save()

    def balances(self) -> dict[str, int]:
        with scope(self.account):
            rows = Wallet.objects.for_account(self.account).values_list("kind", "balance")
            return dict(rows)

    def events(self, id_: str) -> list[str]:
        with scope(self.account):
            rows = Event.unscoped.filter(account=self.account.pk, payload__message_id=id_)
            return [event.kind for event in rows.order_by("at", "id")]


def work() -> None:
    with worker():
        dispatch.drain()
        sweeps.match_parked_receipts()
        sweeps.look_at_flights()
