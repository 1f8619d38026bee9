"""
Finding a person by their number without keeping it: an HMAC under a key outside every database.

A bare hash would hide nothing: all possible NIK can be tried in an hour on one core.
"""

import hmac
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .secret_files import make, read

KEY_NAME = "subject.key"
KEY_BYTES = 32
# What a number is stands in the HMAC, so that a card's number never meets a NIK.
_KINDS = {16: b"nik\x00", 13: b"nokartu\x00"}
_CASE = b"case\x00"


class BlindIndex:
    """Turns a number into what the key database finds it by; *key* is 32 secret bytes."""

    def __init__(self, key: bytes) -> None:
        """Take the key; `open` reads it from its file."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key must be {KEY_BYTES} bytes")
        self._key = key

    @classmethod
    def open(cls, secrets_dir: Path, *, may_create: bool) -> "BlindIndex":
        """Read `subject.key` in *secrets_dir*, or create both if allowed. Raises WrongKeys, OSError."""
        path = secrets_dir / KEY_NAME
        if may_create:
            make(path, KEY_BYTES)
        why = "for with a new key nobody is found again"
        return cls(read(path, KEY_BYTES, why=why))

    @property
    def mark(self) -> str:
        """Sixteen hexadecimal digits by which the key is recognised, and nothing of it is learnt."""
        return hmac.digest(self._key, b"gerbang mark", "sha256").hex()[:16]

    def key_for(self, use: bytes) -> bytes:
        """Return 32 secret bytes for another *use* (HKDF, RFC 5869); from them nobody learns the key."""
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"gerbang " + use).derive(self._key)

    def of(self, number: str) -> bytes:
        """
        Return the index of a NIK (16 digits) or nokartu (13).

        Raises ValueError, without the number, when it is neither.
        """
        kind = _KINDS.get(len(number))
        if kind is None or not (number.isascii() and number.isdigit()):
            raise ValueError("neither a NIK nor a nokartu")
        return hmac.digest(self._key, kind + number.encode(), "sha256")

    def of_case(self, case: str) -> bytes:
        """Return the index of somebody without a number, known by the *case* they were met in."""
        return hmac.digest(self._key, _CASE + case.encode(), "sha256")
