"""
How VClaim knows who asks: a signature over the second of asking, from which it also makes the key.

Formulas of the TrustMark catalogue, checked with its published vector (read 2026-11-23). Signature
and key depend on the same second, so both are made once per attempt and stay together.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from hashlib import sha256
from hmac import digest

# The tolerance of the insurer is published nowhere; "more than a few minutes" is refused.
_CLOCKS_AGREE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Signed:
    """What one attempt is signed with; *key* opens the answer to this attempt and to no other."""

    timestamp: str
    signature: str = field(repr=False)
    key: bytes = field(repr=False)


def sign(*, consid: str, secret: str, at: float) -> Signed:
    """Sign for the moment *at*, in seconds since 1970 UTC; parts of a second are dropped."""
    timestamp = str(int(at))
    return Signed(
        timestamp=timestamp,
        signature=signature(f"{consid}&{timestamp}", secret=secret),
        key=sha256(f"{consid}{secret}{timestamp}".encode()).digest(),
    )


def signature(message: str, *, secret: str) -> str:
    """Return the HMAC-SHA256 of *message* in base64, padded and not URL-encoded."""
    return b64encode(digest(secret.encode(), message.encode(), "sha256")).decode()


def clock_is_off(date_header: str | None, timestamp: str) -> bool:
    """Tell whether the partner's `Date` is more than two minutes from *timestamp*; False if it has none."""
    try:
        theirs = parsedate_to_datetime(date_header or "").timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    return abs(theirs - int(timestamp)) > _CLOCKS_AGREE
