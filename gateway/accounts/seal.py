"""The secrets of one-time codes, sealed under `accounts.key` in the secrets folder, each for its account."""

import os
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.people.secret_files import make, read

FILE = "accounts.key"
KEY_BYTES = 32
NONCE_BYTES = 12

_WHY = "for without it no one-time code can be checked"

log = structlog.get_logger()


class Seal:
    """Seals with AES-256-GCM; bound to the account, so that rows cannot be exchanged."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 32 bytes."""
        self._box = AESGCM(key)

    @classmethod
    def of(cls, secrets_dir: Path) -> "Seal":
        """Return the seal of that folder, its key made if there was none. Raises WrongKeys, OSError."""
        make(secrets_dir / FILE, KEY_BYTES)
        return cls(read(secrets_dir / FILE, KEY_BYTES, why=_WHY))

    def close(self, secret: str, *, account: str) -> bytes:
        """Return *secret*, sealed."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._box.encrypt(nonce, secret.encode("ascii"), account.encode())

    def open(self, sealed: bytes | None, *, account: str) -> str | None:
        """Return the secret; None if there is none or another key sealed it (the log says so then)."""
        if sealed is None:
            return None
        secret = self.reads(sealed, account=account)
        if secret is None:
            log.error("accounts.unreadable", file=FILE)
        return secret

    def reads(self, sealed: bytes, *, account: str) -> str | None:
        """Return the secret, None for what this key did not seal: anybody may have sent it."""
        try:
            box, bound = self._box, account.encode("utf-8", "surrogatepass")
            return box.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound).decode()
        except (InvalidTag, ValueError):  # ValueError: cut short
            return None
