"""What a careless or hostile hand sends to the console's forms, all of them.

Forms are found in the code, ways to write by the walk of tests/test_activity_walk.py: a new one is
tried here, or fails until it says how.
"""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, NamedTuple

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone

from accounts.closing_views import CloseForm
from accounts.forms import OpenAccountForm, WhyForm
from accounts.general_cards import NameForm, ZoneForm
from accounts.models import Account
from accounts.sure_form import KnownForm, SureForm
from apisettings.forms import KeyForm, WebhookForm
from contacts.opt_out_card import OptOutForm
from hub.lib.forms import ConsoleForm
from messaging.writing.send_form import SendForm
from messaging.writing.template_form import TemplateForm
from senders.cards import CARDS as SENDING_CARDS
from tests.accounts import given as general
from tests.line import route
from tests.make import PASSWORD, make_user, signed_in
from tests.senders import given as sending
from tests.writing_cases import (
    CASES,
    HOOK,
    NEW_KEY,
    NEW_MESSAGE,
    Case,
    World,
    prepared,
    present_secret,
)

__all__ = ["route"]

NEW_ACCOUNT: Final = {"name": "Neuve", "country": "FR", "time_zone": "Europe/Paris"}
# No form of an account's console.
ELSEWHERE: Final = {
    "accounts.activity_form": "filters, of GET; tests/accounts/test_activity.py",
    "messaging.forms": "filters, of GET; tests/messaging/test_list.py",
    "users.forms": "a person's own pages; tests/console",
    "hub.admin": "staff; tests/hub/test_staff.py",
    "hub.gallery": "samples",
    "hub.lib": "bases of others",
    "accounts.cards": "bases of others",
    "senders.heritable_form": "bases of others",
}


class Page(NamedTuple):
    """Where a form is sent, and what a person would send there; the fields at fault replace it."""

    url_name: str
    body: Callable[[World], dict[str, Any]]
    of_account: bool = True

    def url(self, world: World) -> str:
        if not self.of_account:
            return reverse(self.url_name)
        return reverse(f"console:{self.url_name}", args=[world.account.public_id])


def state_of(world: World) -> Any:
    """Every row of the account, and which accounts its owner has."""
    return world.state(), set(world.person.memberships.values_list("account", flat=True))


def _card(module: Any, card: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: module.shown(world.owner, world.account, card)


PAGES: Final[dict[type[ConsoleForm], Page]] = {
    NameForm: Page("account_general", _card(general, "name")),
    ZoneForm: Page("account_general", _card(general, "zone")),
    OptOutForm: Page("account_general", lambda world: {
        **general.shown(world.owner, world.account, "optout"), "confirm": "on",
    }),
    WhyForm: Page("account_duplicates", lambda world: {"why": "Familles"}),
    CloseForm: Page("account_close", lambda world: {
        "typed": world.account.name, "password": PASSWORD, "sure": "on",
    }),
    OpenAccountForm: Page("open_account", lambda world: NEW_ACCOUNT, of_account=False),
    KeyForm: Page("api_key_new", lambda world: NEW_KEY),
    WebhookForm: Page("api_webhooks", lambda world: HOOK),
    SureForm: Page("api_webhook_secret_replace", present_secret),
    SendForm: Page("message_new", lambda world: NEW_MESSAGE),
    TemplateForm: Page("template_new", lambda world: {
        "name": "Rappel", "text": "Bonjour", "do": "save",
    }),
    **{
        kind.form: Page("numbers_settings", _card(sending, kind.id)) for kind in SENDING_CARDS
    },
}  # fmt: skip
# A message's text may hold any script, and marks that turn it: phones show them.
ANY_SCRIPT: Final = {(SendForm, "text"), (TemplateForm, "text")}
# Looked up, not stored: another value is no value.
NOT_STORED: Final = {(SendForm, "template"), (SendForm, "token"), (OpenAccountForm, "token")}

BAD: Final = {
    "too long": "A" * 10_001,
    "nul": "Mai\x00son",
    "control": "Mai\x07son",
    "bidi": "Mai\u202eson",
    "zero width": "Mai\u200bson",
}


def every_form(base: type[ConsoleForm] = ConsoleForm) -> Iterator[type[ConsoleForm]]:
    for one in base.__subclasses__():
        yield one
        yield from every_form(one)


def texts_of(form: type[ConsoleForm]) -> list[str]:
    """Fields one types into, or whose value a hand may forge."""
    return [name for name, field in form.base_fields.items() if isinstance(field, forms.CharField)]


TYPED: Final = [
    (form, field) for form in PAGES for field in texts_of(form) if (form, field) not in NOT_STORED
]


@pytest.fixture
def world(route: None) -> World:
    return World()


def test_every_form_of_the_console_is_tried() -> None:
    found = {
        form for form in every_form() if not form.__module__.startswith((*ELSEWHERE, "tests."))
    }
    assert found - {KnownForm} == PAGES.keys()  # which is tried as what it is part of


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    ("form", "field"), TYPED, ids=lambda one: one if isinstance(one, str) else one.__name__
)
def test_what_cannot_be_a_text_is_refused_and_changes_nothing(
    form: type[ConsoleForm], field: str, bad: str, world: World
) -> None:
    if bad in ("bidi", "zero width") and (form, field) in ANY_SCRIPT:
        pytest.skip("a text in any script")
    page = PAGES[form]
    body = page.body(world)
    before = state_of(world)
    answer = world.owner.post(page.url(world), {**body, field: BAD[bad]})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert 'class="note bad sum"' in html, "the summary says what is wrong"
    assert state_of(world) == before


