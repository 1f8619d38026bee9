"""How a referral moves between hospitals, on a real database; each of these was once wrong, or easily is."""

from datetime import timedelta

import pytest

from contracts import AnswerState, Step, Urgency
from gateway.problems import Problem
from gateway.referrals import tables
from gateway.referrals.orders import Then
from gateway.referrals.rows import AskState, Clearance, OwedWhat, Rule
from gateway.referrals.states import Event, State

from .conftest import Desk
from .hospital import Mood
from .house import FIRST, SECOND, TELEPHONE, THIRD, TICKED


async def test_whom_we_took_it_back_from_is_asked_again_when_the_chosen_one_falls_through(desk: Desk) -> None:
    """It was willing; that all have declined would be untrue."""
    referral = await desk.out(FIRST, SECOND)
    await desk.says(referral, FIRST, AnswerState.ACCEPTED)
    assert (await desk.states(referral))[SECOND] is AskState.WITHDRAWN
    await desk.do(referral, Event.FELL_THROUGH)
    found = await desk.asks(referral)
    assert (found[FIRST].state, found[SECOND].state) == (AskState.FAILED, AskState.QUEUED)
    assert found[SECOND].step is Step.OFFERED


async def test_who_declined_a_routine_is_asked_again_for_the_emergency(desk: Desk) -> None:
    """No hospital may refuse an emergency, so one that declined a routine has not refused this."""
    referral = await desk.new()
    await desk.do(referral, Event.APPROVE)
    for hospital in (FIRST, SECOND, THIRD, TELEPHONE):
        await desk.says(referral, hospital, AnswerState.DECLINED)
    assert (await desk.get(referral)).state is State.DECLINED
    await desk.do(referral, Event.WORSENED, criteria=TICKED)
    found = await desk.asks(referral)
    assert [name for name, each in found.items() if each.state is AskState.QUEUED] == [FIRST, SECOND]
    assert found[FIRST].urgency is Urgency.EMERGENCY


async def test_an_emergency_that_everybody_has_declined_does_not_wait_in_silence(desk: Desk) -> None:
    """Worse again, and nobody left to ask: the operator is told, not left with a word that says it is out."""
    referral = await desk.out()
    for hospital in (FIRST, SECOND, THIRD, TELEPHONE):
        await desk.says(referral, hospital, AnswerState.DECLINED)
    await desk.do(referral, Event.WORSENED, criteria=TICKED)
    assert (await desk.get(referral)).alarm == "nobody_to_ask"


async def test_who_worsens_after_the_cancellation_goes_out_again(desk: Desk) -> None:
    """To the same hospitals, as a new question to each."""
    referral = await desk.out(FIRST)
    await desk.do(referral, Event.CANCEL)
    assert (await desk.states(referral)) == {FIRST: AskState.WITHDRAWN}
    await desk.do(referral, Event.WORSENED, criteria=TICKED)
    assert (await desk.states(referral)) == {FIRST: AskState.QUEUED}


async def test_nobody_is_asked_twice_at_once(desk: Desk) -> None:
    """The same order again is refused, and so is one that names only whom we have asked."""
    referral = await desk.out(FIRST)
    await desk.do(referral, Event.ASK, hospitals=(FIRST, SECOND))
    with pytest.raises(Problem, match="not-now"):
        await desk.do(referral, Event.ASK, hospitals=(FIRST, SECOND))
    assert (await desk.events(referral)).count("asked") == 2


async def test_a_hospital_that_failed_is_not_chosen(desk: Desk) -> None:
    """It accepted once, and can no longer: that it accepted once is no yes."""
    referral = await desk.out(FIRST, SECOND, rule=Rule.PERSON)
    for hospital in (FIRST, SECOND):
        await desk.says(referral, hospital, AnswerState.ACCEPTED)
    await desk.says(referral, FIRST, AnswerState.FAILED)
    with pytest.raises(Problem, match="not-accepted-there"):
        await desk.do(referral, Event.CHOOSE, hospital=FIRST)
    assert (await desk.do(referral, Event.CHOOSE, hospital=SECOND)).destination == SECOND


async def test_a_hospital_that_accepts_after_all_is_told_that_nobody_comes(desk: Desk) -> None:
    """It had declined, another was chosen; it must not prepare a bed for nobody."""
    referral = await desk.out(FIRST, SECOND)
    await desk.says(referral, FIRST, AnswerState.DECLINED)
    await desk.says(referral, SECOND, AnswerState.ACCEPTED)
    seen = await desk.says(referral, FIRST, AnswerState.ACCEPTED)
    assert (seen.destination, seen.alarm) == (SECOND, "accepted_after_choice")
    assert (await desk.asks(referral))[FIRST].step is Step.WITHDRAWN


async def test_under_way_only_the_destination_s_no_alarms(desk: Desk) -> None:
    """What a hospital says that nobody goes to must not send the crew to the telephone."""
    referral = await desk.out(FIRST, SECOND)
    await desk.says(referral, FIRST, AnswerState.ACCEPTED)
    await desk.do(referral, Event.DEPART)
    assert (await desk.says(referral, SECOND, AnswerState.DECLINED)).alarm is None
    seen = await desk.says(referral, FIRST, AnswerState.DECLINED)
    assert (seen.state, seen.destination, seen.alarm) == (State.UNDER_WAY, FIRST, "declined_under_way")


