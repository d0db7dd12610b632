"""The market of these tests: one price for every country, and the simulator as the only route."""

import pytest

from billing.models import Price
from billing.pricing import forget_prices
from messaging import carriers
from messaging.models import Route
from tests.conftest import worker


@pytest.fixture(scope="package", autouse=True)
def market(database: str) -> None:
    with worker():
        Route.objects.get_or_create(name="Simulator", gateway="simulator", prefixes=["33", "1"])
        if not Price.objects.filter(country="*", currency="EUR", micro=45_000).exists():
            Price.objects.create(country="*", currency="EUR", micro=45_000)
    carriers.forget_ways()
    forget_prices()
