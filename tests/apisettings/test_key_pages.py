from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts.models import AuditEntry
from accounts.tenancy import scope
from apisettings import keys
from apisettings.models import ApiKey
from senders.models import SendingSettings
from tests.make import PASSWORD, Cast, make_account, make_key, make_member, make_user, signed_in

SURE = {"sure": "on", "password": PASSWORD}


def page(cast: Cast, rest: str = "") -> str:
    return f"/a/{cast.account.public_id}/api/keys/{rest}"


def given(**changed: Any) -> dict[str, Any]:
    last = datetime.now(UTC).date() + timedelta(days=90)
    return {
        "name": "crm-prod",
        "mode": "live",
        "scopes": ["messages:send", "messages:read"],
        "networks": "198.51.100.0/24\r\n2001:db8::/32",
        "expires_on": last.isoformat(),
        "password": PASSWORD,
        **changed,
    }


def create(client: Client, cast: Cast, **changed: Any) -> Any:
    return client.post(page(cast, "new/"), given(**changed))


def value(html: str, field: str) -> str:
    return html.split(f'id="{field}"')[1].split('value="')[1].split('"')[0]


def test_a_made_key_works_and_its_secret_is_shown_once(cast: Cast, alice: Client) -> None:
    made = create(alice, cast)
    assert (made.status_code, made.url) == (302, page(cast, "created/"))
    shown = alice.get(made.url)
    assert "no-store" in shown["Cache-Control"]
    html = shown.content.decode()
    key_id, secret = value(html, "key-id"), value(html, "key-secret")
    assert f"curl -u {key_id}:SECRET" in html
    assert html.count(secret) == 1
    caller = keys.find(key_id, secret, "198.51.100.9")
    assert caller.account_id == cast.account.pk
    assert caller.scopes == {"messages:send", "messages:read"}
    with pytest.raises(keys.Refused):
        keys.find(key_id, secret, "203.0.113.1")
    again = alice.get(made.url)
    assert secret not in again.content.decode()
    assert "shown already" in again.content.decode()
    assert secret not in alice.get(page(cast)).content.decode()


def test_neither_session_nor_log_nor_table_holds_the_secret(cast: Cast, alice: Client) -> None:
    create(alice, cast)
    waiting = str(dict(alice.session))
    secret = value(alice.get(page(cast, "created/")).content.decode(), "key-secret")
    assert secret not in waiting
    with scope(cast.account):
        row = ApiKey.objects.for_account(cast.account).values().get()
        entry = AuditEntry.objects.for_account(cast.account).get(action="api_key.created")
    assert secret not in str(row)
    assert secret not in str(entry.changes)
    assert (entry.subject, entry.actor_label) == (row["key_id"], "Alice Martin")
    assert entry.changes["networks"][1] == ["198.51.100.0/24", "2001:db8::/32"]


def test_the_key_works_until_the_end_of_its_last_day_where_the_account_is(
    cast: Cast, alice: Client
) -> None:
    create(alice, cast, expires_on=f"{datetime.now(UTC).year + 1}-01-15")
    with scope(cast.account):
        ends = ApiKey.objects.for_account(cast.account).get().expires_at
    assert ends is not None
    assert ends.astimezone(UTC).strftime("%m-%d %H:%M") == "01-15 22:59"


def test_every_error_is_told_at_once_and_nothing_is_made(cast: Cast, alice: Client) -> None:
    networks = "nonsense\n198.51.100.7/24"
    response = create(alice, cast, name=" ", scopes=[], networks=networks, expires_on="2020-01-01")
    html = response.content.decode()
    assert response.status_code == 422
    for words in ("Give the key a name", "Choose at least one thing", "Line 1: “nonsense”",
                  "write 198.51.100.0/24", "This day is past"):  # fmt: skip
        assert words in html, words
    assert 'role="alert"' in html
    assert "<title>Error: " in html
    assert create(alice, cast, mode="superuser").status_code == 422
    with scope(cast.account):
        assert not ApiKey.objects.for_account(cast.account).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"networks": "0.0.0.0/0"},
        {"networks": "::/0"},
        {"networks": "10.0.0.0/33"},
        {"networks": "\n".join(f"10.0.0.{n}" for n in range(51))},
        {"name": "x" * 61},
        {"name": "nul\0"},
        {"scopes": ["everything"]},
        {"scopes": ["messages:transactional"]},
        {"expires_on": "9999-12-31"},
        {"expires_on": "soon"},
        {"expires_on": ""},
    ],
)
def test_a_bad_value_is_refused(cast: Cast, alice: Client, wrong: dict[str, Any]) -> None:
    assert create(alice, cast, **wrong).status_code == 422


def test_the_transactional_scope_is_offered_to_accounts_staff_opened_it_to(
    cast: Cast, alice: Client
) -> None:
    assert "messages:transactional" not in alice.get(page(cast, "new/")).content.decode()
    with scope(cast.account):
        SendingSettings.objects.for_account(cast.account).update(transactional_granted=True)
    assert "messages:transactional" in alice.get(page(cast, "new/")).content.decode()
    assert create(alice, cast, scopes=["messages:transactional"]).status_code == 302


