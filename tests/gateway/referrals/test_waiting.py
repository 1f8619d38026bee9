"""Who is waited for: reminder, deputy, end; reviews and confirmations; late turns change nothing."""

from datetime import timedelta

import pytest

from contracts import AnswerState
from gateway.db import values
from gateway.problems import Problem
from gateway.referrals import actions, reading, tables
from gateway.referrals.orders import Review, Then, Verdict
from gateway.referrals.rows import Referral, Wait
from gateway.referrals.states import Event, State
from gateway.referrals.waiting import OwedTurns, WaitTurns, overdue

from .builders import NOON, later, owed
from .conftest import Desk
from .house import APPROVER, FIRST, OPERATOR, TELEPHONE, TICKED


async def carry(desk: Desk, kind: type[WaitTurns | OwedTurns]) -> int:
    """Carry what is due a day from now; return how much that is."""
    turns = kind(desk.room)
    due = await desk.room.database.read(lambda c: turns.due(c, values.microseconds(later(10**9)), 100))
    for row, turn in due:
        await turns.carry(row, turn)
    return len(due)


async def test_the_head_is_reminded_the_deputy_woken_and_the_operator_told(desk: Desk) -> None:
    """Five, ten and thirty minutes after it was submitted; then it is back with the operator."""
    referral = await desk.new()
    ladder = [(Wait.REMINDER, 300), (Wait.DEPUTY, 600), (Wait.RUN_OUT, 1800)]
    for wait, seconds in ladder:
        seen = await desk.get(referral)
        assert seen.submitted_at is not None
        assert seen.due_at is not None
        assert (seen.wait, seen.due_at - seen.submitted_at) == (wait, timedelta(seconds=seconds))
        await carry(desk, WaitTurns)
    seen = await desk.get(referral)
    assert (seen.state, seen.alarm, seen.wait, seen.due_at) == (State.EXPIRED, "approval_ran_out", None, None)
    assert (await desk.events(referral))[2:] == ["reminder", "deputy", "run_out", "alarm"]
    assert [who for who, _ in desk.wakes.planned] == ["heads", "heads", "deputies", "operators"]
    assert await carry(desk, WaitTurns) == 0


async def test_an_expired_one_is_submitted_again_and_waits_anew(desk: Desk) -> None:
    """With the whole ladder before it."""
    referral = await desk.new()
    for _ in range(3):
        await carry(desk, WaitTurns)
    seen = await desk.do(referral, Event.SUBMIT)
    assert (seen.state, seen.wait, seen.alarm) == (State.SUBMITTED, Wait.REMINDER, None)


async def test_a_turn_that_comes_late_changes_nothing_and_is_no_fault(desk: Desk) -> None:
    """Two replicas, or a decision meanwhile: no exception, no entry, no other version."""
    referral = await desk.new()
    turn = (await desk.get(referral)).turn
    await WaitTurns(desk.room).carry(referral.id, turn)
    after = await desk.get(referral)
    entries = len(desk.notebook.entries)
    await WaitTurns(desk.room).carry(referral.id, turn)
    assert await desk.get(referral) == after
    await desk.do(referral, Event.APPROVE)
    await WaitTurns(desk.room).carry(referral.id, after.turn)
    assert (await desk.get(referral)).state is State.APPROVED
    reminded = [each for each in desk.notebook.entries[entries:] if each.act == "referral.reminded"]
    assert reminded == []


async def test_a_decision_stops_the_timer_and_the_waking(desk: Desk) -> None:
    """Nobody is woken for what is decided."""
    referral = await desk.new()
    seen = await desk.do(referral, Event.APPROVE)
    assert (seen.wait, seen.due_at) == (None, None)
    assert "decision_wanted" in desk.wakes.called_off
    assert await carry(desk, WaitTurns) == 0


async def test_a_review_is_reminded_of_before_its_end(desk: Desk) -> None:
    """Four hours before; nobody is late yet."""
    referral = await desk.out(FIRST)
    await carry(desk, OwedTurns)
    assert "review_reminder" in await desk.events(referral)
    (now,) = await desk.owed(referral)
    assert (now.due_at, now.turn) == (now.deadline, 1)


