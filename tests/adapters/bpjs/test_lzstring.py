"""The packing inside VClaim's encryption, against vectors of the JavaScript original."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bpjs.lzstring import NotPacked, decompress

from .insurer import Packer, example, pack

VECTORS = example("lzstring-vectors.json")
PAIRS = [(vector["text"], vector["packed"].encode()) for vector in VECTORS["vectors"]]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"


def swelling(codes: int) -> bytes:
    """Pack a text in which every code stands for one letter more than the code before."""
    packer = Packer()
    packer.character(ord("a"))
    for _ in range(codes):
        packer.code(packer.words)
    return packer.letters()


def test_what_javascript_packed_is_unpacked_letter_for_letter() -> None:
    """All vectors of lz-string 1.5.0 open, those beyond ASCII and beyond the BMP included."""
    assert len(PAIRS) >= 100
    assert [decompress(packed) for _, packed in PAIRS] == [text for text, _ in PAIRS]


def test_the_packer_of_these_tests_writes_what_javascript_writes() -> None:
    """Our tests' own packer is the original's equal, so that it may stand in for the insurer."""
    assert [pack(text) for text, _ in PAIRS] == [packed for _, packed in PAIRS]


@given(st.text())
def test_any_text_survives_packing(text: str) -> None:
    """Whatever the insurer may write is read back."""
    assert decompress(pack(text)) == text


@given(st.one_of(st.binary(), st.text(LETTERS).map(str.encode), st.text(LETTERS + "$ =/").map(str.encode)))
def test_garbage_is_refused_with_the_one_error_or_read(letters: bytes) -> None:
    """Nothing but NotPacked ever comes out of bytes nobody packed."""
    try:
        text = decompress(letters)
    except NotPacked:
        return
    text.encode()  # and a text that comes out is whole


@given(st.text(min_size=1), st.data())
def test_a_text_cut_off_is_refused(text: str, data: st.DataObject) -> None:
    """An answer that lost its end never reads as a shorter answer."""
    packed = pack(text)
    kept = data.draw(st.integers(0, len(packed) - 2))  # the last letter may be padding alone
    with pytest.raises(NotPacked, match="cut off"):
        decompress(packed[:kept])


@pytest.mark.parametrize("length", range(130, 150))
def test_an_end_mark_cut_in_two_is_refused(length: int) -> None:
    """The zeros read beyond the last letter do not complete the end mark."""
    packed = pack("".join(map(chr, range(256, 256 + length))))
    with pytest.raises(NotPacked, match="cut off"):
        decompress(packed[:-2])


@pytest.mark.parametrize("packed", VECTORS["unpaired"])
def test_half_a_character_is_refused(packed: str) -> None:
    """A surrogate without its partner is no text that could be shown."""
    with pytest.raises(NotPacked, match="half"):
        decompress(packed.encode())


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        (b"", "cut off"),
        (b"IZ*", "bad letter"),
        (b"IZ/", "bad letter"),
        (b"IZ=", "bad letter"),
        ("IZé".encode(), "bad letter"),
        (b"$IZA", "bad letter"),
        (b"wA", "unknown code"),
        (b"IZAB", "letters after the end"),
        (b"QAAB", "letters after the end"),
    ],
)
def test_letters_of_no_text_are_refused_with_their_reason(letters: bytes, why: str) -> None:
    """The reason tells an operator what kind of nonsense came."""
    with pytest.raises(NotPacked, match=why):
        decompress(letters)


def test_a_code_ahead_of_the_dictionary_is_refused() -> None:
    """A code for a word nobody taught yet has no meaning; the next word to come has."""
    for ahead, readable in ((0, True), (1, False)):
        packer = Packer()
        packer.character(ord("a"))
        packer.code(packer.words + ahead)
        if readable:
            assert decompress(packer.letters()) == "aaa"
        else:
            with pytest.raises(NotPacked, match="unknown code"):
                decompress(packer.letters())


@pytest.mark.parametrize("letters", [b"IZA", b"IZA$", b"IZAA", b"IZA$$"])
def test_the_padding_of_older_ports_is_no_fault(letters: bytes) -> None:
    """Ports older than lz-string 1.4 fill up with `$` or with zeros."""
    assert decompress(letters) == "a"


def test_a_space_is_the_plus_it_was() -> None:
    """The original reads a space as a plus, since URL decoding makes it one."""
    text, packed = next((text, packed) for text, packed in PAIRS if b"+" in packed)
    assert decompress(packed.replace(b"+", b" ")) == text


def test_a_text_that_swells_stops_at_the_cap() -> None:
    """A few letters that unpack to 18 million cost no more than the cap's worth of memory."""
    bomb = swelling(6_000)
    tracemalloc.start()
    try:
        with pytest.raises(NotPacked, match="output too long"):
            decompress(bomb, longest_output=100_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_the_caps_are_exact() -> None:
    """The longest text allowed is read, one more is not; the same for the letters."""
    assert decompress(swelling(3), longest_output=10) == "a" * 10
    with pytest.raises(NotPacked, match="output too long"):
        decompress(swelling(3), longest_output=9)
    with pytest.raises(NotPacked, match="input too long"):
        decompress(b"IZA", longest_input=2)
