"""
What becomes of a case when a hospital answers, by its system or through an operator's telephone.

Once under way nothing changes the destination by itself: an operator is alarmed, and rings the crew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contracts import AnswerState, Step, Urgency
from contracts.audit import Detail

from . import policy
from .case import Case
from .moves import arrive, choose, withdraw
from .offering import Offer, go_on
from .policy import Timing
from .rows import Ask, AskState, Rule
from .states import Event, Party, State

NO_REFUSAL = "no_refusal"  # UU 17/2023 article 174: no hospital may refuse an emergency


@dataclass(frozen=True, slots=True)
class Said:
    """What a hospital said, by its system or through an operator's telephone."""

    state: AnswerState
    channel: str
    at: datetime | None = None
    code: str | None = None
    reason: str | None = None
    by: str | None = None
    bed_held_until: datetime | None = None
    number: str | None = None


def answered(case: Case, ask: Ask, said: Said, offers: Sequence[Offer], timing: Timing) -> None:
    """Let what a hospital said have its effect."""
    now = case.set_ask(
        ask,
        answer=said.state,
        answered_at=said.at or case.at,
        channel=said.channel,
        code=said.code,
        reason=said.reason,
        bed_held_until=said.bed_held_until,
        number=said.number or ask.number,
        answered_by=case.seal(said.by, f"ask {ask.id}"),
    )
    detail: Detail = {"channel": said.channel, "bed_held": said.bed_held_until is not None}
    case.tell("referral.answered", str(said.state), hospital=ask.hospital, code=said.code, detail=detail)
    case.note(f"answer_{said.state}", hospital=ask.hospital, code=said.code)
    if case.referral.state in (State.UNDER_WAY, State.ARRIVED):
        _answered_under_way(case, now, said)
    elif _is_too_late(case, now):
        _answered_too_late(case, now, said)
    elif said.state is AnswerState.ACCEPTED:
        _accepted(case, now)
    elif said.state is AnswerState.ARRIVED:
        if case.happen(Event.ARRIVE, party=Party.HOSPITAL, hospital=ask.hospital):
            arrive(case, now)
        else:
            case.alarm("arrived_elsewhere", hospital=ask.hospital)
    else:
        _not_taken(case, now, said, offers, timing)


def _is_too_late(case: Case, ask: Ask) -> bool:
    """Say whether it was taken back, or had declined and another hospital was chosen since."""
    if case.referral.state is State.CANCELLED or ask.step is Step.WITHDRAWN:
        return True
    return case.referral.state is State.ACCEPTED and ask.state is not AskState.CHOSEN


def _accepted(case: Case, ask: Ask) -> None:
    if ask.state is AskState.CHOSEN:
        return
    ask = case.set_ask(ask, state=AskState.ACCEPTED)
    if case.referral.rule is Rule.FIRST:
        choose(case, ask, party=Party.GERBANG)
    else:
        case.alarm("choose_hospital", hospital=ask.hospital)


def _not_taken(case: Case, ask: Ask, said: Said, offers: Sequence[Offer], timing: Timing) -> None:
    was_destination = ask.state is AskState.CHOSEN
    failed = was_destination or said.state is AnswerState.FAILED or ask.state is AskState.ACCEPTED
    case.set_ask(ask, state=AskState.FAILED if failed else AskState.DECLINED, due_at=None)
    if case.referral.urgency is Urgency.EMERGENCY:
        case.tell("referral.emergency_declined", "declined", hospital=ask.hospital, code=NO_REFUSAL)
        case.alarm("emergency_declined", hospital=ask.hospital)
    if was_destination:
        case.set(destination=None)
        case.happen(Event.FELL_THROUGH, party=Party.GERBANG, hospital=ask.hospital, code=said.code)
        case.alarm("fell_through", hospital=ask.hospital)
    go_on(case, offers, timing)


def _answered_under_way(case: Case, ask: Ask, said: Said) -> None:
    """The crew goes on to where it goes; a person decides whether to ring it."""
    if ask.step is Step.WITHDRAWN or ask.hospital != case.referral.destination:
        _answered_elsewhere(case, ask, said)
    elif said.state is AnswerState.ARRIVED:
        if case.happen(Event.ARRIVE, party=Party.HOSPITAL, hospital=ask.hospital):
            arrive(case, ask)
    elif case.referral.state is State.UNDER_WAY:
        taken = said.state is AnswerState.ACCEPTED
        now = case.set_ask(ask, state=AskState.CHOSEN if taken else AskState.DECLINED)
        case.set_ask(now, due_at=policy.next_look(now, at=case.at))
        case.alarm("accepted_under_way" if taken else "declined_under_way", hospital=ask.hospital)


def _answered_elsewhere(case: Case, ask: Ask, said: Said) -> None:
    """Who is not the destination needs to know that nobody comes; that it declines changes nothing."""
    if said.state is AnswerState.ACCEPTED:
        withdraw(case, ask, "not_selected", again=True)
        is_under_way = case.referral.state is State.UNDER_WAY
        case.alarm("accepted_under_way" if is_under_way else "accepted_after_choice", hospital=ask.hospital)
    elif said.state is AnswerState.ARRIVED:
        case.alarm("arrived_elsewhere", hospital=ask.hospital)


def _answered_too_late(case: Case, ask: Ask, said: Said) -> None:
    """It answers what was taken back: it is told again, and an operator sees it."""
    if said.state is AnswerState.ARRIVED:
        case.alarm("arrived_elsewhere", hospital=ask.hospital)
    if said.state is not AnswerState.ACCEPTED:
        return
    cancelled = case.referral.state is State.CANCELLED
    withdraw(case, ask, "cancelled" if cancelled else "not_selected", again=True)
    case.alarm("accepted_after_cancel" if cancelled else "accepted_after_choice", hospital=ask.hospital)