@pytest.mark.parametrize("form", PAGES, ids=lambda form: form.__name__)
def test_an_empty_body_is_refused_and_changes_nothing(
    form: type[ConsoleForm], world: World
) -> None:
    page = PAGES[form]
    if form is WhyForm:
        pytest.skip("a reason is not required")
    page.body(world)  # what must stand before it stands
    before = state_of(world)
    assert world.owner.post(page.url(world), {}).status_code in (400, 422)
    assert state_of(world) == before


NAMED: Final = (NameForm, KeyForm, TemplateForm)


@pytest.mark.parametrize("form", NAMED, ids=lambda form: form.__name__)
@pytest.mark.parametrize(
    ("name", "told"),
    [
        # Cyrillic and Greek letters among Latin ones; a bold Greek letter is one of them too.
        ("Mаison Verdier", "two alphabets that look alike"),
        ("Μaison", "two alphabets that look alike"),
        ("Rаppel", "two alphabets that look alike"),
        ("crm-рrod", "two alphabets that look alike"),
        ("R\U0001d6c2ppel", "two alphabets that look alike"),
        # Nothing is seen of these, or no letter.
        ("\u3164", "at least one letter or digit"),
        ("\u2800\u2800", "at least one letter or digit"),
        ("\u0301", "at least one letter or digit"),
        ("Rap\u3164pel", "cannot be seen"),
    ],
)
def test_a_name_that_looks_like_another_or_like_nothing_is_refused(
    form: type[ConsoleForm], name: str, told: str, world: World
) -> None:
    page = PAGES[form]
    url = reverse(f"console:{page.url_name}", args=[world.account.public_id])
    before = world.state()
    answer = world.owner.post(url, {**page.body(world), "name": name})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert world.state() == before


@pytest.mark.parametrize(
    "name", ["Дом Верди", "Maison Дом", "Café Zoé", "東京 Shop", "日本カメラABC"]
)
@pytest.mark.parametrize("form", NAMED, ids=lambda form: form.__name__)
def test_names_of_other_alphabets_are_names(
    form: type[ConsoleForm], name: str, world: World
) -> None:
    page = PAGES[form]
    url = reverse(f"console:{page.url_name}", args=[world.account.public_id])
    assert world.owner.post(url, {**page.body(world), "name": name}).status_code == 302
    assert name in str(world.entries()[-1].changes)


def named(case: Case) -> str:
    return f"{case.url_name}:{case.action or 'sent'}"


# Each press is asked for.
MORE_THAN_ONCE: Final = {
    "api_webhook_test": "another test event",
    "account_activity_csv": "another file",
    "account_activity_jsonl": "another file",
}
# Open while an account closes.
WHILE_CLOSING: Final = {
    "account_keep": "is what can be changed then",
    "account_activity_csv": "a reading, as the log itself",
    "account_activity_jsonl": "a reading, as the log itself",
}


@pytest.mark.parametrize("case", CASES, ids=named)
def test_pressing_twice_is_one_change(case: Case, world: World) -> None:
    url, body = prepared(case, world)
    number = len(world.entries())
    for _twice in range(2):
        answer = world.owner.post(url, body)
        assert answer.status_code in (case.answers, 409), answer.status_code
        if case.url_name == "account_close":
            world.again()
    made = [entry.action for entry in world.entries()[number:]]
    if case.url_name in MORE_THAN_ONCE:
        assert made == [case.action] * 2
    else:
        assert made == ([case.action] if case.action else [])


def test_opening_an_account_twice_with_one_page_opens_one(world: World) -> None:
    page = reverse("open_account")
    token = re.search(r'name="token" value="([^"]+)"', world.owner.get(page).content.decode())
    assert token
    body = {**NEW_ACCOUNT, "token": token[1]}
    first, again = (world.owner.post(page, body) for _twice in range(2))
    assert (first.status_code, again.status_code) == (302, 302)
    assert first["Location"] == again["Location"]
    assert world.person.memberships.count() == 2
    opened = world.person.memberships.get(account__name="Neuve").account
    assert [entry.action for entry in general.entries_of(opened)] == ["account.opened"]
    other = world.owner.post(page, {**body, "name": "Autre"})
    assert other.status_code == 422
    assert "This page has already opened another account" in other.content.decode()
    assert world.person.memberships.count() == 2
    stranger = make_user()
    assert signed_in(stranger).post(page, body)["Location"] != first["Location"]
    assert stranger.memberships.get().role == "owner"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_nothing_is_changed_in_an_account_that_closes_or_is_closed(
    case: Case, world: World
) -> None:
    if case.url_name in WHILE_CLOSING:
        pytest.skip(WHILE_CLOSING[case.url_name])
    url, body = prepared(case, world)
    for state, status in ((Account.State.CLOSING, 409), (Account.State.CLOSED, 404)):
        Account.objects.filter(pk=world.account.pk).update(
            state=state, closes_at=timezone.now() + timedelta(days=3)
        )
        before = world.state()
        assert world.owner.post(url, body).status_code == status
        assert world.state() == before


def test_closing_an_account_leaves_its_owner_signed_in(world: World) -> None:
    """Also when the password's hash is an old one, which signing in would renew."""
    owner = signed_in(world.person)
    url = reverse("console:account_close", args=[world.account.public_id])
    hashed = world.person.password
    sent = {"typed": world.account.name, "password": PASSWORD, "sure": "on"}
    assert owner.post(url, sent).status_code == 302
    world.person.refresh_from_db()
    assert world.person.password == hashed
    page = reverse("console:account_general", args=[world.account.public_id])
    assert owner.get(page).status_code == 200
