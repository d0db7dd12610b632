import pytest

from hub.lib.tokens import ALPHABET, digest, looks_right, matches, new_key, seal, unseal

PEPPER = b"p" * 32


def test_a_key_tells_its_mode_and_nothing_else() -> None:
    live, test = new_key("live"), new_key("test")
    assert live.key_id.startswith("hl")
    assert test.key_id.startswith("ht")
    assert (len(live.key_id), len(live.secret)) == (20, 30)
    assert set(live.key_id + live.secret) <= set(ALPHABET)
    assert new_key("live") != live


def test_a_fresh_secret_looks_right() -> None:
    assert all(looks_right(new_key("live").secret) for _ in range(200))


def test_any_single_typing_error_is_noticed() -> None:
    secret = new_key("live").secret
    for place in range(len(secret)):
        other = "A" if secret[place] != "A" else "B"
        assert not looks_right(secret[:place] + other + secret[place + 1 :])


@pytest.mark.parametrize("text", ["", "x", "é" * 30, " " * 30, "A" * 29, "A" * 31, "\ud800" * 30])
def test_what_is_no_secret_is_noticed(text: str) -> None:
    assert not looks_right(text)


def test_a_stored_digest_matches_only_its_secret_and_pepper() -> None:
    secret = new_key("test").secret
    stored = digest(secret, PEPPER)
    assert len(stored) == 32
    assert secret.encode() not in stored
    assert matches(secret, PEPPER, stored)
    assert not matches(new_key("test").secret, PEPPER, stored)
    assert not matches(secret, b"q" * 32, stored)


def test_the_digest_is_hmac_sha256() -> None:
    # RFC 4231, test case 2
    wanted = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert digest("what do ya want for nothing?", b"Jefe").hex() == wanted


def test_what_is_sealed_comes_back() -> None:
    key = bytes(range(32))
    sealed = seal(b"whsec_secret", key, b"endpoint 1")
    assert b"whsec" not in sealed
    assert unseal(sealed, key, b"endpoint 1") == b"whsec_secret"
    assert seal(b"whsec_secret", key) != seal(b"whsec_secret", key)


@pytest.mark.parametrize("damage", ["key", "row", "bytes", "short", "empty"])
def test_a_wrong_key_row_or_byte_is_refused(damage: str) -> None:
    key = bytes(32)
    sealed = seal(b"secret", key, b"row 1")
    if damage == "bytes":
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    sealed = {"short": sealed[:20], "empty": b""}.get(damage, sealed)
    with pytest.raises(ValueError):
        unseal(
            sealed,
            b"k" * 32 if damage == "key" else key,
            b"row 2" if damage == "row" else b"row 1",
        )
