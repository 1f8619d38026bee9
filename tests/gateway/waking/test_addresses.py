"""Addresses by their form; what is masked can still be recognised."""

import json

import pytest

from gateway.waking.addresses import WrongAddress, masked, normal

POINT, SECRET = "B" + "A" * 86, "A" * 22  # 65 and 16 bytes in base64url
PUSH = {"endpoint": "https://web.push.apple.com/abc", "keys": {"p256dh": POINT, "auth": SECRET}}


def push(**changes: object) -> str:
    """Return the address of a browser."""
    return "push:" + json.dumps(PUSH | changes)


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("mailto:kepala@dinkes.example", "mailto:kepala@dinkes.example", "mailto:k***@dinkes.example"),
        ("tel:+62 812-0000-0001", "tel:+6281200000001", "tel:+62***001"),
        (
            push(expirationTime=None),
            "push:" + json.dumps(PUSH, separators=(",", ":")),
            "push:web.push.apple.com",
        ),
    ],
)
def test_addresses(typed: str, kept: str, shown: str) -> None:
    """However it is typed, it is kept in one way: the same address twice is one contact."""
    assert normal(typed) == kept
    assert normal(kept) == kept
    assert masked(kept) == shown


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "kepala@dinkes.example",
        "mailto:kepala",
        "mailto:a@b.example\nBcc: c@d.example",
        "mailto:a@b.example?bcc=c@d.example",
        "mailto:é@b.example",
        "tel:081200000001",
        "tel:+0812000000",
        "tel:+62x",
        "push:",
        "push:[]",
        "push:\ud800",
        "push:" + "[" * 1000,
        push(endpoint=7),
        push(endpoint="https://[fcm/"),
        push(keys={"p256dh": POINT}),
        push(keys={"p256dh": POINT, "auth": "A"}),
        push(keys={"p256dh": SECRET, "auth": SECRET}),
        push(keys={"p256dh": "é" * 87, "auth": SECRET}),
        push(endpoint="https://web.push.apple.com/" + "a" * 2000),
        "https://elsewhere.example/",
    ],
)
def test_what_is_none_is_refused_and_not_repeated(typed: str) -> None:
    """With a code and a sentence for whoever typed it."""
    with pytest.raises(WrongAddress) as refusal:
        normal(typed)
    assert refusal.value.code
    assert len(typed) < 10 or typed not in refusal.value.sentence
