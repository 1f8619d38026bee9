"""The keys that sign checkpoints: one file each, made by the gateway, never written over."""

import os
import re
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .files import keep_private
from .notes import Signer, verifier_key

_FORM = re.compile(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\n?")
_ED25519 = 1


class NoKey(Exception):
    """The key that signs this log cannot be had; the message says which file to restore."""


class FileSigner:
    """An Ed25519 key (RFC 8032) named after the log's origin."""

    def __init__(self, name: str, seed: bytes) -> None:
        """Take the key's *name* and its *seed* of 32 secret bytes."""
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.vkey = verifier_key(name, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the signature's 64 bytes."""
        return self._private.sign(message)


class SigningKeys:
    """The folder of signing keys, in the form that Go's `note` package reads (`PRIVATE+KEY+...`)."""

    def __init__(self, folder: Path) -> None:
        """Take the secrets *folder*; it is made when the first key is."""
        self._folder = folder

    def make(self, name: str) -> Signer:
        """Make a key and return its signer once the file is on disk. Raises OSError."""
        seed = os.urandom(32)
        signer = FileSigner(name, seed)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = b64encode(bytes([_ED25519]) + seed).decode()
        text = f"PRIVATE+KEY+{name}+{_key_id(signer.vkey)}+{secret}\n"
        keep_private(self._file(signer.vkey), text.encode())
        return signer

    def load(self, vkey: str) -> Signer:
        """Return the signer whose verifier key is *vkey*. Raises NoKey."""
        file = self._file(vkey)
        try:
            found = _FORM.fullmatch(file.read_text("ascii"))
        except (OSError, ValueError):
            raise NoKey(f"{file} cannot be read: restore it") from None
        secret = b64decode(found[3]) if found else b""
        if not found or len(secret) != 33 or secret[0] != _ED25519:
            raise NoKey(f"{file} is no signing key: restore it")
        signer = FileSigner(found[1], secret[1:])
        if signer.vkey != vkey:
            raise NoKey(f"{file} holds another key: restore the right one")
        return signer

    def _file(self, vkey: str) -> Path:
        return self._folder / f"audit-signing-{_key_id(vkey)}.key"


def _key_id(vkey: str) -> str:
    return vkey.split("+", 2)[1]
