"""Who we are to a push service: a signed statement for each of them (VAPID, RFC 8292)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from py_vapid import Vapid02  # type: ignore[import-untyped]  # it has no type hints

GOOD_FOR_S = 12 * 3600  # RFC 8292 section 2: at most 24 h, by their clock
_RAW = 32


class CannotRead(Exception):
    """The text is no P-256 private key; nothing of it is told."""


def read_key(text: str) -> EllipticCurvePrivateKey:
    """Read a private key from PEM or from its 32 bytes in base64url. Raises CannotRead."""
    try:
        key = _pem(text) if text.lstrip().startswith("-----BEGIN") else _raw(text)
    except (ValueError, TypeError, UnicodeError, Error, UnsupportedAlgorithm):
        raise CannotRead from None
    if not (isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)):
        raise CannotRead
    return key


class Vapid:
    """Our key, and the statements signed with it."""

    def __init__(self, key: EllipticCurvePrivateKey, *, contact: str) -> None:
        """Take *contact*: a mailto: or https: address for the push service's people."""
        self._signer = Vapid02(key)
        self._contact = contact
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = urlsafe_b64encode(point).rstrip(b"=").decode()

    def authorization(self, origin: str, *, at: float) -> str:
        """Return the header for the push service at *origin*; *at* is seconds since 1970 UTC."""
        claims = {"aud": origin, "exp": int(at) + GOOD_FOR_S, "sub": self._contact}
        return str(self._signer.sign(claims)["Authorization"])


def _pem(text: str) -> object:
    return load_pem_private_key(text.encode(), password=None)


def _raw(text: str) -> EllipticCurvePrivateKey:
    number = urlsafe_b64decode(text.strip().rstrip("=") + "=")  # 43 signs and one to fill up
    if len(number) != _RAW:
        raise CannotRead
    return derive_private_key(int.from_bytes(number), SECP256R1())
