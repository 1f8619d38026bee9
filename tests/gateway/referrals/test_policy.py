"""How long is waited for whom, and how often a hospital is asked."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Step, Urgency
from gateway.referrals import policy
from gateway.referrals.policy import Timing
from gateway.referrals.rows import AskState

from .builders import NOON, ask, later, told

ENDED = (AskState.DECLINED, AskState.FAILED)
ages = st.floats(0, 100_000)


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(1, 2), (2, 3), (3, 5), (4, 10), (5, 20), (6, 20), (1000, 20)],
)
def test_the_pause_after_failures_grows_to_twenty_seconds(failures: int, seconds: float) -> None:
    """A hospital that is away is tried for ever."""
    assert policy.after_failure(failures) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("age", "seconds"), [(0, 2), (59, 2), (60, 5), (299, 5), (300, 15), (1799, 15), (1800, 30), (90_000, 30)]
)
def test_a_hospital_that_was_told_is_looked_at_less_and_less_often(age: float, seconds: float) -> None:
    """Two seconds in the first minute, then five, fifteen, thirty."""
    chosen = told(state=AskState.CHOSEN, step=Step.CHOSEN)
    assert policy.next_look(chosen, at=later(age)) == later(age + seconds)


def test_a_message_that_is_owed_goes_at_once() -> None:
    """And after a failure, when the ladder says so."""
    assert policy.next_look(ask(), at=NOON) == NOON
    assert policy.next_look(ask(failures=1), at=NOON) == later(2)


@given(ages, st.integers(0, 20), st.sampled_from(AskState), st.sampled_from(Step), st.booleans())
def test_a_look_is_never_in_the_past(
    age: float, failures: int, state: AskState, step: Step, is_told: bool
) -> None:
    """Whatever an ask looks like, its next moment is not before now."""
    made = ask(state=state, step=step, failures=failures)
    made = replace(made, conveyed=made.mark) if is_told else made
    found = policy.next_look(made, at=later(age))
    assert found is None or found >= later(age)


@pytest.mark.parametrize(
    ("at", "look"),
    [(0.0, 2.0), (119.0, 120.0), (118.5, 120.0), (121.0, 126.0)],
)
def test_no_look_goes_beyond_the_moment_of_silence(at: float, look: float) -> None:
    """The end of the time to answer is met to the second, not at the next round."""
    assert policy.next_look(told(), at=later(at)) == later(look)


def test_an_emergency_that_no_system_has_taken_is_seen_to_after_half_a_minute() -> None:
    """Its next attempt may be later; the next hospital is not."""
    assert policy.next_look(ask(failures=9), at=later(15)) == later(30)
    assert policy.next_look(ask(failures=9, urgency=Urgency.ROUTINE), at=later(5)) == later(25)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (ask(telephone=True), later(120)),
        (ask(telephone=True, step=Step.UNDER_WAY), later(120)),
        (ask(telephone=True, state=AskState.UNCONFIRMED), later(120)),
        (ask(telephone=True, state=AskState.SENT), later(120)),
        (ask(telephone=True, state=AskState.SILENT), None),
        (ask(telephone=True, state=AskState.CHOSEN, step=Step.CHOSEN), None),
        (told(state=AskState.DECLINED), None),
        (told(state=AskState.FAILED, step=Step.CHOSEN), None),
        (told(state=AskState.CHOSEN, step=Step.ARRIVED), None),
        (ask(state=AskState.DECLINED), None),
        (ask(state=AskState.FAILED, step=Step.CHOSEN), None),
        (ask(state=AskState.DECLINED, step=Step.UNDER_WAY), later(1)),
    ],
)
def test_who_is_looked_at_no_more(made: object, expected: datetime | None) -> None:
    """A telephone is waited for; who has ended it is told nothing but that the patient comes."""
    assert policy.next_look(made, at=later(1)) == expected  # type: ignore[arg-type]  # an Ask


def test_an_answer_that_crosses_a_withdrawal_is_looked_for_ten_minutes() -> None:
    """Then no more; a withdrawal that has not arrived is tried for ever."""
    back = told(state=AskState.WITHDRAWN, step=Step.WITHDRAWN)
    assert policy.next_look(back, at=later(599)) == later(614)
    assert policy.next_look(back, at=later(601)) is None
    assert policy.next_look(replace(back, conveyed=None, failures=9), at=later(601)) == later(621)


@pytest.mark.parametrize(
    ("state", "age", "urgency", "outstanding"),
    [
        (AskState.ACCEPTED, 99_999, Urgency.ROUTINE, True),
        (AskState.SENT, 119, Urgency.EMERGENCY, True),
        (AskState.SENT, 120, Urgency.EMERGENCY, False),
        (AskState.QUEUED, 29, Urgency.EMERGENCY, True),
        (AskState.QUEUED, 30, Urgency.EMERGENCY, False),
        (AskState.UNCONFIRMED, 30, Urgency.EMERGENCY, False),
        (AskState.UNCONFIRMED, 30, Urgency.ROUTINE, True),
        *[(state, 1, Urgency.ROUTINE, False) for state in (*ENDED, AskState.SILENT, AskState.WITHDRAWN)],
    ],
)
def test_whose_answer_is_waited_for(state: AskState, age: float, urgency: Urgency, outstanding: bool) -> None:
    """An emergency does not wait for a system that has not even taken the question."""
    found = policy.is_outstanding(ask(state=state), urgency=urgency, at=later(age))
    assert found is outstanding


def test_a_telephone_has_its_whole_time_to_be_rung() -> None:
    """It is not a system that has not taken the question."""
    assert policy.is_outstanding(ask(telephone=True), urgency=Urgency.EMERGENCY, at=later(119))


def test_an_emergency_is_answered_sooner_than_a_routine() -> None:
    """Two minutes and a quarter of an hour."""
    timing = Timing()
    assert timing.answer(Urgency.EMERGENCY) == timedelta(minutes=2)
    assert timing.answer(Urgency.ROUTINE) == timedelta(minutes=15)
