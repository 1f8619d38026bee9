"""The sealing, against the RFC's own example and against a browser written apart from it."""

import json
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from adapters.webpush.sealing import LONGEST, CannotSeal, seal
from adapters.webpush.vapid import read_key

from .browser import Browser, bytes_of, text_of

EXAMPLE = json.loads((Path(__file__).parents[2] / "wire" / "webpush" / "rfc8291-appendix-a.json").read_text())


def keys_of(browser: Browser) -> dict[str, str]:
    """Return the two keys of its subscription."""
    return dict(browser.subscription()["keys"])


def test_the_rfcs_example_byte_by_byte() -> None:
    """RFC 8291 appendix A."""
    sealed = seal(
        EXAMPLE["plaintext"].encode(),
        p256dh=EXAMPLE["p256dh"],
        auth=EXAMPLE["auth"],
        salt=bytes_of(EXAMPLE["salt"]),
        key=read_key(EXAMPLE["as_private"]),
    )
    assert text_of(sealed) == EXAMPLE["body"]


def test_the_browser_of_these_tests_opens_the_rfcs_example() -> None:
    """What the other tests lean on is itself right."""
    number = int.from_bytes(bytes_of(EXAMPLE["ua_private"]))
    browser = Browser(ec.derive_private_key(number, ec.SECP256R1()), bytes_of(EXAMPLE["auth"]))
    assert browser.open(bytes_of(EXAMPLE["body"])).decode() == EXAMPLE["plaintext"]


@pytest.mark.parametrize("length", [0, 1, 100, LONGEST])
def test_the_browser_opens_it_and_no_other_does(length: int) -> None:
    """Up to the one record's length; never more bytes than every service takes."""
    browser, text = Browser(), b"x" * length
    sealed = seal(text, **keys_of(browser))
    assert browser.open(sealed) == text
    assert len(sealed) <= 4096
    with pytest.raises(InvalidTag):
        Browser().open(sealed)


def test_two_messages_share_neither_salt_nor_key() -> None:
    """The same nonce under the same key would give both away."""
    browser = Browser()
    first, second = (seal(b"text", **keys_of(browser)) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


@pytest.mark.parametrize(
    "changes",
    [
        {"auth": text_of(bytes(15))},
        {"auth": "é"},
        {"p256dh": text_of(b"\x04" + bytes(64))},
        {"p256dh": text_of(bytes(33))},
        {"p256dh": "a"},
        {"text": b"x" * (LONGEST + 1)},
    ],
)
def test_wrong_keys_and_long_texts_are_refused(changes: dict[str, object]) -> None:
    """A point that is none must not reach the agreement: it could give away a fixed key."""
    told: dict[str, object] = {"text": b"text", **keys_of(Browser()), **changes}
    with pytest.raises(CannotSeal):
        seal(told.pop("text"), **told)  # type: ignore[arg-type]  # of mixed types on purpose