async def test_silence_of_the_destination_alarms_under_way(desk: Desk) -> None:
    """The crew left without an answer, and none comes: somebody rings."""
    referral = await desk.out(FIRST)
    await desk.do(referral, Event.DEPART_UNANSWERED, hospital=FIRST)
    await desk.sweep()
    hour = timedelta(hours=1)
    await desk.make_due(tables.ask, asked_at=hour, answer_by=hour, due_at=hour)
    await desk.sweep()
    seen = await desk.get(referral)
    assert (seen.state, seen.destination, seen.alarm) == (State.UNDER_WAY, FIRST, "silent_under_way")


async def test_an_arrival_told_by_the_hospital_ends_the_watch(desk: Desk) -> None:
    """Its copy is completed, and nobody looks at it every half minute for ever."""
    referral = await desk.out(FIRST)
    await desk.says(referral, FIRST, AnswerState.ACCEPTED)
    await desk.do(referral, Event.DEPART)
    assert (await desk.says(referral, FIRST, AnswerState.ARRIVED)).state is State.ARRIVED
    await desk.sweep()
    found = (await desk.asks(referral))[FIRST]
    assert (found.step, found.owes_message, found.due_at) == (Step.ARRIVED, False, None)


async def test_an_arrival_where_nobody_was_asked_takes_the_question_back_elsewhere(desk: Desk) -> None:
    """Who was asked must hear that nobody comes."""
    referral = await desk.out(FIRST, SECOND)
    seen = await desk.do(referral, Event.ARRIVE, hospital=TELEPHONE)
    assert (seen.state, seen.destination) == (State.ARRIVED, TELEPHONE)
    assert set((await desk.states(referral)).values()) == {AskState.WITHDRAWN}


async def test_who_leaves_for_where_it_was_taken_back_from_asks_anew(desk: Desk) -> None:
    """A copy that was cancelled cannot be taken on the way."""
    referral = await desk.out(FIRST, SECOND)
    await desk.says(referral, FIRST, AnswerState.ACCEPTED)
    await desk.do(referral, Event.DEPART, hospital=SECOND)
    found = await desk.asks(referral)
    assert (found[SECOND].step, found[SECOND].position) == (Step.UNDER_WAY, 2)
    assert found[FIRST].step is Step.WITHDRAWN


async def test_a_routine_goes_to_one_and_an_emergency_to_two(desk: Desk) -> None:
    """Unless hospitals are named."""
    routine = await desk.new()
    await desk.do(routine, Event.APPROVE)
    assert list(await desk.states(routine)) == [FIRST]
    assert list(await desk.states(await desk.out())) == [FIRST, SECOND]


async def test_worsening_tells_those_who_were_asked(desk: Desk) -> None:
    """The same question, now as an emergency, with a shorter time to answer; the review is owed once."""
    referral = await desk.new()
    await desk.do(referral, Event.APPROVE)
    await desk.sweep()
    before = (await desk.asks(referral))[FIRST]
    await desk.do(referral, Event.WORSENED, criteria=TICKED)
    await desk.do(referral, Event.WORSENED, criteria=TICKED)
    now = (await desk.asks(referral))[FIRST]
    assert (now.id, now.urgency, now.owes_message) == (before.id, Urgency.EMERGENCY, True)
    assert now.answer_by < before.answer_by
    assert await desk.owed(referral) == []
    await desk.sweep()
    (copy,) = desk.hospitals[FIRST].copies[now.id]
    assert copy.urgency is Urgency.EMERGENCY


async def test_a_refusal_by_the_system_leaves_the_telephone(desk: Desk) -> None:
    """Another attempt would end the same way."""
    desk.hospitals[FIRST].mood = Mood.REFUSES
    referral = await desk.out(FIRST)
    found = (await desk.asks(referral))[FIRST]
    assert (found.telephone, found.trouble) == (True, "refused:business-rule")
    assert referral.alarm == "telephone_wanted"


@pytest.mark.parametrize(
    ("then", "event", "clearance", "what"),
    [
        (Then.BREAK_GLASS, None, Clearance.BREAK_GLASS, OwedWhat.REVIEW),
        (Then.DRAFT, Event.WORSENED, Clearance.BREAK_GLASS, OwedWhat.REVIEW),
        (Then.SUBMIT, Event.APPROVE_BY_TELEPHONE, Clearance.TELEPHONED, OwedWhat.CONFIRMATION),
    ],
)
async def test_what_goes_on_alone_is_owed_for_a_day(
    desk: Desk, then: Then, event: Event | None, clearance: Clearance, what: OwedWhat
) -> None:
    """A review or a confirmation, until the same time tomorrow."""
    referral = await desk.new(then, criteria=TICKED)
    if event is not None:
        await desk.do(referral, event, criteria=TICKED)
    (owed,) = await desk.owed(referral)
    assert ((await desk.get(referral)).clearance, owed.what) == (clearance, what)
    assert owed.deadline - owed.owed_since == timedelta(hours=24)
