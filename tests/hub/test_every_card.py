"""Every card of every settings page: who comes second is asked, and a change can be taken back.

The cards are those of the code: a new one fails here until it says how it is changed.
"""

import re
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.cards import CardKind
from accounts.models import Account, Membership
from accounts.permissions import PERMISSIONS, allows
from accounts.tenancy import scope
from hub.cards import CARDS, UNDOABLES
from messaging.writing import template_actions
from senders.models import Sender
from tests.make import make_account
from tests.senders.given import entries_of, fields_of, member_of

Fields = dict[str, str | None]

# Two different changes of each card, as a person makes them; None leaves a box unticked.
CHANGES: Final[dict[str, tuple[Fields, Fields]]] = {
    "name": ({"name": "Autre Maison"}, {"name": "Troisième Maison"}),
    "zone": ({"time_zone": "Indian/Reunion"}, {"time_zone": "Europe/London"}),
    "optout": ({"extra_stop": "BASTA"}, {"extra_stop": "BASTA\nFINI"}),
    "hours": ({"hours_on": "on", "wd_to": "19:00"}, {"hours_on": "on", "wd_to": "18:00"}),
    "limit": ({"limit_day": "3000"}, {"limit_day": "4000"}),
    "sender": ({"default_sender": "ATELIER"}, {"default_sender": ""}),
    "receipts": ({"receipts": None}, {"receipts": None}),
}


def named(kind: CardKind) -> str:
    return kind.id


every_card = pytest.mark.parametrize("kind", CARDS, ids=named)


@pytest.fixture
def account() -> Account:
    made = make_account()
    with scope(made):
        Sender.objects.create(account=made, address="ATELIER", kind="alpha")
    return made


def address(account: Account, kind: CardKind) -> str:
    return reverse(f"console:{kind.page}", args=[account.public_id])


def page(client: Client, account: Account, kind: CardKind) -> str:
    return str(client.get(address(account, kind)).content.decode())


def filled(client: Client, account: Account, kind: CardKind, given: Fields) -> dict[str, str]:
    """The card as a person opens it and changes it."""
    shown = fields_of(page(client, account, kind), kind.id) | given
    return {name: value for name, value in shown.items() if value is not None}


def press(client: Client, account: Account, kind: CardKind, sent: dict[str, str]) -> Any:
    """Save, and the button of the page before it where there is one."""
    answer = client.post(address(account, kind), sent)
    if answer.status_code == 302 and not answer["Location"].endswith(f"#{kind.id}"):
        return client.post(answer["Location"])
    return answer


def saved(account: Account, kind: CardKind) -> dict[str, Any]:
    account.refresh_from_db()
    with scope(account):
        return kind.read(account)


def undo_in(html: str) -> str:
    found = re.search(r'<form method="post" action="(/a/[^"]+/undo/[^"]+)"', html)
    assert found, "no Undo was offered"
    return found[1]


def test_every_card_says_here_how_it_is_changed() -> None:
    assert {kind.id for kind in CARDS} == CHANGES.keys()


def test_no_two_cards_share_an_action_or_a_name() -> None:
    assert len({kind.action for kind in CARDS}) == len({kind.id for kind in CARDS}) == len(CARDS)


def test_every_reversible_change_can_be_undone() -> None:
    templates = {
        template_actions.CHANGED,
        template_actions.ARCHIVED,
        template_actions.RESTORED,
    }
    assert UNDOABLES.keys() >= {kind.action for kind in CARDS} | templates


@every_card
def test_the_second_save_shows_both_values_and_changes_nothing(
    kind: CardKind, account: Account
) -> None:
    nadia, camille = member_of(account, name="Nadia Benali"), member_of(account)
    first, second = CHANGES[kind.id]
    stale = filled(camille, account, kind, second)
    if first == second:
        # One switch: it has been turned and turned back, and once more.
        stale |= {"version": "of another time"}
    assert press(nadia, account, kind, filled(nadia, account, kind, first)).status_code == 302
    now = saved(account, kind)
    if first == second:
        stale |= dict.fromkeys(first, "on")

    answer = press(camille, account, kind, stale)

    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Nadia Benali changed this on" in html
    assert f'href="#{kind.id}-clash"' in html
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', html[html.index(f'id="{kind.id}-clash"') :])
    assert any("<strong>" in row for row in rows), "what is at odds is marked"
    assert saved(account, kind) == now
    assert len(entries_of(account, kind.action)) == 1
    # Who saves again has seen both and means it.
    assert press(camille, account, kind, fields_of(html, kind.id)).status_code == 302
    assert saved(account, kind) != now


