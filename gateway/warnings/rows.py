"""One warning as it stands in the database."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts import Category, Severity


class State(StrEnum):
    """Whether it counts."""

    IN_FORCE = "in_force"
    STALE = "stale"  # no longer on its authority's list, and nobody has said that it is void
    CANCELLED = "cancelled"  # the authority has said that it is void
    OVER = "over"  # its time has passed, or a newer one has taken its place


LIVING = (State.IN_FORCE, State.STALE)


@dataclass(frozen=True, slots=True)
class KeptWarning:
    """
    One warning of *partner*, by the identifier of its *source*.

    *areas* are the codes of our areas that it touches, *seen_at* when it was last on the list, *incident*
    what was proposed for it. *attribution* must stand wherever it is shown.
    """

    id: str
    partner: str
    source: str
    identifier: str
    state: State
    touches: bool
    category: Category
    severity: Severity
    headline: str
    text: str | None
    language: str
    attribution: str
    sent_at: datetime
    effective_at: datetime | None
    expires_at: datetime | None
    areas: tuple[str, ...]
    seen_at: datetime
    incident: str | None = None

    def state_at(self, at: datetime) -> State:
        """Return its state at that time, whether or not a round has written it down yet."""
        ended = self.expires_at is not None and self.expires_at <= at
        return State.OVER if ended and self.state in LIVING else self.state
