"""The roles, and who somebody is once the key was accepted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts import Actor


class Role(StrEnum):
    """What somebody does here; a key has exactly one."""

    DISPATCHER = "dispatcher"
    OPERATOR = "operator"
    APPROVER = "approver"
    AUDITOR = "auditor"
    PARTNER = "partner"  # a partner's system
    DUTY = "duty"  # a partner's duty officer: a person, who sees only what that partner is told
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """
    Who asks: a machine known by an accepted key, or a person known by a session.

    *key_id* is the key's or the account's id; *kind* is machine or person. *partner* is whom a partner's key
    speaks for, or whose duty officer it is. *grace* is True where a dispatcher's key has expired and still
    works for what must not stop.
    """

    key_id: str
    role: Role
    holder: str
    partner: str | None
    expires_at: datetime
    grace: bool = False
    kind: str = "machine"

    @property
    def actor(self) -> Actor:
        """Who acts, for an audit entry: the key or the account, never the holder's name."""
        return Actor(id=self.key_id, role=str(self.role), kind=self.kind)
