"""Every page of the console asks the database little, and no more for three rows than for one.

The pages are those of the walls test, and so are the things in them. What is counted is every
statement sent to Postgres, those past Django's own cursors too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
import pytest
from django.urls import reverse

from tests.browser.tour import DOWNLOADS, OWN, QUERIES
from tests.line import route
from tests.make import make_account, make_member, make_user, signed_in
from tests.test_walls import NEEDS_MORE, PAGES, PARAMS, Address, World, named, url, world

__all__ = ["route", "world"]

MOST: Final = 12
# Opens and closes the account's scope around the page: a setting, not a question.
SETTING: Final = "SELECT set_config('hub.account'"
SHOWN: Final = [one for one in PAGES if one.name not in DOWNLOADS and one.name not in NEEDS_MORE]


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The statements sent inside the block."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def heard(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        if not str(query).startswith(SETTING):
            sent.append(str(query))
        return execute(self, query, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", heard)
        yield sent


def more_rows(world: World) -> None:
    """One more of everything a page may show."""
    for made in PARAMS.values():
        made(world)


@pytest.mark.parametrize("address", SHOWN, ids=named)
def test_a_page_takes_few_queries_and_no_more_for_three_rows(
    address: Address, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = world.members["owner"]
    path = url(address, world) + QUERIES.get(address.name, "")
    more_rows(world)
    if not shows_a_page(owner.get(path)):
        pytest.skip("a door for POST, or a way to another page")
    with statements(monkeypatch) as one:
        owner.get(path)
    more_rows(world)
    more_rows(world)
    with statements(monkeypatch) as three:
        owner.get(path)
    assert len(one) <= MOST, "\n".join(one)
    assert len(three) <= len(one), "\n".join(three)


@pytest.mark.parametrize("name", OWN)
def test_a_persons_own_page_takes_few_queries_too(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_user()
    client = signed_in(person)
    with statements(monkeypatch) as none:
        client.get(reverse(name))
    for _time in range(3):
        make_member(make_account(), person, "owner")
    with statements(monkeypatch) as three:
        client.get(reverse(name))
    assert len(none) <= MOST, "\n".join(none)
    assert len(three) <= len(none), "\n".join(three)


def shows_a_page(answer: Any) -> bool:
    """Not a door for POST, not a redirect."""
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def test_statements_past_djangos_cursors_are_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with statements(monkeypatch) as sent:
        world.members["owner"].get(f"/a/{world.line.account.public_id}/messages/")
    assert any("accounts_membership" in query for query in sent)
    assert any("ledger_available" in query for query in sent)
