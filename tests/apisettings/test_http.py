import io
from base64 import b64encode
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import Account
from tests.make import Key, make_account, make_key


@pytest.fixture(autouse=True)
def own_addresses(settings: Any) -> None:
    settings.API_URLCONF = "tests.apisettings.urls"


JSON = "application/json"


@pytest.fixture
def account() -> Account:
    return make_account()


@pytest.fixture
def key(account: Account) -> Key:
    return make_key(account)


def get(path: str, key: Key, **headers: str) -> Any:
    client = Client(raise_request_exception=False)
    return client.get(path, headers={"Authorization": key.header, **headers})


def post(key: Key, body: bytes = b"{}", kind: str = JSON, **headers: str) -> Any:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    sent = {"Authorization": key.header, **headers}
    return client.post("/v1/echo", data=body, content_type=kind, headers=sent)


def says(response: HttpResponse, status: int, text: str) -> None:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == JSON
    assert text in response.json()["message"]  # type: ignore[attr-defined]


def test_a_key_opens_its_own_account_and_no_other(account: Account, key: Key) -> None:
    make_key(make_account())
    response = get("/v1/whoami", key)
    assert response.status_code == 200
    assert response.json() == {"account": account.public_id, "keys": 1, "address": "127.0.0.1"}
    assert response["Cache-Control"] == "no-store"


def basic(text: str) -> str:
    return "Basic " + b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "header",
    ["", "Basic", "Basic ", "Basic !!!", "Bearer abc", basic("nocolon"), basic(":"), basic("é:x"),
     basic("a:b:c"), basic("hlAAAAAAAAAAAAAAAAAA:" + "x" * 30), "Basic " + "A" * 5000,
     f"{basic('a:b')}, {basic('c:d')}", "hmac username=x"],
)  # fmt: skip
def test_malformed_credentials_get_one_401(header: str) -> None:
    response = Client().get("/v1/whoami", headers={"Authorization": header})
    says(response, 401, "Invalid authentication credentials")
    assert response["WWW-Authenticate"].startswith("Basic")


def test_a_key_without_the_scope_gets_403(account: Account) -> None:
    key = make_key(account, scopes=["messages:read"])
    says(post(key), 403, "This feature has not been enabled in your account.")


def test_the_account_header_reaches_a_sub_account_and_nobody_else(
    account: Account, key: Key
) -> None:
    child = make_account("Child", parent=account)
    stranger = make_account("Stranger")
    assert get("/v1/whoami", key, Account=child.public_id).json()["account"] == child.public_id
    assert get("/v1/whoami", key, Account=account.public_id).status_code == 200
    refused = {get("/v1/whoami", key, Account=other).content for other in
               (stranger.public_id, "0000000000", "nul\0", "", "é" * 10)}  # fmt: skip
    assert len(refused) == 1
    says(get("/v1/whoami", key, Account=stranger.public_id), 403, "Account header")
    says(get("/v1/whoami", make_key(child), Account=account.public_id), 403, "Account header")


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded",
                                  "application/json; charset=utf-16"])  # fmt: skip
def test_another_content_type_gets_415(key: Key, kind: str) -> None:
    says(post(key, kind=kind), 415, "application/json")


def test_a_compressed_body_gets_415(key: Key) -> None:
    says(post(key, **{"Content-Encoding": "gzip"}), 415, "Content-Encoding")


@pytest.mark.parametrize(
    ("headers", "status", "place"),
    [
        ({"Content-Type": "text/plain"}, 415, "Content-Type"),
        ({"Content-Encoding": "gzip"}, 415, "Content-Encoding"),
        ({"Content-Length": "", "Transfer-Encoding": "chunked"}, 411, "Content-Length"),
        ({"Content-Length": str(10 * 1024 * 1024 + 1)}, 413, "Content-Length"),
        ({"Account": "0000000000"}, 403, "Account"),
        ({"Host": "elsewhere.example"}, 400, "Host"),
    ],
)
def test_a_fault_of_the_head_names_its_header(
    key: Key, headers: dict[str, str], status: int, place: str
) -> None:
    response = upload(key, Upload(2), headers)
    assert response.status_code == status, response.content
    assert response["Content-Type"] == JSON
    [detail] = response.json()["details"]
    where, _colon, reason = detail.partition(": ")
    assert (where, bool(reason)) == (place, True)


