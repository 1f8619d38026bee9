"""
Checks the four headers of a VClaim question.

Facts section 2 (read 2026-11-23). What BPJS answers to a wrong one is published nowhere: the API
manager's refusal of a key as HTTP 401, and the rest as code 401 in a 200, are our assumption.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Credentials:
    """What BPJS gives to a facility."""

    consid: str
    secret: str
    user_key: str


DEMO = Credentials(consid="99112", secret="demo-vclaim-secret", user_key="demo-vclaim-user-key")  # noqa: S106 - demo


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a question is refused, and with which HTTP status."""

    status: int
    message: str


def signature(credentials: Credentials, timestamp: str) -> str:
    """Return base64 of HMAC-SHA256 over `consid&timestamp` under the secret."""
    message = f"{credentials.consid}&{timestamp}".encode()
    return b64encode(hmac.digest(credentials.secret.encode(), message, sha256)).decode()


def refusal(
    headers: Mapping[str, str], credentials: Credentials, *, now: datetime, skew_s: float
) -> Refusal | None:
    """Return why the headers are refused, None if they are good; *skew_s* in seconds."""
    timestamp = headers.get("x-timestamp", "")
    if not hmac.compare_digest(headers.get("user_key", "").encode(), credentials.user_key.encode()):
        return Refusal(401, "Invalid user_key")
    if headers.get("x-cons-id", "") != credentials.consid:
        return Refusal(200, "Consumer ID tidak dikenal")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return Refusal(200, "X-timestamp tidak valid")
    if abs(now.timestamp() - int(timestamp)) > skew_s:
        return Refusal(200, "X-timestamp kedaluwarsa")
    if not hmac.compare_digest(
        headers.get("x-signature", "").encode(), signature(credentials, timestamp).encode()
    ):
        return Refusal(200, "Signature tidak sesuai")
    return None
