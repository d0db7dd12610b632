import time
from base64 import b64encode

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from hub.lib.signing import headers, new_secret, secret_bytes, sign

BODY = '{"event":"message.delivered","text":"déjà vu"}'.encode()


def test_the_published_example_is_signed_alike() -> None:
    # Vector of the Standard Webhooks reference libraries.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = sign([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_reference_library_verifies_each_secret_of_a_rotation() -> None:
    old, new = new_secret(), new_secret()
    sent = headers([new, old], "msg_1", int(time.time()), BODY)
    assert len(sent["webhook-signature"].split()) == 2
    for secret in (old, new):
        assert Webhook(secret).verify(BODY, sent)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, sent)


@pytest.mark.parametrize("damage", ["body", "webhook-id", "webhook-timestamp", "old"])
def test_a_changed_or_old_request_is_refused_by_the_reference_library(damage: str) -> None:
    secret, now = new_secret(), int(time.time())
    sent = headers([secret], "msg_1", now - 301 if damage == "old" else now, BODY)
    body = BODY + b" " if damage == "body" else BODY
    if damage == "webhook-id":
        sent[damage] = "msg_2"
    if damage == "webhook-timestamp":
        sent[damage] = str(now - 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, sent)


def test_secrets_are_new_each_time_and_long_enough() -> None:
    assert new_secret() != new_secret()
    assert len(secret_bytes(new_secret())) == 32


@pytest.mark.parametrize(
    "secret",
    [
        "", "whsec_", "whsec_%%%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + b64encode(b"x" * 23).decode(), "whsec_" + b64encode(b"x" * 65).decode(),
    ],
)  # fmt: skip
def test_a_weak_or_broken_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError):
        secret_bytes(secret)


def test_signing_with_nothing_or_an_ambiguous_id_is_refused() -> None:
    with pytest.raises(ValueError):
        sign([], "msg_1", 1, BODY)
    with pytest.raises(ValueError):
        sign([new_secret()], "msg.1", 1, BODY)
