from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Account
from accounts.tenancy import scope
from apisettings import keys
from apisettings.models import ApiKey
from tests.make import Key, make_account, make_key

HERE = "198.51.100.7"


def change(account: Account, key: Key, **fields: object) -> None:
    with scope(account):
        assert ApiKey.objects.for_account(account).filter(key_id=key.key_id).update(**fields) == 1


def refused(key: Key, address: str | None = HERE) -> bool:
    keys.forget(key.key_id)
    try:
        keys.find(key.key_id, key.secret, address)
    except keys.Refused:
        return True
    return False


def test_a_valid_key_names_its_account_mode_and_scopes() -> None:
    account = make_account()
    key = make_key(account, mode="test", scopes=["messages:read"])
    caller = keys.find(key.key_id, key.secret, HERE)
    assert (caller.account_id, caller.account_public_id) == (account.pk, account.public_id)
    assert caller.mode == "test"
    assert caller.test
    assert caller.scopes == {"messages:read"}


def test_a_key_with_another_keys_secret_is_refused() -> None:
    account = make_account()
    mine, other = make_key(account), make_key(account)
    assert refused(Key(mine.key_id, other.secret))


@pytest.mark.parametrize("key_id", ["", "hl", "hl\0" + "a" * 17, "é" * 20, "x" * 20, "y" * 4000])
def test_an_unknown_or_malformed_key_id_is_refused(key_id: str) -> None:
    assert refused(Key(key_id, make_key(make_account()).secret))


def test_a_mistyped_secret_is_refused_without_any_query(
    django_assert_num_queries: object,
) -> None:
    key = make_key(make_account())
    wrong = key.secret[:-1] + ("A" if key.secret[-1] != "A" else "B")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert refused(Key(key.key_id, wrong))


def test_a_revoked_key_stops_once_the_cached_row_is_too_old() -> None:
    account = make_account()
    key = make_key(account)
    keys.find(key.key_id, key.secret, HERE)
    change(account, key, revoked_at=datetime.now(UTC))
    assert keys.BELIEVED_SECONDS <= 4, "a revoked key stops within 5 s everywhere"
    old = keys._rows[key.key_id]
    keys._rows[key.key_id] = old._replace(read_at=old.read_at - keys.BELIEVED_SECONDS)
    with pytest.raises(keys.Refused):
        keys.find(key.key_id, key.secret, HERE)


def test_an_expired_key_is_refused_even_from_the_cache() -> None:
    account = make_account()
    key = make_key(account, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert refused(key)
    with pytest.raises(keys.Refused):
        keys.find(key.key_id, key.secret, HERE)


@pytest.mark.parametrize(
    ("address", "enters"),
    [
        ("198.51.100.7", True),
        ("198.51.101.7", False),
        ("2001:db8::5", True),
        ("2001:db9::5", False),
        (None, False),
    ],
)
def test_a_key_works_from_its_networks_only(address: str | None, enters: bool) -> None:
    key = make_key(make_account(), networks=["198.51.100.0/24", "2001:db8::/32"])
    assert refused(key, address) is not enters


def test_the_keys_of_a_closed_account_are_refused() -> None:
    account = make_account()
    key = make_key(account)
    Account.objects.filter(pk=account.pk).update(state="closed")
    assert refused(key)


def test_the_last_use_is_kept_with_its_address_and_written_once_a_minute() -> None:
    account = make_account()
    key = make_key(account)
    keys.find(key.key_id, key.secret, HERE)
    keys.find(key.key_id, key.secret, "198.51.100.8")
    with scope(account):
        row = ApiKey.objects.for_account(account).get()
    assert row.last_used_from == HERE
    assert row.last_used_at is not None
