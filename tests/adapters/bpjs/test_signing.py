"""The signature and the key of one attempt, against the published vector and the golden one."""

import pytest

from adapters.bpjs.signing import clock_is_off, sign, signature

from .insurer import example

GOLDEN = example("golden.json")


def test_the_signature_equals_the_published_vector() -> None:
    """The catalogue's own check value for HMAC-SHA256 comes out."""
    assert signature("aaa", secret="bbb") == "20BKS3PWnD3XU4JbSSZvVlGi2WWnDa8Sv9uHJ+wsELA="


def test_signature_and_key_equal_the_golden_vector() -> None:
    """Both are made from the same whole second."""
    signed = sign(consid=GOLDEN["consid"], secret=GOLDEN["secret"], at=GOLDEN["timestamp"] + 0.999)
    assert signed.timestamp == str(GOLDEN["timestamp"])
    assert signed.signature == GOLDEN["signature"]
    assert signed.key.hex() == GOLDEN["key"]


def test_what_was_signed_with_is_never_printed() -> None:
    """Neither the signature nor the key stands in the repr."""
    signed = sign(consid="12345", secret="s3cr3t-synthetic", at=1_700_000_000)
    assert signed.signature not in repr(signed)
    assert repr(signed.key) not in repr(signed)


@pytest.mark.parametrize(
    ("date_header", "off"),
    [
        ("Tue, 14 Nov 2023 22:13:20 GMT", False),
        ("Tue, 14 Nov 2023 22:15:20 GMT", False),
        ("Tue, 14 Nov 2023 22:15:21 GMT", True),
        ("Tue, 14 Nov 2023 22:11:19 GMT", True),
        ("Wed, 15 Nov 2023 05:13:20 +0700", False),
        (None, False),
        ("", False),
        ("yesterday", False),
        ("Tue, 99 Nov 2023 22:13:20 GMT", False),
    ],
)
def test_a_clock_is_off_beyond_two_minutes_either_way(date_header: str | None, off: bool) -> None:
    """A date that cannot be read says nothing about the clocks."""
    assert clock_is_off(date_header, "1700000000") is off
