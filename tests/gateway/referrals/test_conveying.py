"""The turn at one hospital: claimed before anything leaves, written down after, made once by one of two."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts import AnswerState, Step
from gateway.db import CannotRead, CannotWrite
from gateway.referrals import tables
from gateway.referrals.conveying import AskTurns, question_of
from gateway.referrals.orders import Then
from gateway.referrals.rows import AskState, Rule
from gateway.referrals.sealing import NOTHING
from gateway.referrals.states import Event, State

from .builders import ask, referral, told
from .conftest import Desk
from .hospital import Mood
from .house import FIRST, SECOND, TICKED


def acts(desk: Desk, *wanted: str) -> list[str]:
    """Return the outcomes of those acts, in order."""
    return [f"{each.act}:{each.outcome}" for each in desk.notebook.entries if each.act in wanted]


async def test_the_intent_stands_before_and_the_outcome_after(desk: Desk) -> None:
    """What the hospital was told is sealed in the intent."""
    seen: list[int] = []
    desk.hospitals[FIRST].heard = lambda hospital, ask: seen.append(
        len(desk.notebook.of("referral.conveying"))
    )
    await desk.out(FIRST)
    assert seen == [1]
    assert acts(desk, "referral.conveying", "referral.conveyed") == [
        "referral.conveying:intended",
        "referral.conveyed:answered",
    ]
    (intent,) = desk.notebook.of("referral.conveying")
    assert {"name", "nik", "diagnosis"} <= set(intent.fields)


async def test_of_two_that_carry_the_same_turn_one_sends(desk: Desk) -> None:
    """The other finds it claimed, and that is no fault."""
    made = await desk.new(Then.BREAK_GLASS, criteria=TICKED, hospitals=(FIRST,))
    first = (await desk.asks(made))[FIRST]
    turns = AskTurns(desk.room)
    await asyncio.gather(turns.carry(first.id, first.turn), turns.carry(first.id, first.turn))
    assert len(desk.notebook.of("referral.conveying")) == 1
    await turns.carry(first.id, first.turn)
    assert len(desk.notebook.of("referral.conveying")) == 1


async def test_of_two_that_read_the_same_news_one_tells_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A push and a look at the same moment."""
    made = await desk.out(FIRST, rule=Rule.PERSON)
    first = (await desk.asks(made))[FIRST]
    desk.hospitals[FIRST].decide(first.id, AnswerState.ACCEPTED)
    turns = AskTurns(desk.room)
    await asyncio.gather(turns.carry(first.id, first.turn), turns.carry(first.id, first.turn))
    assert (await desk.events(made)).count("answer_accepted") == 1


async def test_an_answer_on_the_telephone_is_not_overwritten_by_silence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The turn has read the row, the hospital accepts on the telephone, then the turn writes."""
    made = await desk.out(FIRST)
    hour = timedelta(hours=1)
    await desk.make_due(tables.ask, asked_at=hour, answer_by=hour, due_at=hour)
    first = (await desk.asks(made))[FIRST]
    turns, person = AskTurns(desk.room), desk.room.people.with_pseudonym

    async def meanwhile(pseudonym: str) -> Any:
        await desk.says(made, FIRST, AnswerState.ACCEPTED)
        return await person(pseudonym)

    desk.room.forget()
    known = iter([meanwhile])
    monkeypatch.setattr(desk.room.people, "with_pseudonym", lambda name: next(known, person)(name))
    await turns.carry(first.id, first.turn)
    assert (await desk.states(made))[FIRST] is AskState.CHOSEN
    assert (await desk.get(made)).state is State.ACCEPTED


async def test_a_lost_answer_is_unconfirmed_and_then_known(desk: Desk) -> None:
    """One copy, however often it was sent."""
    desk.hospitals[FIRST].mood = Mood.LOSES
    made = await desk.out(FIRST)
    first = (await desk.asks(made))[FIRST]
    assert (first.state, first.attempted, first.trouble) == (AskState.UNCONFIRMED, True, "no_answer:reset")
    desk.hospitals[FIRST].mood = Mood.WELL
    await AskTurns(desk.room).carry(first.id, first.turn)
    assert (await desk.states(made))[FIRST] is AskState.SENT
    assert len(desk.hospitals[FIRST].copies[first.id]) == 1


async def test_a_hospital_that_cannot_tell_is_rung_and_keeps_no_others_waiting(desk: Desk) -> None:
    """Sent again and again it would hold the breaker open, and nobody's referral would go there by wire."""
    hospital = desk.hospitals[FIRST]
    hospital.blind, hospital.mood = True, Mood.LOSES
    made = await desk.out(FIRST)
    hospital.mood = Mood.WELL
    first = (await desk.asks(made))[FIRST]
    assert (first.state, first.telephone, first.trouble) == (
        AskState.UNCONFIRMED,
        True,
        "no_answer:cannot_tell",
    )
    assert (first.due_at, (await desk.get(made)).alarm) == (first.answer_by, "telephone_wanted")
    other = await desk.out(FIRST)
    assert (await desk.states(other))[FIRST] is AskState.SENT


