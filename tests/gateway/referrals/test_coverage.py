"""Whether the patient is covered is asked beside everything else, and holds nothing up."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from contracts import Coverage, CoverageAnswer, Unreachable
from gateway.eligibility.actions import EligibilityRoom
from gateway.eligibility.cache import CoverageCache
from gateway.referrals import coverage
from gateway.referrals.coverage import AGAIN_S, CoverageTurns
from gateway.referrals.orders import Then
from gateway.referrals.sealing import Told
from gateway.referrals.states import Event, State

from .conftest import Desk
from .house import FIRST, TICKED, partner


class Insurer:
    """Answers, or fails, as a test says."""

    def __init__(self) -> None:
        self.answer: CoverageAnswer | None = CoverageAnswer(Coverage.ACTIVE, status_text="AKTIF")
        self.asked = 0

    async def check_eligibility(self, question: object) -> CoverageAnswer:
        """Say it."""
        self.asked += 1
        if self.answer is None:
            raise Unreachable("refused")
        return self.answer


@pytest.fixture
def insurer(desk: Desk) -> Insurer:
    """Give the room an insurer."""
    made = Insurer()
    room = EligibilityRoom(
        environment="demo",
        insurer=partner("bpjs", made),
        cache=CoverageCache(keep_s=60),
        database=desk.room.database,
        recorder=cast(Any, desk.notebook),
        people=cast(Any, desk.people),
        deadline_ms=1500,
    )
    desk.room = replace(desk.room, eligibility=room)
    return made


async def carry(desk: Desk) -> int:
    """Carry what is ever due; return how much that is."""
    turns = CoverageTurns(desk.room)
    due = await desk.room.database.read(lambda c: turns.due(c, 2**60, 100))
    for row, turn in due:
        await turns.carry(row, turn)
    return len(due)


async def test_what_the_insurer_says_is_attached_and_sealed(desk: Desk, insurer: Insurer) -> None:
    """Once; the version that people decide on stays theirs."""
    made = await desk.new()
    assert await carry(desk) == 1
    now = await desk.get(made)
    person = await desk.room.person(made.subject)
    found = coverage.attached(person, now)
    assert found is not None
    assert (found.coverage, found.origin, found.words["status_text"]) == (Coverage.ACTIVE, "bpjs", "AKTIF")
    assert now.coverage is not None
    assert "AKTIF" not in now.coverage
    assert await carry(desk) == 0


async def test_an_insurer_that_is_down_is_asked_again_a_few_times_and_then_no_more(
    desk: Desk, insurer: Insurer
) -> None:
    """What is attached says that nobody knows; nothing else waits."""
    insurer.answer = None
    made = await desk.new()
    rounds = 0
    while await carry(desk):
        rounds += 1
        assert rounds < 20
    assert rounds == len(AGAIN_S) + 1
    found = coverage.attached(await desk.room.person(made.subject), await desk.get(made))
    assert found is not None
    assert found.coverage is Coverage.UNKNOWN


async def test_a_referral_goes_all_its_way_while_the_insurer_is_down(desk: Desk, insurer: Insurer) -> None:
    """No step asks for coverage, and asking changes no step."""
    insurer.answer = None
    made = await desk.new()
    for event in (Event.APPROVE,):
        await carry(desk)
        await desk.do(made, event)
    await desk.sweep()
    assert (await desk.get(made)).state is State.SENT


async def test_of_two_that_ask_at_once_one_asks(desk: Desk, insurer: Insurer) -> None:
    """The other finds the turn taken, and that is no fault."""
    made = await desk.new()
    read = await desk.get(made)
    turns = CoverageTurns(desk.room)
    assert await turns._keep(read, {"coverage_due_at": read.created_at + timedelta(seconds=30)})
    await turns.carry(made.id, read.coverage_turn)
    assert not await turns._keep(read, {"coverage_due_at": None})
    assert insurer.asked == 0


async def test_a_patient_without_a_number_is_not_asked_about(desk: Desk, insurer: Insurer) -> None:
    """Mr or Mrs X."""
    await desk.new(Then.BREAK_GLASS, criteria=TICKED, told=Told(), hospitals=(FIRST,))
    assert await carry(desk) == 0
    assert insurer.asked == 0


async def test_who_has_arrived_or_was_erased_is_asked_about_no_more(desk: Desk, insurer: Insurer) -> None:
    """The row comes to rest."""
    cancelled, erased = await desk.new(), await desk.new()
    await desk.do(cancelled, Event.CANCEL)
    desk.people.erase(erased.subject)
    desk.room.forget()
    assert await carry(desk) == 2
    assert await carry(desk) == 0
    assert insurer.asked == 0
