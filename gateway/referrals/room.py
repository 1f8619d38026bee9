"""Everything the room's actions and turns stand on; built once by the app."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Connection

from contracts import Entry
from gateway.alarms import Alarms
from gateway.audit.recorder import Recorder
from gateway.capacity.board import Boards
from gateway.changes import Changes
from gateway.db import Database
from gateway.eligibility.actions import EligibilityRoom
from gateway.eligibility.advice import Advice
from gateway.partners.registry import Registry
from gateway.people import People, Person
from gateway.shelf import Shelf
from gateway.turns import Turns

from . import candidates
from .candidates import Candidate
from .policy import Timing
from .rows import Referral
from .screens import Screens

if TYPE_CHECKING:
    from .afloat import Afloat
    from .case import Case
    from .kept import Kept

KNOWN_AT_MOST = 5_000


def nobody_follows(_: Connection, __: "Case") -> list[Entry]:
    """Promise nobody anything: no dispatch system is connected."""
    return []


class Wakes(Protocol):
    """Puts whom to wake into the transaction at hand."""

    def plan(
        self,
        connection: Connection,
        who: str,
        why: str,
        *,
        referral: str,
        at: datetime,
        until: datetime,
        urgent: bool,
    ) -> None:
        """Wake *who*, `heads`, `deputies` or `operators`, for *referral*."""
        ...

    def call_off(self, connection: Connection, why: str, *, referral: str, at: datetime) -> None:
        """Wake nobody for that reason any more: somebody has seen to it."""
        ...


@dataclass(frozen=True, slots=True)
class ReferralRoom:
    """
    *known* are patients whose keys are at hand, by pseudonym. *afloat* is what is not yet written down, and
    the *shelf* what a crash leaves of that.

    *follows* promises the dispatch system the next picture of a case, in the transaction of its change.
    """

    environment: str
    database: Database
    recorder: Recorder
    people: People
    alarms: Alarms
    boards: Boards
    registry: Registry
    eligibility: EligibilityRoom
    turns: Turns
    timing: Timing
    wakes: Wakes
    advice: Sequence[Advice]
    shelf: Shelf["Kept"]
    changes: Changes = field(default_factory=Changes)
    screens: Screens = field(default_factory=Screens)
    known: dict[str, Person] = field(default_factory=dict)
    afloat: dict[str, "Afloat"] = field(default_factory=dict)
    follows: Callable[[Connection, "Case"], list[Entry]] = nobody_follows

    async def person(self, subject: str) -> Person | None:
        """Return the patient behind a pseudonym, None when erased. Raises CannotRead."""
        found = self.known.get(subject)
        if found is None:
            found = await self.people.with_pseudonym(subject)
            if found is not None:
                self.remember(found)
        return found

    def remember(self, person: Person) -> None:
        """Keep a patient's key at hand: what is under way goes on while the key database is away."""
        while len(self.known) >= KNOWN_AT_MOST:
            self.known.pop(next(iter(self.known)))
        self.known[person.pseudonym] = person

    def forget(self) -> None:
        """Forget every patient and every screen: somebody was erased."""
        self.known.clear()
        self.screens.clear()

    def candidates(self, referral: Referral, *, at: datetime) -> list[Candidate]:
        """Return every hospital for this referral, best first."""
        return candidates.ranked(self.boards, self.registry, referral, at=at)
