"""May the bearer of this key do that, now? Pure."""

from dataclasses import dataclass, replace
from datetime import datetime

from .keys import GRACE, digest, parts
from .ring import KeyRing
from .roles import Principal, Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route; with *grace* a dispatcher's key works there 72 h beyond its end."""

    roles: frozenset[Role]
    grace: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no: *problem* names it, *principal* is who was refused if the key proved that."""

    problem: str
    principal: Principal | None = None
    claimed_id: str | None = None


def judge(ring: KeyRing, text: bytes | None, rule: Rule, *, at: datetime) -> Principal | Refusal:
    """Return who bears the key *text*, or why that is refused."""
    if text is None:
        return Refusal("key-missing")
    bearer = ring.in_use.get(digest(text))
    if bearer is None:
        return _not_in_use(ring, text)
    if at >= bearer.expires_at:
        if not _in_grace(bearer, rule, at):
            return Refusal("key-expired", bearer)
        bearer = replace(bearer, grace=True)
    if bearer.role not in rule.roles:
        return Refusal("role-not-allowed", bearer)
    return bearer


def _in_grace(bearer: Principal, rule: Rule, at: datetime) -> bool:
    return rule.grace and bearer.role is Role.DISPATCHER and at < bearer.expires_at + GRACE


def _not_in_use(ring: KeyRing, text: bytes) -> Refusal:
    bearer = ring.revoked.get(digest(text))
    if bearer is not None:
        return Refusal("key-revoked", bearer)
    claimed = parts(text)
    if claimed is None:
        return Refusal("key-unknown")
    environment, key_id = claimed
    problem = "key-unknown" if environment == ring.environment else "key-other-environment"
    # The caller hears the same whether the id exists or not; the log may say whose key is being guessed at.
    return Refusal(problem, claimed_id=key_id if ring.knows(key_id) else None)
