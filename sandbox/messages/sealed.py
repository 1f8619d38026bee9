"""Opens what is sealed for one browser: RFC 8291 over RFC 8188 (aes128gcm), one record."""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_CURVE = ec.SECP256R1()
_LAST = 2  # the delimiter before the padding of the last record
_HEADER = 21  # salt 16, record size 4, length of the key id 1


class Unreadable(Exception):
    """The message cannot be opened; a browser drops it without a word."""


@dataclass(frozen=True, slots=True)
class BrowserKeys:
    """A browser's key pair and its 16 secret bytes."""

    private: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def public(self) -> bytes:
        """Return the public key, 65 bytes."""
        return point_of(self.private.public_key())


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, sha256)


def opened(body: bytes, keys: BrowserKeys) -> bytes:
    """Return the text sealed in *body*; raise Unreadable."""
    salt, size, sender, record = _split(body)
    if size < 18 or len(record) > size:
        raise Unreadable("more than one record, or a record size below 18")
    content_key, nonce = _keys(salt, sender, keys)
    try:
        padded = AESGCM(content_key).decrypt(nonce, record, None)
    except InvalidTag as wrong:
        raise Unreadable("sealed with other keys") from wrong
    text = padded.rstrip(b"\0")
    if text[-1:] != bytes([_LAST]):
        raise Unreadable("no delimiter of a last record")
    return text[:-1]


def _split(body: bytes) -> tuple[bytes, int, bytes, bytes]:
    length = body[_HEADER - 1] if len(body) >= _HEADER else 0
    if length != 65:
        raise Unreadable("the key id is no uncompressed point")
    end = _HEADER + length
    return body[:16], int.from_bytes(body[16:20], "big"), body[_HEADER:end], body[end:]


def _keys(salt: bytes, sender: bytes, keys: BrowserKeys) -> tuple[bytes, bytes]:
    try:
        their = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, sender)
    except ValueError as wrong:
        raise Unreadable("the key id is no point of the curve") from wrong
    shared = _mac(keys.auth, keys.private.exchange(ec.ECDH(), their))
    material = _mac(shared, b"WebPush: info\0" + keys.public + sender + b"\x01")
    secret = _mac(salt, material)
    content_key = _mac(secret, b"Content-Encoding: aes128gcm\0\x01")[:16]
    return content_key, _mac(secret, b"Content-Encoding: nonce\0\x01")[:12]
