"""One person: a pseudonym, and a key that seals what must be kept of them."""

import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.audit import Entry, Scalar, Sealed

ALGORITHM = "A256GCM"  # RFC 7518 section 5.3
NONCE_BYTES = 12

_encode = msgspec.json.Encoder(order="sorted").encode
_decode = msgspec.json.Decoder(dict[str, Scalar]).decode


class CannotUnseal(Exception):
    """It was sealed under another key, for another place, or was changed; the message says nothing of it."""


class Person:
    """Somebody the house knows by *pseudonym*; *key* is 32 secret bytes, theirs alone."""

    __slots__ = ("_box", "pseudonym")

    def __init__(self, pseudonym: str, key: bytes) -> None:
        """Take both; neither says who it is."""
        self.pseudonym = pseudonym
        self._box = AESGCM(key)

    def __repr__(self) -> str:
        """Show the pseudonym."""
        return f"Person({self.pseudonym})"

    def seal(self, told: Mapping[str, Scalar], *, act: str, key: str) -> Sealed:
        """Return *told* as only this person's key opens it, and only in the entry of that *act* and *key*."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._box.encrypt(nonce, _encode(told), self._place(act, key))
        return Sealed(ALGORITHM, self.pseudonym, b64encode(sealed).decode())

    def unseal(self, sealed: Sealed, *, act: str, key: str) -> dict[str, Scalar]:
        """Return what was sealed for that entry. Raises CannotUnseal."""
        if (sealed.alg, sealed.kid) != (ALGORITHM, self.pseudonym):
            raise CannotUnseal("sealed for somebody else")
        try:
            raw = b64decode(sealed.ct, validate=True)
            return _decode(self._box.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], self._place(act, key)))
        except (InvalidTag, ValueError, msgspec.MsgspecError):
            raise CannotUnseal("not what was sealed here") from None

    def _place(self, act: str, key: str) -> bytes:
        return f"{self.pseudonym}\n{act}\n{key}".encode()


def about(entry: Entry, person: Person, told: Mapping[str, Scalar]) -> Entry:
    """Return *entry* as one about *person*: what was told of them is named in the clear and sealed."""
    if not told:
        return replace(entry, subject=person.pseudonym)
    return replace(
        entry,
        subject=person.pseudonym,
        fields=tuple(sorted(told)),
        sealed=person.seal(told, act=entry.act, key=entry.key),
    )
