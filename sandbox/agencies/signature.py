"""Verifies a message as Standard Webhooks 1.0.0 wants it (HMAC-SHA256), strictly, five minutes either way."""

import hmac
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256

TOLERANCE_S = 300.0

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")


class NotProven(Exception):
    """The message does not prove whose it is; the text says what is wrong."""


def verified(headers: Mapping[str, str], body: bytes, *, secrets: Sequence[str], now: datetime) -> str:
    """Return the message's id once one of *secrets* has signed it. Raises NotProven."""
    message, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(message):
        raise NotProven("webhook-id")
    if not _SECONDS.fullmatch(at) or abs(now.timestamp() - int(at)) > TOLERANCE_S:
        raise NotProven("webhook-timestamp")
    given = _given(headers.get("webhook-signature", ""))
    signed = f"{message}.{at}.".encode() + body
    good = [hmac.new(_key(secret), signed, sha256).digest() for secret in secrets]
    if not any(hmac.compare_digest(one, other) for one in given for other in good):
        raise NotProven("webhook-signature")
    return message


def _given(header: str) -> list[bytes]:
    """Return the signatures of version 1; others may stand beside them."""
    parts = header.split(" ")
    if not all("," in part for part in parts):
        raise NotProven("webhook-signature")
    return [b64decode(part.removeprefix("v1,")) for part in parts if _SIGNATURE.fullmatch(part)]


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix("whsec_"), validate=True)
