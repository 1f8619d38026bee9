"""
One action: check a person's coverage.

The intent is committed before the number leaves the house, the outcome after; what cannot be had in
time is UNKNOWN with its reason, and help goes out all the same.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from contracts import ChecksEligibility, Coverage, CoverageAnswer
from gateway.audit.recorder import Recorder
from gateway.db import CannotWrite, Database
from gateway.exchange.deadline import Deadline
from gateway.exchange.outcome import Outcome
from gateway.exchange.perform import perform
from gateway.partners.registry import Partner
from gateway.people import People, Person

from . import entries
from .cache import CoverageCache
from .check import NOBODY_KNOWS, Check, Checked, from_exchange

OPERATION = "check_eligibility"
GRACE_S = 0.1  # beyond the deadline, for what is not asked because it has come to be written down


@dataclass(frozen=True, slots=True)
class EligibilityRoom:
    """Everything the action stands on; built once by the app."""

    environment: str
    insurer: Partner | None
    cache: CoverageCache
    database: Database
    recorder: Recorder
    people: People
    deadline_ms: int

    async def write_down_answer(self, asked: Check, checked: Checked, deadline: Deadline) -> None:
        """Commit the entry of an answer that no exchange stands behind, by the *deadline* and a little."""
        try:
            async with asyncio.timeout_at(deadline.at + GRACE_S):
                person = await self.people.of(asked.number.reveal())
                await self.database.record(entries.answered(asked, checked, person=person))
        except TimeoutError:
            raise CannotWrite("not written down within the deadline", may_have_happened=True) from None


async def check(room: EligibilityRoom, asked: Check) -> Checked:
    """Answer within the deadline. Raises CannotWrite when nothing can be recorded: then nobody was asked."""
    at, deadline = datetime.now(UTC), Deadline.after(room.deadline_ms / 1000)
    remembered = room.cache.get(asked.question, at=at)
    if room.insurer is not None and remembered is None:
        return await _ask(room, room.insurer, asked, deadline)
    if remembered:
        checked = replace(remembered, mode="cached")
    else:
        checked = Checked(NOBODY_KNOWS, at, None, "live", "no_system")
    await room.write_down_answer(asked, checked, deadline)
    return checked


async def _ask(room: EligibilityRoom, insurer: Partner, asked: Check, deadline: Deadline) -> Checked:
    port = cast(ChecksEligibility, insurer.port)  # the app hands in only such a partner
    generation = room.cache.generation
    outcome = await perform(
        insurer,
        OPERATION,
        lambda: port.check_eligibility(asked.question),
        deadline=deadline,
        witness=_Disclosure(room, insurer.id, asked),
    )
    checked = from_exchange(insurer.id, outcome, at=datetime.now(UTC))
    if outcome.word == "not_asked":
        await room.write_down_answer(asked, checked, deadline)
    elif checked.answer.coverage is not Coverage.UNKNOWN:
        room.cache.put(asked.question, checked, generation=generation)
    return checked


class _Disclosure:
    """Writes down one exchange that tells the insurer whom we ask about."""

    def __init__(self, room: EligibilityRoom, insurer: str, asked: Check) -> None:
        self._room = room
        self._insurer = insurer
        self._asked = asked
        self._person: Person | None = None

    async def intent(self) -> None:
        # The person's key first: nothing is sealed with a key that a crash could still take away.
        self._person = await self._room.people.of(self._asked.number.reveal())
        await self._room.database.record(entries.intent(self._asked, self._insurer, self._person))

    async def outcome(self, outcome: Outcome[CoverageAnswer]) -> None:
        checked = from_exchange(self._insurer, outcome, at=datetime.now(UTC))
        # Cut off before the person was known, nothing was told to anybody, and the answer is UNKNOWN.
        entry = entries.answered(self._asked, checked, outcome, person=self._person)
        await self._room.recorder.record(entry)
