"""
The keys that wrap every person's key (key-encryption keys), one file each in the secrets folder.

Without its file a copy of the key database is worthless: that is what ends backups of erased people.
Replicas of one house share the folder.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .person import NONCE_BYTES
from .secret_files import WrongKeys, make, read, remove

KEY_BYTES = 32
_WHY = "for without it nothing that was sealed about people can be opened"


class Keks:
    """Wraps and unwraps persons' keys; bound to the person, so that rows cannot be exchanged."""

    def __init__(self, secrets_dir: Path) -> None:
        """Take the folder; nothing is read yet."""
        self._folder = secrets_dir
        self._boxes: dict[str, AESGCM] = {}

    def make(self, kek: str) -> None:
        """Make the key of that id (eight hexadecimal digits), durably, unless it is there. Raises OSError."""
        make(self._file(kek), KEY_BYTES)

    def drop(self, kek: str) -> bool:
        """
        Delete a key for good: whatever it wraps can never be opened again.

        Says whether it was there. Raises OSError.
        """
        self._boxes.pop(kek, None)
        return remove(self._file(kek))

    def wrap(self, key: bytes, *, kek: str, pseudonym: str) -> bytes:
        """Return a person's *key*, wrapped. Raises WrongKeys, OSError."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._box(kek).encrypt(nonce, key, _whose(pseudonym, kek))

    def unwrap(self, wrapped: bytes, *, kek: str, pseudonym: str) -> bytes:
        """Return the person's key. Raises WrongKeys, OSError."""
        nonce, rest = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return self._box(kek).decrypt(nonce, rest, _whose(pseudonym, kek))
        except (InvalidTag, ValueError):  # ValueError: a row cut short
            raise WrongKeys(f"{self._file(kek)} is not the key database's: restore the right one") from None

    def _box(self, kek: str) -> AESGCM:
        if kek not in self._boxes:
            self._boxes[kek] = AESGCM(read(self._file(kek), KEY_BYTES, why=_WHY))
        return self._boxes[kek]

    def _file(self, kek: str) -> Path:
        return self._folder / f"kek-{kek}.key"


def _whose(pseudonym: str, kek: str) -> bytes:
    return f"{pseudonym}\n{kek}".encode()