async def test_nothing_is_taken_back_from_whom_nothing_was_sent_to(desk: Desk) -> None:
    """It need not be told, and is not asked about it."""
    made = await desk.new(Then.BREAK_GLASS, criteria=TICKED, hospitals=(FIRST,))
    await desk.do(made, Event.CANCEL)
    first = (await desk.asks(made))[FIRST]
    assert (first.state, first.due_at, first.owes_message) == (AskState.WITHDRAWN, None, False)
    await desk.sweep()
    assert desk.hospitals[FIRST].copies == {}


async def test_a_cancellation_reaches_every_copy(desk: Desk) -> None:
    """Both that were asked are told."""
    made = await desk.out(FIRST, SECOND)
    await desk.do(made, Event.CANCEL)
    await desk.sweep()
    for name, each in (await desk.asks(made)).items():
        (copy,) = desk.hospitals[name].copies[each.id]
        assert copy.step is Step.WITHDRAWN


@pytest.mark.parametrize("fault", [CannotWrite("disk full"), CannotRead("keys away")])
async def test_an_outcome_that_cannot_be_committed_is_recorded_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """Every intent has its outcome; the row is due again, and the next turn makes no second copy."""
    made = await desk.new(Then.BREAK_GLASS, criteria=TICKED, hospitals=(FIRST,))
    first = (await desk.asks(made))[FIRST]
    turns = AskTurns(desk.room)

    async def cannot(*_: object) -> None:
        raise fault

    monkeypatch.setattr(turns, "_change", cannot)
    with pytest.raises(type(fault)):
        await turns.carry(first.id, first.turn)
    assert acts(desk, "referral.conveyed") == ["referral.conveyed:answered"]
    now = (await desk.asks(made))[FIRST]
    assert (now.state, now.attempted) == (AskState.QUEUED, True)
    assert now.due_at is not None
    assert now.due_at - datetime.now(UTC) <= timedelta(seconds=20)


async def test_an_emergency_goes_on_to_the_next_when_no_system_takes_it(desk: Desk) -> None:
    """Half a minute; the first is tried on."""
    desk.hospitals[FIRST].mood = Mood.AWAY
    made = await desk.out(FIRST)
    assert list(await desk.states(made)) == [FIRST]
    await desk.make_due(tables.ask, asked_at=timedelta(seconds=40), due_at=timedelta(minutes=1))
    await desk.sweep()
    assert (await desk.states(made))[SECOND] is AskState.QUEUED


@pytest.mark.parametrize(
    ("each", "may_be_there"),
    [
        (ask(), False),
        (ask(attempted=True, tried=Step.OFFERED), True),
        (ask(attempted=True, tried=Step.OFFERED, step=Step.UNDER_WAY), True),
        (ask(attempted=True, tried=Step.OFFERED, step=Step.WITHDRAWN, place=""), True),
        (told(tried=Step.OFFERED, step=Step.CHOSEN, place="Task/1"), False),
        (told(tried=Step.CHOSEN, step=Step.CHOSEN, place="Task/1"), True),
        (told(tried=Step.CHOSEN, step=Step.UNDER_WAY, place="Task/1"), True),
        (told(tried=Step.UNDER_WAY, step=Step.WITHDRAWN, place="Task/1"), False),
        (told(tried=Step.WITHDRAWN, step=Step.WITHDRAWN, place="Task/1"), True),
    ],
)
def test_whether_an_earlier_attempt_may_have_had_its_effect(each: Any, may_be_there: bool) -> None:
    """Without a place any attempt may have made the copy; with one, what this step itself makes counts."""
    assert question_of(each, referral(), NOTHING).sent_before is may_be_there