def test_a_revoked_key_stops_at_once_and_the_log_says_who(cast: Cast, alice: Client) -> None:
    key = make_key(cast.account)
    keys.find(key.key_id, key.secret, None)
    address = page(cast, f"{key.key_id}/revoke/")
    assert "Revoke this key" in alice.get(address).content.decode()
    keys.find(key.key_id, key.secret, None)
    assert alice.post(address, SURE).url == page(cast)
    with pytest.raises(keys.Refused):
        keys.find(key.key_id, key.secret, None)
    with scope(cast.account):
        entry = AuditEntry.objects.for_account(cast.account).get(action="api_key.revoked")
    assert entry.subject == key.key_id
    assert alice.post(address).status_code == 302
    with scope(cast.account):
        assert AuditEntry.objects.for_account(cast.account).filter(
            action="api_key.revoked"
        ).count() == 1  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"password": PASSWORD}, "Tick the box"),
        ({"sure": "on"}, "Enter your password."),
        ({"sure": "on", "password": "a guess"}, "This is not your password."),
    ],
)
def test_a_key_is_not_revoked_by_accident_nor_by_who_found_the_session_open(
    cast: Cast, alice: Client, sent: dict[str, str], told: str
) -> None:
    key = make_key(cast.account)
    answer = alice.post(page(cast, f"{key.key_id}/revoke/"), sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert told in html
    assert 'class="note bad sum"' in html
    keys.find(key.key_id, key.secret, None)


def test_a_password_given_in_the_last_quarter_of_an_hour_is_not_asked_again(cast: Cast) -> None:
    address = page(cast, f"{make_key(cast.account).key_id}/revoke/")
    client = Client()
    signed_in_at = datetime.now(UTC)
    client.post("/accounts/login/", {"login": cast.alice.email, "password": PASSWORD})
    assert 'name="password"' not in client.get(address).content.decode()
    with time_machine.travel(signed_in_at + timedelta(minutes=16)):
        assert 'name="password"' in client.get(address).content.decode()
        assert client.post(address, SURE).status_code == 302
        other = page(cast, f"{make_key(cast.account).key_id}/revoke/")
        assert client.post(other, {"sure": "on"}).status_code == 302


def test_a_session_left_open_makes_no_key(cast: Cast, alice: Client) -> None:
    for password, told in (("", "Enter your password."), ("x", "This is not your password.")):
        answer = create(alice, cast, password=password)
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert 'value="crm-prod"' in answer.content.decode()
    with scope(cast.account):
        assert not ApiKey.objects.for_account(cast.account).exists()
    assert create(alice, cast).status_code == 302
    assert 'name="password"' not in alice.get(page(cast, "new/")).content.decode()


def test_a_key_of_another_account_cannot_be_revoked_from_here(cast: Cast, alice: Client) -> None:
    key = make_key(make_account())
    assert alice.post(page(cast, f"{key.key_id}/revoke/"), SURE).status_code == 404
    keys.find(key.key_id, key.secret, None)


def test_the_list_tells_each_keys_rights_networks_last_use_and_state(
    cast: Cast, alice: Client
) -> None:
    old = datetime.now(UTC) - timedelta(days=430)
    make_key(cast.account, networks=["198.51.100.0/24"], last_used_at=old,
             last_used_from="198.51.100.7")  # fmt: skip
    make_key(cast.account, mode="test", expires_at=datetime.now(UTC) + timedelta(days=3))
    make_key(cast.account, revoked_at=old)
    make_key(cast.account, expires_at=old)
    html = alice.get(page(cast)).content.decode()
    for words in ("Send, read", "198.51.100.0/24", "198.51.100.7", "Unused for 14 months", "Never",
                  "Expires in 3 days", "Revoked", "2 keys that work no more"):  # fmt: skip
        assert words in html, words


@pytest.mark.parametrize(
    ("role", "status"),
    [("owner", 200), ("administrator", 200), ("developer", 200),
     ("advanced", 403), ("basic", 403), ("billing", 403)],
)  # fmt: skip
def test_owners_administrators_and_developers_manage_keys(
    cast: Cast, role: str, status: int
) -> None:
    user = make_user()
    make_member(cast.account, user, role)
    client = signed_in(user)
    key = make_key(cast.account)
    assert client.get(page(cast)).status_code == status
    assert client.get(page(cast, "new/")).status_code == status
    made = create(client, cast)
    assert made.status_code == (302 if status == 200 else 403)
    revoked = client.post(page(cast, f"{key.key_id}/revoke/"), SURE)
    assert revoked.status_code == (302 if status == 200 else 403)


def test_strangers_find_nothing(cast: Cast, charlie: Client) -> None:
    for rest in ("", "new/", "created/", f"{make_key(cast.account).key_id}/revoke/"):
        assert charlie.get(page(cast, rest)).status_code == 404
