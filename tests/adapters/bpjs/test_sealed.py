"""Opening the sealed part of an answer: the golden vector, and everything that does not open."""

import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bpjs.sealed import CannotOpen, unseal
from adapters.bpjs.signing import sign

from .insurer import CONSID, SECRET, encrypt, example, pack, seal

GOLDEN = example("golden.json")
KEY = bytes.fromhex(GOLDEN["key"])


def test_the_golden_answer_opens() -> None:
    """What Node's crypto and lz-string sealed is read."""
    member = json.loads(unseal(GOLDEN["response"], key=KEY))["peserta"]
    assert member["nama"] == "CONTOH SINTETIS"
    assert member["statusPeserta"] == {"kode": "0", "keterangan": "AKTIF"}


@given(st.text(max_size=300))
def test_any_text_sealed_for_this_second_opens(text: str) -> None:
    """Names beyond ASCII and beyond the BMP come through whole."""
    assert unseal(seal(text, timestamp=1_700_000_000), key=KEY) == text


@pytest.mark.parametrize("off", [*range(-20, 0), *range(1, 21)])
def test_a_text_sealed_for_another_second_does_not_open(off: int) -> None:
    """The key of the wrong second never yields a text."""
    wrong = sign(consid=CONSID, secret=SECRET, at=GOLDEN["timestamp"] + off).key
    with pytest.raises(CannotOpen):
        unseal(GOLDEN["response"], key=wrong)


@pytest.mark.parametrize(
    ("sealed", "why"),
    [
        ("", "length"),
        ("AAAA", "length"),
        (GOLDEN["response"][4:], "length"),
        ("not base64!", "base64"),
        ("AAAA!AAAA", "base64"),
        ("é" * 32, "base64"),
        (GOLDEN["response"][:64], "padding"),
        (b64encode(bytes(160)).decode(), "padding"),
        (encrypt(b"plain text, never packed", key=KEY), "packing"),
        (encrypt(pack("x" * 70_000), key=KEY), "packing"),
        ("A" * 24_001, "too long"),
    ],
)
def test_what_does_not_open_is_refused_with_its_reason(sealed: str, why: str) -> None:
    """The reason names the layer that failed."""
    with pytest.raises(CannotOpen, match=why):
        unseal(sealed, key=KEY)


@given(st.one_of(st.text(), st.binary().map(lambda raw: b64encode(raw).decode())))
def test_garbage_is_refused_with_the_one_error(sealed: str) -> None:
    """Nothing but CannotOpen comes out of a text nobody sealed."""
    with pytest.raises(CannotOpen):
        unseal(sealed, key=KEY)


@given(st.binary(max_size=400))
def test_garbage_under_the_right_key_is_refused_with_the_one_error(packed: bytes) -> None:
    """Bytes that decrypt well and were never packed raise CannotOpen or happen to be a text."""
    try:
        unseal(encrypt(packed, key=KEY), key=KEY)
    except CannotOpen:
        return
