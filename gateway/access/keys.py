"""
An access key: `grb_demo_<id>_<secret>`; the text exists once, here stands its SHA-256.

The secret has 256 bits, so a plain hash is as good as a slow one, and takes a microsecond.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from string import ascii_letters, digits

from .roles import Principal, Role

SECRET_LENGTH = 43  # base62: 43 * log2(62) = 256.03 bits
DEFAULT_DAYS = 365
LONGEST_DAYS = 730

EXPIRY_NOTICE = timedelta(days=30)
GRACE = timedelta(hours=72)

_BASE62 = ascii_letters + digits
# No digits: an id can never be taken for part of somebody's number. No l, o: they read as 1 and 0.
_ID_LETTERS = "abcdefghijkmnpqrstuvwxyz"
_ID_LENGTH = 10

_TEXT = re.compile(rb"grb_(demo|live)_([a-z]{10})_([A-Za-z0-9]{43})")


@dataclass(frozen=True, slots=True, repr=False)
class AccessKey:
    """
    One row of the key table; *warned_days* is the last notice of expiry given (30, 7, 1).

    *holder* names the desk or system that keeps the key, and is for people only.
    """

    id: str
    environment: str
    role: Role
    holder: str
    partner: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime
    digest: bytes
    revoked_at: datetime | None = None
    warned_days: int | None = None

    def __repr__(self) -> str:
        """Show id and role."""
        return f"AccessKey({self.id}, {self.role})"

    def state(self, at: datetime) -> str:
        """Say active, expiring (within 30 days), expired or revoked."""
        if self.revoked_at is not None:
            return "revoked"
        if at >= self.expires_at:
            return "expired"
        return "expiring" if at >= self.expires_at - EXPIRY_NOTICE else "active"

    def principal(self) -> Principal:
        """Return who its bearer is."""
        return Principal(self.id, self.role, self.holder, self.partner, self.expires_at)


@dataclass(frozen=True, slots=True)
class KeyOrder:
    """What an admin asks for: a *role* for a *holder*, for *days* days; *partner* if the role is partner."""

    role: Role
    holder: str
    partner: str | None = None
    days: int = DEFAULT_DAYS

    def __post_init__(self) -> None:
        """Raise ValueError for a life outside 1..730 days or a partner where none belongs."""
        if not 1 <= self.days <= LONGEST_DAYS:
            raise ValueError(f"a key lives 1 to {LONGEST_DAYS} days")
        if (self.role is Role.PARTNER) != (self.partner is not None):
            raise ValueError("a partner's key names its partner, no other does")


def mint(
    order: KeyOrder, *, environment: str, by: str, at: datetime, key_id: str | None = None
) -> tuple[AccessKey, str]:
    """Return a new key and its text, which nobody can recover later; *by* is the id of who makes it."""
    key_id = key_id or new_key_id()
    text = f"grb_{environment}_{key_id}_{_random(_BASE62, SECRET_LENGTH)}"
    key = AccessKey(
        id=key_id,
        environment=environment,
        role=order.role,
        holder=order.holder,
        partner=order.partner,
        created_at=at,
        created_by=by,
        expires_at=at + timedelta(days=order.days),
        digest=digest(text.encode("ascii")),
    )
    return key, text


def new_key_id() -> str:
    """Return ten random letters."""
    return _random(_ID_LETTERS, _ID_LENGTH)


def repeatable_key_id(seed: str) -> str:
    """Return the id that the same *seed* always gives: how a repeated order is recognised."""
    number = int.from_bytes(sha256(seed.encode("utf-8")).digest())
    letters = []
    for _ in range(_ID_LENGTH):
        number, rest = divmod(number, len(_ID_LETTERS))
        letters.append(_ID_LETTERS[rest])
    return "".join(letters)


def digest(text: bytes) -> bytes:
    """Return what is stored of a key's *text*."""
    return sha256(text).digest()


def parts(text: bytes) -> tuple[str, str] | None:
    """Return environment and id that a key's *text* claims, None if it has not the form of one."""
    found = _TEXT.fullmatch(text)
    return (found[1].decode("ascii"), found[2].decode("ascii")) if found else None


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
