"""Who changes an incident, as which party, by which question."""

from dataclasses import dataclass

from contracts import Actor
from contracts.audit import SYSTEM
from gateway.access.guard import Principal

from .states import PARTY_OF, Party


@dataclass(frozen=True, slots=True)
class Doer:
    """The actor, as which *party*; *request* is the id of the question."""

    actor: Actor
    party: Party
    request: str | None = None

    @classmethod
    def of(cls, by: Principal, request: str) -> "Doer":
        """Return whoever asks. Raises KeyError for a role that changes nothing here."""
        return cls(by.actor, PARTY_OF[by.role], request)


ITSELF = Doer(SYSTEM, Party.GERBANG)
