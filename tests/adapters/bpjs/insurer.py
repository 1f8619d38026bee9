"""The insurer's side of the wire for these tests, written from the catalogue and not from our reader."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from adapters.bpjs.settings import Settings
from contracts import CoverageQuestion, Nik, Nokartu

ROOT = "https://vclaim.example/vclaim-rest"
CONSID, SECRET, USER_KEY = "12345", "s3cr3t-synthetic", "user-key-synthetic"
NIK, NOKARTU = "1571015203909901", "0000000000018"
DAY = date(2026, 11, 24)

SETTINGS = Settings.model_validate(
    {"base_url": ROOT, "consid": CONSID, "secret": SECRET, "user_key": USER_KEY}
)
BY_NIK = CoverageQuestion(service_date=DAY, nik=Nik(NIK))
BY_CARD = CoverageQuestion(service_date=DAY, nokartu=Nokartu(NOKARTU))

_WIRE = Path(__file__).parents[2] / "wire" / "bpjs"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
_END = 2


def example(name: str) -> Any:
    """Read one example of the wire."""
    return json.loads((_WIRE / name).read_text())


def peserta(**changes: object) -> dict[str, Any]:
    """Return the example member with some fields changed."""
    return {"peserta": example("peserta.json")["peserta"] | changes}


def answer(request: httpx.Request, opened: object, *, seconds_off: int = 0) -> httpx.Response:
    """Answer *request* as VClaim does if its headers are in order, sealed for its own second."""
    timestamp = request.headers["x-timestamp"]
    signed = hmac.digest(SECRET.encode(), f"{CONSID}&{timestamp}".encode(), "sha256")
    assert request.headers["x-cons-id"] == CONSID
    assert request.headers["x-signature"] == b64encode(signed).decode()
    assert request.headers["user_key"] == USER_KEY
    text = opened if isinstance(opened, str) else json.dumps(opened)
    return envelope(response=seal(text, timestamp=int(timestamp) + seconds_off))


def envelope(code: object = "200", message: object = "OK", response: object = None) -> httpx.Response:
    """Return an answer in the envelope as the catalogue spells it."""
    return httpx.Response(200, json={"metaData": {"code": code, "message": message}, "response": response})


def seal(text: str, *, timestamp: int) -> str:
    """Pack and encrypt *text* for the one second *timestamp*."""
    key = hashlib.sha256(f"{CONSID}{SECRET}{timestamp}".encode()).digest()
    return encrypt(pack(text), key=key)


def encrypt(packed: bytes, *, key: bytes) -> str:
    """Pad and encrypt as VClaim does: the first half of the key is the IV."""
    missing = 16 - len(packed) % 16
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(packed + bytes([missing]) * missing) + encryptor.finalize()).decode()


def pack(text: str) -> bytes:
    """Pack *text* as LZ-string's compressToEncodedURIComponent does."""
    packer, known, unsaid, pending = Packer(), dict[str, int](), set[str](), ""
    for unit in _utf16_units(text):
        if unit not in known:
            known[unit] = 3 + len(known)
            unsaid.add(unit)
        if pending + unit not in known:
            _say(packer, pending, known, unsaid)
            known[pending + unit] = 3 + len(known)
            pending = ""
        pending += unit
    if pending:
        _say(packer, pending, known, unsaid)
    return packer.letters()


class Packer:
    """Writes LZ-string codes; *words* is how many the reader's dictionary will hold by then."""

    def __init__(self) -> None:
        """Start with the three reserved codes."""
        self._bits: list[str] = []
        self.words = 3

    def code(self, value: int) -> None:
        """Write a code as wide as the dictionary needs; each but the first teaches one word."""
        self._write(value, self.words.bit_length())
        self.words += self.words > 3

    def character(self, unit: int) -> None:
        """Write a character for the first time; it becomes a word of its own as well."""
        wide = unit > 255
        self.code(int(wide))
        self._write(unit, 16 if wide else 8)
        self.words += 1

    def letters(self) -> bytes:
        """End the stream; return its letters, with at least one bit of padding behind the end."""
        self._write(_END, self.words.bit_length())
        bits = "".join(self._bits)
        bits += "0" * (6 - len(bits) % 6)
        return "".join(_LETTERS[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6)).encode()

    def _write(self, value: int, width: int) -> None:
        self._bits.append(f"{value:0{width}b}"[::-1])


def _say(packer: Packer, word: str, known: dict[str, int], unsaid: set[str]) -> None:
    if word in unsaid:
        unsaid.remove(word)
        packer.character(ord(word))
    else:
        packer.code(known[word])


def _utf16_units(text: str) -> Iterable[str]:
    raw = text.encode("utf-16-le", "surrogatepass")
    return (chr(int.from_bytes(raw[at : at + 2], "little")) for at in range(0, len(raw), 2))
