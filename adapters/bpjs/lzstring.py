"""
LZ-string, the packing inside VClaim's encryption: reads what compressToEncodedURIComponent wrote.

The format is LZ78 with growing code widths over a stream of bits, six bits to a letter. Three codes
are reserved: a new 8-bit character, a new 16-bit character, and the end. Checked against vectors of
the JavaScript original, lz-string 1.5.0 (tests/wire/bpjs/lzstring-vectors.json, 2026-11-24).
"""

from binascii import Error as NotBase64
from binascii import a2b_base64

LONGEST_INPUT = 16_384  # letters; a Peserta answer has about 700
LONGEST_OUTPUT = 65_536  # UTF-16 units: 21,000 letters can be made to swell to 50 million

_END = 2
_RESERVED = 3
_WIDEST_LITERAL = 16  # bits
_REFILL = 24  # bytes taken into the bit buffer at once; measured: 6 costs a fifth more time


class NotPacked(ValueError):
    """The letters are not LZ-string text, or would unpack to more than allowed."""


def _to_base64() -> bytes:
    """Map the URI-safe alphabet to base64's, a space to the plus it was in a URL, the rest to no letter."""
    kept = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"
    table = bytearray(b"!" * 256)
    for letter, base64_letter in zip(kept + b"- ", kept + b"/+", strict=True):
        table[letter] = base64_letter
    return bytes(table)


_TO_BASE64 = _to_base64()
_BITS_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def decompress(
    letters: bytes, *, longest_input: int = LONGEST_INPUT, longest_output: int = LONGEST_OUTPUT
) -> str:
    """Return the text packed in *letters*; raises NotPacked, and nothing else, when there is none."""
    if len(letters) > longest_input:
        raise NotPacked("input too long")
    letters = letters.rstrip(b"$")  # ports older than 1.4 pad with it
    padding = b"A" * (-len(letters) % 4)
    try:
        stream = a2b_base64(letters.translate(_TO_BASE64) + padding, strict_mode=True)
    except NotBase64:
        raise NotPacked("bad letter") from None
    text = _unpack(stream.translate(_BITS_REVERSED), 6 * len(letters), longest_output)
    return text if text.isascii() else _rejoin(text)


def _rejoin(text: str) -> str:
    """Join the halves of characters beyond the first 65,536: JavaScript and .NET pack them apart."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise NotPacked("half a character") from None


def _unpack(stream: bytes, length: int, room: int) -> str:
    """
    Read codes from *length* bits, least significant first, into at most *room* characters.

    One long loop on purpose: it runs once per code, and a function entered there would cost a fifth
    of its time. *width* grows when the dictionary outgrows what it can count to (*mask*); *least* bits
    are one code with the widest literal. Bits beyond the end read as zeros; that more were taken than
    given shows at the next refill.
    """
    words = ["", "", ""]
    unpacked: list[str] = []
    size, width, mask = _RESERVED, 2, 3
    bits = held = at = 0
    least = width + _WIDEST_LITERAL
    entry = ""
    while True:
        if held < least:
            if 8 * at - held > length:
                raise NotPacked("cut off")
            bits |= int.from_bytes(stream[at : at + _REFILL], "little") << held
            held += 8 * _REFILL
            at += _REFILL
        code = bits & mask
        bits >>= width
        held -= width
        previous = entry
        if code >= _RESERVED:
            if code < size:
                entry = words[code]
            elif code == size and previous:
                entry = previous + previous[0]
            else:
                raise NotPacked("unknown code")
        elif code == _END:
            _check_end(bits, stream[at:], 8 * at - held, length)
            return "".join(unpacked)
        else:
            literal = 8 << code
            entry = chr(bits & (1 << literal) - 1)
            bits >>= literal
            held -= literal
            words.append(entry)
            size += 1
        room -= len(entry)
        if room < 0:
            raise NotPacked("output too long")
        unpacked.append(entry)
        if previous:
            words.append(previous + entry[0])
            size += 1
        if size > mask:
            width += 1
            mask += mask + 1
            least += 1


def _check_end(bits: int, rest: bytes, taken: int, length: int) -> None:
    """Accept an end inside the letters with nothing but zeros behind it."""
    if taken > length:
        raise NotPacked("cut off")
    if bits or any(rest):
        raise NotPacked("letters after the end")
