"""Our signature, held against the published example and against the library partners verify with."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, ValidationError
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from adapters.wire_signing import Secrets, Signer, read_secrets
from contracts import CannotConvey

from .webhook.sample import OTHER_SECRET, SECRET

ID = "n-2k4m6p8r0t2v4"
BODY = '{"narrative": "Kebakaran — dekat pasar 漢"}'.encode()

raw_secrets = st.binary(min_size=24, max_size=64)


class Holder(BaseModel):
    """Settings with nothing but the secrets."""

    secret: Secrets


def written(key: bytes) -> str:
    """Return *key* as partners exchange it."""
    return "whsec_" + b64encode(key).decode()


def signed(secrets: str, body: bytes = BODY, *, message: str = ID, at: float | None = None) -> dict[str, str]:
    """Return the headers of *body*, signed now or at another time."""
    clock = {} if at is None else {"now": lambda: at}
    return Signer(SecretStr(secrets), **clock).headers(message, body)


def verified(secret: str, headers: dict[str, str], body: bytes = BODY) -> bool:
    """Say whether the partners' library takes it."""
    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except WebhookVerificationError:
        return False
    return True


def test_the_published_example() -> None:
    """Standard Webhooks 1.0.0: secret, id, time and body, and what they sign to."""
    headers = signed(SECRET, b'{"test": 2432232314}', message="msg_p5jXN8AQM9LWM0D4loKWxJek", at=1614265330.9)
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_library_verifies_it() -> None:
    """Body, id and time are what was signed; none of them can be another."""
    headers = signed(SECRET)
    assert verified(SECRET, headers)
    assert not verified(SECRET, headers, BODY + b" ")
    assert not verified(SECRET, headers | {"webhook-id": "n-another"})
    assert not verified(SECRET, headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)})
    assert not verified(OTHER_SECRET, headers)


@pytest.mark.parametrize("known", [SECRET, OTHER_SECRET])
def test_while_secrets_change_either_alone_verifies(known: str) -> None:
    """Two signatures with a blank between; once the old secret is gone, so is its signature."""
    both = signed(f"{OTHER_SECRET} {SECRET}")
    assert len(both["webhook-signature"].split(" ")) == 2
    assert verified(known, both)
    assert verified(known, signed(OTHER_SECRET)) == (known == OTHER_SECRET)


@pytest.mark.parametrize("apart", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_an_old_attempt_is_not_taken_again(apart: timedelta) -> None:
    """The time is that of the attempt: five minutes later the same bytes prove nothing."""
    at = datetime.now(UTC) + apart
    assert not verified(SECRET, signed(SECRET, at=at.timestamp()))


@given(key=raw_secrets, body=st.text(), message=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True))
def test_any_message_under_any_secret_verifies(key: bytes, body: str, message: str) -> None:
    """Whatever the text, the id and the secret are."""
    headers = signed(written(key), body.encode(), message=message)
    assert verified(written(key), headers, body.encode())


@given(keys=st.lists(raw_secrets, min_size=1, max_size=4, unique=True), body=st.binary())
def test_each_secret_signs_by_itself(keys: list[bytes], body: bytes) -> None:
    """In their order, each the plain HMAC over id, time and body."""
    headers = signed(" ".join(map(written, keys)), body, at=1.0)
    text = f"{ID}.1.".encode() + body
    expected = ["v1," + b64encode(hmac.new(key, text, sha256).digest()).decode() for key in keys]
    assert headers["webhook-signature"].split(" ") == expected


@given(one=raw_secrets, other=raw_secrets)
def test_another_secret_never_verifies(one: bytes, other: bytes) -> None:
    """Unless it is the same; HMAC fills short keys up with zeros, so those at the end do not count."""
    same = one.rstrip(b"\0") == other.rstrip(b"\0")
    assert verified(written(other), signed(written(one))) == same


@pytest.mark.parametrize("message", ["", "n.2k4m", "n 2k4m", "n-2k4m\n", "é", "n" * 65])
def test_an_id_that_could_share_a_signature_is_not_signed(message: str) -> None:
    """With a dot in it, id and time of one message could be those of another."""
    with pytest.raises(CannotConvey):
        signed(SECRET, message=message)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        " ",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_" + "ab" * 24 + "=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_",
        "whsec_" + b64encode(bytes(23)).decode(),
        "whsec_" + b64encode(bytes(65)).decode(),
        "whsec_" + b64encode(bytes(25)).decode().rstrip("="),
        "whsec_" + b64encode(bytes(25)).decode()[:-3] + "B==",
        f"{SECRET} {SECRET}",
        f"{SECRET},{OTHER_SECRET}",
        f"{SECRET} short",
        " ".join(written(bytes([each]) * 24) for each in range(5)),
    ],
)
def test_what_is_no_secret_is_refused_and_not_repeated(wrong: str) -> None:
    """The libraries take one byte, hex and private keys; the receiver then finds no signature right."""
    with pytest.raises(ValueError, match="wanted") as refusal:
        read_secrets(wrong)
    with pytest.raises(ValidationError):
        Holder.model_validate({"secret": wrong})
    assert not [part for part in wrong.split() if len(part) > 6 and part in str(refusal.value)]


@pytest.mark.parametrize("length", [24, 25, 26, 32, 64])
def test_secrets_of_every_allowed_length(length: int) -> None:
    """24 to 64 bytes; blanks and line ends around them do not count."""
    key = bytes(range(length))
    assert read_secrets(f"  {written(key)}\n") == (key,)


def test_settings_do_not_show_them() -> None:
    """Neither printed nor in the signer."""
    holder = Holder.model_validate({"secret": SECRET})
    signer: Any = Signer(holder.secret)
    assert SECRET not in f"{holder!r} {holder} {signer!r}"
