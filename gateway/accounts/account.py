"""What is known of a person who signs in: account, session, passkey, deputyship; moments in us since 1970."""

import secrets
from dataclasses import dataclass
from time import time_ns

from gateway.access.roles import Principal, Role

IDLE_US = 15 * 60 * 1_000_000
ABSOLUTE_US = 8 * 3600 * 1_000_000
STEP_UP_US = 300 * 1_000_000  # a decision asks for a proof no older than this
HALF_US = 5 * 60 * 1_000_000  # between the password and the second proof
ONE_TIME_US = 14 * 24 * 3600 * 1_000_000  # a password an admin set, until its owner has changed it

# A partner's system has a key, never an account; its duty officer is a person.
ROLES = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN, Role.DUTY)

# No digits: an id can never be taken for part of somebody's number. No l, o: they read as 1 and 0.
_LETTERS = "abcdefghijkmnpqrstuvwxyz"


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """
    One row of the account table.

    *password* is an argon2id hash; *totp* the sealed secret of one-time codes, *totp_next* one that awaits
    its first code; *totp_step* the last 30-s step whose code was used. *must_change* says that the password
    came from an admin. *partner* is whose duty officer it is, None for everybody else.
    """

    id: str
    login: str
    display_name: str
    role: Role
    password: str
    password_at_us: int
    must_change: bool
    totp: bytes | None
    totp_next: bytes | None
    totp_step: int
    created_at_us: int
    created_by: str
    disabled_at_us: int | None = None
    partner: str | None = None

    def __repr__(self) -> str:
        """Show id and role."""
        return f"Account({self.id}, {self.role})"

    def one_time_ended(self, at_us: int) -> bool:
        """Say whether an admin's one-time password has waited too long for its owner."""
        return self.must_change and at_us >= self.password_at_us + ONE_TIME_US


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """
    A person who has given the password and, once *opened_at_us* is set, a second proof.

    *digest* is SHA-256 of the cookie's text, *name* what people and entries call it; *csrf* follows from the
    cookie and is kept nowhere. *challenge* is what a passkey was last asked to sign.
    """

    digest: bytes
    name: str
    account: Account
    begun_at_us: int
    opened_at_us: int | None
    seen_at_us: int
    stepped_up_at_us: int | None
    challenge: bytes | None = None
    csrf: str = ""

    def __repr__(self) -> str:
        """Show name and account."""
        return f"Session({self.name}, {self.account.id})"

    @property
    def complete(self) -> bool:
        """Whether the second proof was given."""
        return self.opened_at_us is not None

    @property
    def ends_at_us(self) -> int:
        """When it ends if nothing more is asked: 15 minutes idle, 8 hours at most; half of one, 5 minutes."""
        if self.opened_at_us is None:
            return self.begun_at_us + HALF_US
        return min(self.seen_at_us + IDLE_US, self.opened_at_us + ABSOLUTE_US)

    def may_decide(self, now_us: int) -> bool:
        """Say whether the last fresh proof is at most 300 s old."""
        proven = self.stepped_up_at_us
        return self.complete and proven is not None and 0 <= now_us - proven <= STEP_UP_US


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key in somebody's telephone or stick; *id* is WebAuthn's credential id in base64url."""

    id: str
    name: str
    account: str
    public_key: bytes
    sign_count: int
    label: str
    created_at_us: int


@dataclass(frozen=True, slots=True)
class Deputyship:
    """*deputy* stands in for *approver* from *since_us* until *until_us*, both account ids."""

    id: str
    approver: str
    deputy: str
    since_us: int
    until_us: int
    revoked_at_us: int | None = None

    def holds(self, at_us: int) -> bool:
        """Say whether it holds at that time."""
        return self.revoked_at_us is None and self.since_us <= at_us < self.until_us


def letters(prefix: str) -> str:
    """Return an id: *prefix*, a hyphen, ten random letters."""
    return f"{prefix}-{''.join(secrets.choice(_LETTERS) for _ in range(10))}"


def now_us() -> int:
    """Return this moment in microseconds since 1970, UTC."""
    return time_ns() // 1000


__all__ = ["ROLES", "Account", "Deputyship", "Passkey", "Principal", "Role", "Session", "letters", "now_us"]