@every_card
@pytest.mark.parametrize("version", [None, "", "x", "0", "9" * 5000])
def test_a_version_nobody_was_shown_is_a_conflict(
    version: str | None, kind: CardKind, account: Account
) -> None:
    client = member_of(account)
    before = saved(account, kind)
    sent = filled(client, account, kind, {**CHANGES[kind.id][0], "version": version})
    assert press(client, account, kind, sent).status_code == 409
    assert saved(account, kind) == before
    assert entries_of(account) == []


@every_card
def test_pressing_save_twice_is_one_change(kind: CardKind, account: Account) -> None:
    client = member_of(account)
    sent = filled(client, account, kind, CHANGES[kind.id][0])
    for _twice in range(2):
        assert press(client, account, kind, sent).status_code == 302
    assert len(entries_of(account)) == 1


@every_card
def test_undo_brings_back_what_the_card_had(kind: CardKind, account: Account) -> None:
    client = member_of(account)
    before = saved(account, kind)
    press(client, account, kind, filled(client, account, kind, CHANGES[kind.id][0]))
    [entry] = entries_of(account, kind.action)
    assert saved(account, kind) != before

    answer = client.post(undo_in(page(client, account, kind)))

    assert answer["Location"].endswith(f"#{kind.id}")
    assert saved(account, kind) == before
    [*_, undone] = entries_of(account)
    assert undone.action == kind.action
    assert undone.changes.pop("undoes") == [None, str(entry.pk)]
    assert undone.changes == {name: pair[::-1] for name, pair in entry.changes.items()}


@every_card
def test_undo_asks_for_the_right_that_the_change_needed(
    kind: CardKind, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = member_of(account)
    press(owner, account, kind, filled(owner, account, kind, CHANGES[kind.id][0]))
    door, now = undo_in(page(owner, account, kind)), saved(account, kind)
    for role in Membership.Role:
        if not allows(role, kind.change):
            assert member_of(account, role).post(door).status_code == 403
    assert saved(account, kind) == now
    # A role that may change this and nothing else.
    monkeypatch.setitem(PERMISSIONS, kind.change, PERMISSIONS[kind.change] | {"basic"})
    assert member_of(account, "basic").post(door).status_code == 302
    assert saved(account, kind) != now


@every_card
def test_the_foot_says_the_origin_and_leads_to_the_changes_in_the_log(
    kind: CardKind, account: Account
) -> None:
    client = member_of(account, name="Camille Roux")
    press(client, account, kind, filled(client, account, kind, CHANGES[kind.id][0]))
    html = page(client, account, kind)
    card = html[html.index(f'id="{kind.id}"') :]
    foot = card[card.index('<p class="ft">') : card.index("</footer>")]
    found = re.search(r'Own value\. <a class="link" href="([^"]+)">Changed by Camille Roux', foot)
    assert found, foot
    log = client.get(found[1]).content.decode()
    assert log.count('<article class="card lg"') == 1


def test_who_may_not_read_the_log_gets_words_instead_of_a_link(account: Account) -> None:
    [limit] = [kind for kind in CARDS if kind.id == "limit"]
    owner = member_of(account, name="Camille Roux")
    press(owner, account, limit, filled(owner, account, limit, CHANGES["limit"][0]))
    html = page(member_of(account, "developer"), account, limit)
    assert "Own value. Changed by Camille Roux on" in html
    assert "account/activity" not in html


@every_card
def test_a_card_back_at_its_default_says_so(kind: CardKind, account: Account) -> None:
    if kind.defaults is None or kind.id == "sender":
        pytest.skip("has no default, or starts from another value")
    client = member_of(account)
    assert "Default value, never changed" in page(client, account, kind)
    press(client, account, kind, filled(client, account, kind, CHANGES[kind.id][0]))
    client.post(undo_in(page(client, account, kind)))
    html = page(client, account, kind)
    card = html[html.index(f'id="{kind.id}"') :]
    assert "Default value. <a" in card[: card.index("</footer>")]