def test_a_foreign_host_is_told_in_json_before_any_redirect_too(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/v1/whoami", headers={"Host": "elsewhere.example"})
    says(response, 400, "no address of ours")
    assert (
        "json" not in Client().get("/help/", headers={"Host": "elsewhere.example"})["Content-Type"]
    )


class Upload(io.RawIOBase):
    """A body that is still on its way: gives zeroes, and counts those that were taken."""

    def __init__(self, size: int) -> None:
        self.left = self.size = size

    def read(self, size: int = -1) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


def upload(key: Key, body: Upload, headers: dict[str, str]) -> Any:
    """`headers` beside what a program usually sends, or instead of it."""
    usual = {"Authorization": key.header, "Content-Type": JSON, "Content-Length": str(body.size)}
    return Client().post("/v1/echo", headers={**usual, **headers}, **{"wsgi.input": body})


@pytest.mark.parametrize(
    ("mebibytes", "headers", "taken"),
    [
        (11, {}, 11),
        (100, {}, 40),
        (11, {"Transfer-Encoding": "chunked", "Content-Length": ""}, 11),
        (11, {"Content-Type": "text/plain"}, 11),
        (11, {"Account": "0000000000"}, 11),
        (11, {"Expect": "100-continue"}, 0),
        (11, {"Authorization": "Basic eDp5"}, 0),
    ],
)
def test_a_refused_body_of_a_known_caller_is_heard_out(
    key: Key, mebibytes: int, headers: dict[str, str], taken: int
) -> None:
    body = Upload(mebibytes * 1024 * 1024)
    assert upload(key, body, headers).status_code in (401, 403, 411, 413, 415)
    assert body.size - body.left == taken * 1024 * 1024


def test_a_body_that_drips_is_heard_out_for_ten_seconds_only(
    key: Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    body, clock = Upload(20 * 1024 * 1024), iter(range(1000))
    monkeypatch.setattr("apisettings.http.monotonic", lambda: float(next(clock)))
    assert upload(key, body, {}).status_code == 413
    assert 0 < body.size - body.left <= 10 * 64 * 1024


def test_a_body_beyond_the_limit_gets_413_that_says_the_limit(key: Key) -> None:
    assert post(key, b"x" * 10 * 1024 * 1024).status_code == 202
    says(post(key, b"x" * (10 * 1024 * 1024 + 1)), 413, "10 MiB")


@pytest.mark.parametrize("name", ["api_key", "apikey", "API_KEY", "api-secret"])
def test_a_secret_in_the_url_gets_400(key: Key, name: str) -> None:
    response = get(f"/v1/whoami?{name}=x&y=1", key)
    says(response, 400, "URL")
    assert response.json()["details"] == [f"?{name}: a credential"]


@pytest.mark.parametrize("query", ["x=1", "x=1&x=2", "page", "callback=f", "x[]=1", "%ff=%00"])
def test_a_parameter_that_the_address_does_not_take_gets_400(key: Key, query: str) -> None:
    response = get(f"/v1/whoami?{query}", key)
    says(response, 400, "takes no query parameters")
    [detail] = response.json()["details"]
    assert detail.startswith("?")
    assert detail.endswith(": unknown parameter")
    assert get("/v1/whoami?", key).status_code == 200


def test_another_method_gets_405_that_names_the_right_ones(key: Key) -> None:
    response = Client().delete("/v1/echo")
    says(response, 405, "Method not allowed")
    assert response["Allow"] == "POST, GET"
    assert Client().post("/v1/whoami")["Allow"] == "GET"


def test_an_unknown_address_gets_404_in_json() -> None:
    says(Client().get("/v1/nothing/here"), 404, "Resource not found.")
    says(Client().get("/v1"), 404, "Resource not found.")
    says(Client().get("/v1/"), 404, "Resource not found.")
    says(Client(enforce_csrf_checks=True).post("/v1/nothing"), 404, "Resource not found.")


def test_an_errors_details_are_passed_on(key: Key) -> None:
    response = get("/v1/invalid", key)
    says(response, 400, "Request failed to parse correctly.")
    assert response.json()["details"] == ["/messages/0: wrong"]


def test_a_failure_of_ours_shows_a_reference_and_logs_the_cause(
    key: Key, caplog: pytest.LogCaptureFixture
) -> None:
    response = get("/v1/broken", key)
    says(response, 500, "Reference ")
    reference = response.json()["message"].rpartition("Reference ")[2].rstrip(".")
    assert reference in caplog.text
    assert "DoesNotExist" in caplog.text
    assert "DoesNotExist" not in response.content.decode()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "127.0.0.1"),
        (1, "rubbish", "127.0.0.1"),
        (1, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_the_callers_address_is_believed_from_our_proxies_only(
    key: Key, settings: Any, proxies: int, forwarded: str, seen: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert get("/v1/whoami", key, **{"X-Forwarded-For": forwarded}).json()["address"] == seen
