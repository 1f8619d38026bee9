"""
People as pseudonyms: a random name each, found again by an HMAC under a key outside the database.

A bare hash would hide nothing: all possible NIK can be tried in an hour on one core.
"""

import hmac
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from . import store
from .files import sync_folder

KEY_NAME = "subject.key"
KEY_BYTES = 32
# What a number is stands in the HMAC, so that a card's number never meets a NIK.
_KINDS = {16: b"nik\x00", 13: b"nokartu\x00"}

_ADD = text(
    "INSERT INTO subject (hmac, pseudonym, created_at) VALUES (:hmac, :pseudonym, :created_at)"
    " ON CONFLICT DO NOTHING"
)


class WrongKeyFile(Exception):
    """The key file is not 32 bytes long. Restore it: with a new key nobody is found again."""


class Subjects:
    """Finds and makes pseudonyms; *key* is 32 secret bytes."""

    def __init__(self, key: bytes) -> None:
        """Take the key; `open` reads it from its file."""
        if len(key) != KEY_BYTES:
            raise WrongKeyFile(f"the key must be {KEY_BYTES} bytes")
        self._key = key

    @classmethod
    def open(cls, secrets_dir: Path, *, may_create: bool = True) -> "Subjects":
        """Read `subject.key` in *secrets_dir*, or create both if allowed. Raises WrongKeyFile, OSError."""
        path = secrets_dir / KEY_NAME
        if not path.exists():
            if not may_create:
                raise WrongKeyFile(f"{path} is missing: restore it, for with a new key nobody is found again")
            secrets_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(path)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise WrongKeyFile(f"{path} must hold {KEY_BYTES} bytes and holds {len(key)}")
        return cls(key)

    @property
    def mark(self) -> str:
        """Sixteen hexadecimal digits by which the key is recognised, and nothing of it is learnt."""
        return hmac.digest(self._key, b"gerbang mark", "sha256").hex()[:16]

    def pseudonym_of(self, connection: Connection, number: str) -> str:
        """
        Return the pseudonym of the person with this NIK (16 digits) or nokartu (13), made if new.

        For use inside a change. Raises ValueError, without the number, when it is neither.
        """
        index = self._index(number)
        found = store.pseudonym(connection, index)
        if found is None:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            new = {"hmac": index, "pseudonym": f"p-{secrets.token_hex(12)}", "created_at": now}
            connection.execute(_ADD, new)
            # Another replica may have been first: what stands in the table counts.
            found = store.pseudonym(connection, index)
            assert found is not None  # noqa: S101  it was there, or has just been added
        return found

    def _index(self, number: str) -> bytes:
        kind = _KINDS.get(len(number))
        if kind is None or not (number.isascii() and number.isdigit()):
            raise ValueError("neither a NIK nor a nokartu")
        return hmac.digest(self._key, kind + number.encode(), "sha256")


def _create(path: Path) -> None:
    """Write a new key so that a crash leaves either none or a whole one, and never two."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, secrets.token_bytes(KEY_BYTES))
        os.fsync(file)
    finally:
        os.close(file)
    try:
        os.link(draft, path)  # as O_EXCL: refuses when another process was first
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)
