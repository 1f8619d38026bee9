"""The compressor against vectors made by JavaScript's lz-string 1.5.0, and against a plain decoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.vclaim.lzstring import bomb, compress
from tests.sandbox.opening import decompressed

# Made on 2026-11-24 with LZString.compressToEncodedURIComponent of lz-string 1.5.0 under Node 20.
VECTORS = [
    ("", "Q"),
    ("a", "IZA"),
    ("aaaaaaaaaaaaaaaaaaaa", "IY1-kA"),
    ("abcabcabcabcabcabc", "IYIwxqHpPkA"),
    (
        '{"peserta":{"nik":"1571015203909901","nama":"CONTOH"}}',
        "N4IgDgpgzhBOAuBDEAuUA7Alga1SAjAKwDs+ADEQExkDMAnGXQ-iADQjqIC2yKIAwgHkAcgBVBACRABfaUA",
    ),
    ("CONTOH ÉLISA 𝄞", "MIeQcgKiASAECTAZAkgZQIK0Cwbg8XaA"),
    ("漢字とかな漢字とかな", "kT2nVtQWDI0gyFYMqVQ"),
    ("tahun ,10 bulan ,22 hari", "C4QwFgrgdgBANARgAwwEYQDYlnATLmMEAJwEsg"),
    ("ÿĀ", "P+AEAg"),
]


@pytest.mark.parametrize(("text", "compressed"), VECTORS)
def test_writes_what_javascript_writes(text: str, compressed: str) -> None:
    """Character for character."""
    assert compress(text) == compressed


@given(st.text(max_size=400) | st.text(alphabet="ab", max_size=2000))
def test_every_text_can_be_opened_again(text: str) -> None:
    """Whatever the text, also beyond the basic plane."""
    assert decompressed(compress(text)) == text


def test_a_bomb_unfolds_to_what_it_promises() -> None:
    """A small one, so that the plain decoder can bear it."""
    text = decompressed(bomb(5000))
    assert text == '"' + "a" * (len(text) - 1)
    assert 5000 <= len(text) - 1 < 5200
