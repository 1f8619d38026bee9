"""
LZ-string's compressToEncodedURIComponent, written from the public description of the format.

The text is taken as UTF-16 units. Codes 0 and 1 announce a new unit of 8 or 16 bits, code 2 is the
end; every other code names a phrase seen before. Codes grow by a bit whenever the next one would
not fit; bits go out least significant first and fill six-bit characters from the top.
"""

from struct import iter_unpack

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-$"
_NEW_8, _NEW_16, _END = 0, 1, 2


class _Bits:
    """Collects codes least significant bit first and writes them as characters."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def write(self, value: int, width: int) -> None:
        self._bits.append(f"{value:0{width}b}"[::-1])

    def text(self) -> str:
        bits = "".join(self._bits) + "0"  # the format always ends one bit into a padded character
        bits += "0" * (-len(bits) % 6)
        return "".join(_ALPHABET[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6))


class _Codes:
    """Writes codes at the width of the moment, which grows with the dictionary."""

    def __init__(self) -> None:
        self.bits = _Bits()
        self._width = 2
        self._left = 2  # codes until the width grows

    def _counted(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._left = 1 << self._width
            self._width += 1

    def phrase(self, code: int) -> None:
        self.bits.write(code, self._width)
        self._counted()

    def new_unit(self, unit: int) -> None:
        """Write a unit for the first time; it counts twice, as the unit and as its phrase."""
        narrow = unit < 256
        self.bits.write(_NEW_8 if narrow else _NEW_16, self._width)
        self.bits.write(unit, 8 if narrow else 16)
        self._counted()
        self._counted()

    def end(self) -> str:
        self.bits.write(_END, self._width)
        return self.bits.text()


def _units(text: str) -> list[int]:
    return [unit for (unit,) in iter_unpack("<H", text.encode("utf-16-le", "surrogatepass"))]


def compress(text: str) -> str:
    """Return *text* as JavaScript's LZ-string 1.5.0 compresses it for a URI component."""
    codes = _Codes()
    phrases: dict[tuple[int, int], int] = {}  # (code of a phrase, unit that follows it) -> code
    known: dict[int, int] = {}  # unit -> its code
    unwritten: int | None = None  # a unit met for the first time and not written yet
    current: int | None = None  # code of the phrase being extended
    next_code = 3

    def write(code: int) -> None:
        if unwritten is None:
            codes.phrase(code)
        else:
            codes.new_unit(unwritten)

    for unit in _units(text):
        is_new = unit not in known
        if is_new:
            known[unit] = next_code
            next_code += 1
        if current is None:
            current, unwritten = known[unit], unit if is_new else None
            continue
        longer = phrases.get((current, unit))
        if longer is not None:
            current, unwritten = longer, None
            continue
        write(current)
        phrases[current, unit] = next_code
        next_code += 1
        current, unwritten = known[unit], unit if is_new else None
    if current is not None:
        write(current)
    return codes.end()


def bomb(length: int) -> str:
    """Return a short text that unfolds to at least *length* equal characters inside a JSON string."""
    codes = _Codes()
    codes.new_unit(ord('"'))
    codes.new_unit(ord("a"))
    # From here each code names the phrase made by itself: one character longer than the last.
    code, run, made = 6, 1, 1
    while made < length:
        run += 1
        codes.phrase(code)
        code += 1
        made += run
    return codes.end()
