import pytest

from tests.make import make_account
from tests.senders.given import member_of
from tests.subaccounts.family import Family


@pytest.fixture
def family() -> Family:
    parent = make_account("Maison Mère")
    child = make_account("Atelier", parent=parent)
    return Family(parent, child, member_of(parent, name="Camille Roux"), member_of(child))
