"""A message only one browser can open: RFC 8291 over the coding aes128gcm of RFC 8188, one record."""

import os
from base64 import urlsafe_b64decode

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD = 4096  # bytes; RFC 8291 section 4: one record, and services need take no more than 4096
LONGEST = RECORD - 103  # bytes of plaintext: header 86, delimiter 1, tag 16
_LAST = b"\x02"  # RFC 8188 section 2: the delimiter of the last record
_POINT, _SECRET = 65, 16


class CannotSeal(Exception):
    """The browser's keys are none, or the text is too long."""


def seal(
    text: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    key: EllipticCurvePrivateKey | None = None,
) -> bytes:
    """
    Return *text* sealed for the browser with these keys (base64url), header and all.

    *salt* (16 bytes) and *key* are made anew for each message; only a test hands them in. Raises CannotSeal.
    """
    salt, key = salt or os.urandom(16), key or generate_private_key(SECP256R1())
    theirs, secret = _bytes(p256dh, _POINT), _bytes(auth, _SECRET)
    ours = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if len(text) > LONGEST:
        raise CannotSeal("too long")
    shared = _derive(_agreed(key, theirs), salt=secret, info=b"WebPush: info\0" + theirs + ours, length=32)
    cipher = AESGCM(_derive(shared, salt=salt, info=b"Content-Encoding: aes128gcm\0", length=16))
    nonce = _derive(shared, salt=salt, info=b"Content-Encoding: nonce\0", length=12)
    header = salt + RECORD.to_bytes(4) + len(ours).to_bytes(1) + ours
    return header + cipher.encrypt(nonce, text + _LAST, None)


def _agreed(key: EllipticCurvePrivateKey, theirs: bytes) -> bytes:
    try:
        return key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs))
    except ValueError:
        raise CannotSeal("not a point of the curve") from None


def _derive(material: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(material)


def _bytes(text: str, length: int) -> bytes:
    bare = text.rstrip("=")
    try:
        found = urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except ValueError:
        raise CannotSeal("not base64url") from None
    if len(found) != length:
        raise CannotSeal("of another length")
    return found
