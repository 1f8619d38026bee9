"""
What proves that a message is ours: Standard Webhooks 1.0.0, HMAC-SHA256 (`v1`).

A setting holds one secret, or several with blanks between them while they are being changed: each signs, so
that the partner may know any one of them.
"""

import hmac
import re
import time
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from hashlib import sha256
from secrets import token_bytes
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from contracts import CannotConvey

__all__ = ["Secrets", "Signer", "read_secrets", "stranger"]

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes of a secret, by the specification
MOST = 4  # secrets at once: an old and a new one, for two sides that change at different times

# Without a dot: the signed text has dots between its parts, and two messages could share one signature.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_secrets(text: str) -> tuple[bytes, ...]:
    """Return the keys of `whsec_...` secrets with blanks between. Raises ValueError, which tells none."""
    found = tuple(_key(each) for each in text.split())
    if not 1 <= len(found) <= MOST or len(set(found)) < len(found):
        raise ValueError(f"1 to {MOST} different secrets wanted")
    return found


def _checked(secret: SecretStr) -> SecretStr:
    read_secrets(secret.get_secret_value())
    return secret


Secrets = Annotated[SecretStr, AfterValidator(_checked)]


class Signer:
    """Signs for one partner; *now* is the clock, seconds since 1970 UTC."""

    def __init__(self, secrets: SecretStr, *, now: Callable[[], float] = time.time) -> None:
        """Take the setting as it is configured. Raises ValueError."""
        self._secrets = secrets
        self._keys = read_secrets(secrets.get_secret_value())
        self._now = now

    def at(self, now: Callable[[], float]) -> "Signer":
        """Return one that signs with the same secrets by another clock."""
        return Signer(self._secrets, now=now)

    def headers(self, message: str, body: bytes) -> dict[str, str]:
        """Return what proves *body* to be the message of that id, sent now. Raises CannotConvey."""
        if not _ID.fullmatch(message):
            raise CannotConvey("id")
        at = str(int(self._now()))
        signed = f"{message}.{at}.".encode() + body
        return {
            "webhook-id": message,
            "webhook-timestamp": at,
            "webhook-signature": " ".join(_signature(key, signed) for key in self._keys),
        }


def stranger() -> Signer:
    """Return one whose secret nobody knows."""
    return Signer(SecretStr(PREFIX + b64encode(token_bytes(LONGEST)).decode()))


def _signature(key: bytes, signed: bytes) -> str:
    return "v1," + b64encode(hmac.digest(key, signed, sha256)).decode()


def _key(secret: str) -> bytes:
    """Read strictly: hex, a private key or half a secret would sign as well, and nobody could verify it."""
    text = secret.removeprefix(PREFIX)
    try:
        key = b64decode(text, validate=True)
    except (Error, ValueError):
        raise ValueError("base64 wanted after whsec_") from None
    if text == secret or b64encode(key).decode() != text:
        raise ValueError("whsec_ and base64 with its padding wanted")
    if not SHORTEST <= len(key) <= LONGEST:
        raise ValueError(f"a secret of {SHORTEST} to {LONGEST} bytes wanted")
    return key
