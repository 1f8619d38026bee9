"""
What is known of every hospital's beds, in memory: the last report, the last exchange, what people told.

A failed exchange changes the outcome and leaves the figures with their age: old news is still news.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from contracts import Need

from .tally import Tally

SKEW = timedelta(minutes=1)  # between the clocks of two replicas


class Mode(StrEnum):
    """How a figure reached this answer."""

    LIVE = "live"
    PUSHED = "pushed"
    CACHED = "cached"


class AskOutcome(StrEnum):
    """How the last exchange with a hospital's system ended."""

    ANSWERED = "answered"
    LATE = "late"
    UNREACHABLE = "unreachable"
    UNUSABLE = "unusable"  # it answered, and nobody could use the answer
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a hospital's system last said, and how the last exchange with it ended."""

    origin: str | None = None
    tallies: Mapping[Need, Tally] = field(default_factory=dict)
    as_of: datetime | None = None
    received_at: datetime | None = None
    complete: bool = True
    remarks: tuple[str, ...] = ()
    outcome: AskOutcome = AskOutcome.NOT_ASKED
    reason: str | None = None
    asked_at: datetime | None = None

    def failed(self, outcome: AskOutcome, reason: str | None, *, at: datetime) -> "Sighting":
        """Return this sighting with a newer exchange that brought no figures."""
        return replace(self, outcome=outcome, reason=reason, asked_at=at)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person said of a hospital's free beds; it holds until *expires_at*."""

    hospital: str
    need: Need
    free: int
    told_by: str
    proof: str  # operator_statement or hospital_statement
    declared_by: str
    declared_at: datetime
    expires_at: datetime


NEVER_SEEN = Sighting()


class Picture:
    """The newest sighting and the valid statements per hospital."""

    def __init__(self) -> None:
        self._sightings: dict[str, Sighting] = {}
        self._declared: dict[tuple[str, Need], Declared] = {}
        self.version = 0  # rises with every change, so that what was made of the picture can be kept

    def restore(self, sightings: Mapping[str, Sighting], declared: Iterable[Declared]) -> None:
        """Take what an earlier process knew; newer knowledge of this one stays."""
        self.version += 1
        self._sightings = {**sightings, **self._sightings}
        self.learn(declared)

    def learn(self, declared: Iterable[Declared]) -> None:
        """Take statements from elsewhere; of two for one hospital and need the later one stands."""
        for statement in declared:
            known = self._declared.get((statement.hospital, statement.need))
            if known is None or known.declared_at < statement.declared_at:
                self.declare(statement)

    def catch_up(self, sightings: Mapping[str, Sighting]) -> None:
        """Take what was seen elsewhere; of two sightings of one hospital the later one stands."""
        for hospital, seen in sightings.items():
            known = self._sightings.get(hospital, NEVER_SEEN)
            if seen.asked_at and (known.asked_at is None or known.asked_at < seen.asked_at):
                self.see(hospital, seen)

    def sighting(self, hospital: str) -> Sighting:
        """Return the newest sighting, NEVER_SEEN before the first."""
        return self._sightings.get(hospital, NEVER_SEEN)

    def see(self, hospital: str, sighting: Sighting) -> None:
        """Put *sighting* in the place of the one before."""
        self.version += 1
        self._sightings[hospital] = sighting

    def declare(self, statement: Declared) -> None:
        """Put *statement* in the place of the one before for its hospital and need."""
        self.version += 1
        self._declared[statement.hospital, statement.need] = statement

    def declared(self, hospital: str, need: Need, *, at: datetime) -> Declared | None:
        """Return the statement that holds *at* that time; one from the future was made by a wrong clock."""
        statement = self._declared.get((hospital, need))
        holds = statement is not None and statement.declared_at - SKEW <= at < statement.expires_at
        return statement if holds else None
