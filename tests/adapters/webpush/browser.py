"""A browser's side of Web Push, written from RFC 8291 and RFC 8188 and not from our sealing."""

import hashlib
import hmac
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/synthetic"


def text_of(data: bytes) -> str:
    """Write base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Read base64url."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)


class Browser:
    """One subscription, and what opens the messages sent to it."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | None = None, auth: bytes | None = None) -> None:
        self._private = private or ec.generate_private_key(ec.SECP256R1())
        self._auth = auth or os.urandom(16)
        self._public = self._private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str = ENDPOINT) -> dict[str, Any]:
        """Return what PushSubscription.toJSON() gives."""
        keys = {"p256dh": text_of(self._public), "auth": text_of(self._auth)}
        return {"endpoint": endpoint, "expirationTime": None, "keys": keys}

    def address(self, endpoint: str = ENDPOINT) -> str:
        """Return the address of a contact."""
        return "push:" + json.dumps(self.subscription(endpoint))

    def open(self, body: bytes) -> bytes:
        """Return what was sealed for this browser. Raises InvalidTag."""
        salt, record, length = body[:16], int.from_bytes(body[16:20]), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert record >= len(sealed)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs)
        agreed = self._private.exchange(ec.ECDH(), point)
        keyed = _hmac(self._auth, agreed)
        material = _hmac(keyed, b"WebPush: info\x00" + self._public + theirs + b"\x01")
        pseudo = _hmac(salt, material)
        key = _hmac(pseudo, b"Content-Encoding: aes128gcm\x00\x01")[:16]
        nonce = _hmac(pseudo, b"Content-Encoding: nonce\x00\x01")[:12]
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert padded[-1:] == b"\x02"
        return padded[:-1]
