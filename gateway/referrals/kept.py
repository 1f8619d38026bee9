"""All that is needed to make an emergency again that went out and is not yet a row."""

from dataclasses import dataclass
from datetime import datetime

from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.db.values import microseconds

from .case import Case
from .offering import Offer
from .orders import Draft, Order

KEY_USE = b"referrals afloat"  # sets the key apart from any other that comes from the same secret


@dataclass(frozen=True, slots=True)
class Kept:
    """
    What was asked for *referral*, by whom, by which question, when, and which hospitals it was put to.

    *draft* is what a new one is made from, *order* what happened to one that is a row already: one of both.
    Of whoever asked only what a row and its entries name; not the name of the holder.
    """

    referral: str
    asked: tuple[Offer, ...]
    key_id: str
    role: Role
    kind: str
    request: str | None
    at: datetime
    draft: Draft | None = None
    order: Order | None = None

    @classmethod
    def of(cls, case: Case, *, draft: Draft | None = None, order: Order | None = None) -> "Kept":
        """Return what is to be kept of a case that has gone out."""
        actor, known = case.doer.actor, case.asks_before
        asked = tuple(Offer(ask.hospital, ask.telephone) for ask in case.asks if ask.id not in known)
        who = (actor.id, Role(actor.role), actor.kind, case.doer.request)
        return cls(case.referral.id, asked, *who, case.at, draft, order)

    @property
    def name(self) -> str:
        """What it is called among all that is afloat: to one referral more than one thing may happen."""
        return self.referral if self.draft else f"{self.referral}.{microseconds(self.at)}"

    @property
    def by(self) -> Principal:
        """Whoever asked, as far as that is kept."""
        return Principal(self.key_id, self.role, "", None, self.at, kind=self.kind)
