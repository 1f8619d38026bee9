"""Base64url without padding, as JWTs and Web Push write bytes."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

_ALPHABET = re.compile(r"[A-Za-z0-9_-]*")


def written(data: bytes) -> str:
    """Return *data* as text."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def read(text: str) -> bytes:
    """Return the bytes of *text*; raise ValueError for other signs, padding included."""
    if not _ALPHABET.fullmatch(text):
        raise ValueError("no base64url")
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