async def test_an_overdue_review_is_told_every_hour_to_deputies_too(desk: Desk) -> None:
    """Until it is done."""
    referral = await desk.out(FIRST)
    await desk.make_due(tables.owed, owed_since=timedelta(days=2), deadline=timedelta(days=2))
    for _ in range(2):
        await carry(desk, OwedTurns)
    assert (await desk.events(referral)).count("review_overdue") == 2
    assert ("deputies", "review_owed") in desk.wakes.planned


async def test_a_reminder_of_what_is_done_or_already_said_is_none(desk: Desk) -> None:
    """A late turn changes nothing, and is no fault."""
    referral = await desk.out(FIRST)
    (first,) = await desk.owed(referral)
    turns = OwedTurns(desk.room)
    await turns.carry(first.id, first.turn)
    await turns.carry(first.id, first.turn)
    assert (await desk.events(referral)).count("review_reminder") == 1
    await actions.review(desk.room, referral.id, Review(Verdict.FITTING), by=APPROVER, request="q")
    (done,) = await desk.owed(referral)
    await turns.carry(first.id, done.turn)
    assert (await desk.events(referral)).count("review_reminder") == 1


async def test_two_replicas_that_remind_at_once_remind_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has read the row before the first has written: it finds the turn taken, and says nothing."""
    referral = await desk.out(FIRST)
    (read,) = await desk.owed(referral)
    turns = OwedTurns(desk.room)
    await turns.carry(read.id, read.turn)
    database = desk.room.database

    async def stale(_: object) -> object:
        return read

    monkeypatch.setattr(database, "read", stale)
    await turns.carry(read.id, read.turn)
    monkeypatch.undo()
    assert (await desk.events(referral)).count("review_reminder") == 1


async def test_a_verdict_stops_and_recalls_nobody(desk: Desk) -> None:
    """`tidak sesuai` is a word to the operator; the second verdict is refused."""
    referral = await desk.out(FIRST)
    verdict = Review(Verdict.NOT_FITTING, note="Contoh")
    seen = await actions.review(desk.room, referral.id, verdict, by=APPROVER, request="q")
    assert seen.state is referral.state
    assert await desk.states(referral) == await desk.states(seen)
    with pytest.raises(Problem, match="not-now"):
        await actions.review(desk.room, referral.id, Review(Verdict.FITTING), by=APPROVER, request="q")


@pytest.mark.parametrize("then", [Then.DRAFT, Then.SUBMIT])
async def test_nobody_reviews_what_is_not_owed(desk: Desk, then: Then) -> None:
    """And only an approver reviews."""
    referral: Referral = await desk.new(then)
    with pytest.raises(Problem, match="not-now"):
        await actions.review(desk.room, referral.id, Review(Verdict.FITTING), by=APPROVER, request="q")
    broken = await desk.new(Then.BREAK_GLASS, criteria=TICKED)
    with pytest.raises(Problem, match="role-not-allowed"):
        await actions.review(desk.room, broken.id, Review(Verdict.FITTING), by=OPERATOR, request="q")


def test_overdue_is_after_the_deadline_and_before_it_is_done() -> None:
    """A day."""
    assert [overdue(owed(), at=later(at)) for at in (0, 86_399, 86_400)] == [False, False, True]
    assert not overdue(owed(done_at=NOON), at=later(90_000))


async def test_an_alarm_stays_on_the_list_after_the_end(desk: Desk) -> None:
    """A hospital that accepts what was cancelled gets its bed ready: its number stands until it is rung."""
    referral = await desk.new()
    await desk.do(referral, Event.APPROVE, hospitals=(TELEPHONE,))
    await desk.sweep()
    await desk.do(referral, Event.CANCEL)
    assert await reading.waiting(desk.room, by=OPERATOR, request="q") == []
    await desk.says(referral, TELEPHONE, AnswerState.ACCEPTED)
    (line,) = await reading.waiting(desk.room, by=OPERATOR, request="q")
    assert (line.alarm, [call.hospital for call in line.calls]) == ("accepted_after_cancel", [TELEPHONE])
    await actions.acknowledge(desk.room, referral.id, by=OPERATOR, request="q")
    assert await reading.waiting(desk.room, by=OPERATOR, request="q") == []
