"""What a hospital's answer, or its system's failure to give one, means for the case."""

from contracts import AnswerState, ReferralAnswer, Step
from gateway.exchange.outcome import Outcome

from . import moves
from .case import Case
from .policy import next_look
from .replies import Said
from .rows import Ask

UNKNOWN_EFFECT = frozenset({"no_answer", "late"})
# A later attempt would end the same way: from now on this hospital is rung.
BY_TELEPHONE = frozenset({"refused", "cannot_convey"})
# So would one at a system that cannot be searched; it would hold the breaker open for everybody else.
CANNOT_TELL = "cannot_tell"


def is_news(ask: Ask, answer: ReferralAnswer) -> bool:
    """Say whether the answer says anything that is not known yet."""
    if answer.state is AnswerState.WAITING or answer.state is ask.answer:
        return False
    return not (answer.state is AnswerState.WITHDRAWN and ask.step is Step.WITHDRAWN)


def said(answer: ReferralAnswer) -> Said:
    """Return a system's answer as the rules take it."""
    return Said(
        state=answer.state,
        channel="system",
        at=answer.at,
        code=answer.code,
        reason=answer.reason,
        by=answer.by,
        bed_held_until=answer.bed_held_until,
        number=answer.number,
    )


def failed(case: Case, ask: Ask, outcome: Outcome[ReferralAnswer]) -> None:
    """Note that a conveyance brought no answer: unknown effect, or nothing sent, or never by this wire."""
    trouble = outcome.word if outcome.reason is None else f"{outcome.word}:{outcome.reason}"
    now = case.set_ask(ask, trouble=trouble[:80], failures=case.ask(ask.id).failures + 1)
    if outcome.word in UNKNOWN_EFFECT:
        moves.unsure(case, now)
    if outcome.word in BY_TELEPHONE or outcome.reason == CANNOT_TELL:
        by_telephone_now(case, now)


def by_telephone_now(case: Case, ask: Ask) -> None:
    """From now on this hospital is rung: its wire leads nowhere."""
    now = case.set_ask(ask, telephone=True)
    case.set_ask(now, due_at=next_look(now, at=case.at))
    case.alarm("telephone_wanted", hospital=ask.hospital)
