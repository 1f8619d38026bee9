"""How long is waited for whom, and how often a hospital's system is asked; pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts import Step, Urgency

from .rows import Ask, AskState

# Before another attempt at a hospital whose system did not take it, seconds.
LADDER_S = (0.0, 2.0, 3.0, 5.0, 10.0)
LADDER_END_S = 20.0
# How long after it was asked a hospital is looked at how often, seconds. A push makes it sooner.
LOOKS = ((60.0, 2.0), (300.0, 5.0), (1800.0, 15.0))
LOOK_END_S = 30.0
UNDELIVERED = timedelta(seconds=30)  # an emergency that no system has taken by then goes to the next, too
AFTER_WITHDRAWAL = timedelta(minutes=10)  # how long an answer that crossed our withdrawal is looked for
OWED = timedelta(hours=24)
OWED_REMINDER = timedelta(hours=20)
AWAITED = (Step.OFFERED, Step.UNDER_WAY)  # an emergency may have left without an answer
_ENDED = (AskState.DECLINED, AskState.FAILED)
_UNANSWERED = (AskState.QUEUED, AskState.SENT, AskState.UNCONFIRMED)
AT_ONCE = {Urgency.ROUTINE: 1, Urgency.EMERGENCY: 2}  # hospitals asked at once, unless some are named


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a routine waits for its approval and any referral for a hospital, seconds."""

    reminder_s: float = 300.0
    deputy_s: float = 600.0
    run_out_s: float = 1800.0
    answer_routine_s: float = 900.0
    answer_emergency_s: float = 120.0

    def answer(self, urgency: Urgency) -> timedelta:
        """Return how long a hospital has to answer before the next is asked."""
        seconds = self.answer_emergency_s if urgency is Urgency.EMERGENCY else self.answer_routine_s
        return timedelta(seconds=seconds)


def after_failure(failures: int) -> timedelta:
    """Return the pause after that many exchanges in a row that brought nothing, at least one."""
    seconds = LADDER_S[failures] if failures < len(LADDER_S) else LADDER_END_S
    return timedelta(seconds=seconds)


def next_look(ask: Ask, *, at: datetime) -> datetime | None:
    """Return when the hospital is to be looked at next, None for never."""
    if ask.telephone:
        return ask.answer_by if ask.state in _UNANSWERED and ask.step in AWAITED else None
    if ask.state in _ENDED and ask.step in (Step.OFFERED, Step.CHOSEN):
        return None  # who has declined is told neither of the emergency nor of having been chosen
    if ask.owes_message:
        return _not_beyond(ask, at + after_failure(ask.failures) if ask.failures else at, at=at)
    if ask.step is Step.ARRIVED or ask.state in _ENDED:
        return None
    if ask.step is Step.WITHDRAWN and at - ask.asked_at > AFTER_WITHDRAWAL:
        return None
    look = at + _interval(at - ask.asked_at) + (after_failure(ask.failures) if ask.failures else timedelta())
    return _not_beyond(ask, look, at=at)


def _not_beyond(ask: Ask, look: datetime, *, at: datetime) -> datetime:
    """Look no later than at the next moment at which the hospital's silence means something."""
    if ask.state not in _UNANSWERED:
        return look
    moments = [ask.answer_by]
    if ask.urgency is Urgency.EMERGENCY and ask.state is not AskState.SENT:
        moments.append(ask.asked_at + UNDELIVERED)
    return min([look, *(moment for moment in moments if moment > at)])


def _interval(age: timedelta) -> timedelta:
    seconds = next((each for until, each in LOOKS if age.total_seconds() < until), LOOK_END_S)
    return timedelta(seconds=seconds)


def is_outstanding(ask: Ask, *, urgency: Urgency, at: datetime) -> bool:
    """
    Say whether an answer of this hospital is still waited for before the next is asked.

    An emergency does not wait for a system that has not even taken the question within half a minute.
    """
    if ask.state is AskState.ACCEPTED:
        return True
    if ask.state not in _UNANSWERED or at >= ask.answer_by:
        return False
    undelivered = not ask.telephone and ask.state is not AskState.SENT and at - ask.asked_at >= UNDELIVERED
    return not (urgency is Urgency.EMERGENCY and undelivered)
