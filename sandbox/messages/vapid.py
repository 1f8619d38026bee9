"""Who sends a push: RFC 8292's `Authorization: vapid t=<JWT>, k=<public key>`."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from . import base64url

LONGEST = timedelta(hours=24)  # RFC 8292 section 2: exp is not further ahead
_HEADER = re.compile(r"vapid\s+(.+)", re.IGNORECASE)


class NotKnown(Exception):
    """The sender does not prove who it is; *status* is 401 where it did not try."""

    def __init__(self, why: str, status: int = 403) -> None:
        super().__init__(why)
        self.status = status


def sender_of(header: str, *, audience: str, now: datetime) -> str:
    """Return the sender's public key as sent (`k`) once its token is proven; raise NotKnown."""
    found = _HEADER.fullmatch(header.strip())
    if found is None:
        raise NotKnown("Authorization must be vapid", 401)
    pairs = (part.strip().partition("=") for part in found[1].split(","))
    given = {name: value for name, _, value in pairs}
    token, key = given.get("t", ""), given.get("k", "")
    _check_claims(_claims(token, key), audience, now)
    return key


def _claims(token: str, key: str) -> dict[str, Any]:
    """Return what the token says, once its signature is proven."""
    try:
        header, claims, signature = token.split(".")
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url.read(key))
        raw, said, head = (base64url.read(part) for part in (signature, claims, header))
        _check_signature(public, raw, f"{header}.{claims}".encode())
        kind, content = json.loads(head), json.loads(said)
    except (InvalidSignature, ValueError) as wrong:
        raise NotKnown("no token of ES256 signed by k") from wrong
    if not isinstance(kind, dict) or not isinstance(content, dict) or kind.get("alg") != "ES256":
        raise NotKnown("alg must be ES256")
    return content


def _check_signature(public: ec.EllipticCurvePublicKey, raw: bytes, signed: bytes) -> None:
    if len(raw) != 64:
        raise ValueError("an ES256 signature has 64 bytes")
    halves = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    public.verify(encode_dss_signature(*halves), signed, ec.ECDSA(hashes.SHA256()))


def _check_claims(claims: dict[str, Any], audience: str, now: datetime) -> None:
    if claims.get("aud") != audience:
        raise NotKnown("aud is not the origin of this push service")
    end = claims.get("exp")
    if isinstance(end, bool) or not isinstance(end, int | float):
        raise NotKnown("exp must be a number")
    if not 0 < end - now.timestamp() <= LONGEST.total_seconds():
        raise NotKnown("exp is past, or more than 24 hours ahead")
    subject = str(claims.get("sub", "mailto:"))  # RFC 8292 lets it out, and wants one of two kinds
    if not subject.startswith(("mailto:", "https:")):
        raise NotKnown("sub must be mailto: or https:")
