"""
Whom a referral is put to: those wished for, or the next of the ranking while nobody's answer is waited for.

Before departure a hospital that declines or stays silent leads to the next one by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts import Step, Urgency

from . import policy
from .case import Case, ask_id
from .policy import Timing
from .rows import Ask, AskState
from .states import LOOKING, Event, Party, State

ANSWERING = (AskState.QUEUED, AskState.SENT, AskState.UNCONFIRMED, AskState.SILENT)


@dataclass(frozen=True, slots=True)
class Offer:
    """
    A hospital that could be asked; *telephone*: it has no system that takes referrals.

    One that is not *able*, as far as is known, is asked only by name.
    """

    hospital: str
    telephone: bool
    able: bool = True


def go(case: Case, offers: Sequence[Offer], timing: Timing) -> None:
    """Ask the hospitals wished for, or the first of *offers*; with nobody to ask, tell the operator."""
    wished = [offer for name in case.referral.wished for offer in offers if offer.hospital == name]
    first = [each for each in wished if _may_be_asked(case, each.hospital)] or _next(case, offers)
    put_to(case, first, timing)
    if not first:
        case.alarm("nobody_to_ask")


def put_to(case: Case, offers: Sequence[Offer], timing: Timing) -> None:
    """Put the referral to each of *offers*."""
    for offer in offers:
        case.add_ask(_ask(case, offer, timing))
        case.tell("referral.asked", "queued", hospital=offer.hospital, detail={"telephone": offer.telephone})
        case.note("asked", hospital=offer.hospital)
    if any(offer.telephone for offer in offers):
        case.wake("operators", "telephone_wanted", urgent=case.referral.urgency is Urgency.EMERGENCY)


def _ask(case: Case, offer: Offer, timing: Timing) -> Ask:
    urgency = case.referral.urgency
    answer_by = case.at + timing.answer(urgency)
    return Ask(
        id=ask_id(case.referral.id, offer.hospital, len(case.asks)),
        referral=case.referral.id,
        hospital=offer.hospital,
        position=len(case.asks),
        state=AskState.QUEUED,
        step=Step.OFFERED,
        asked_at=case.at,
        answer_by=answer_by,
        telephone=offer.telephone,
        urgency=urgency,
        due_at=answer_by if offer.telephone else case.at,
    )


def _next(case: Case, offers: Sequence[Offer]) -> list[Offer]:
    unasked = [offer for offer in offers if offer.able and _may_be_asked(case, offer.hospital)]
    return unasked[: policy.AT_ONCE[case.referral.urgency]]


def _may_be_asked(case: Case, hospital: str) -> bool:
    """Say whether it was not asked yet, or we took it back, or what it declined was no emergency then."""
    last = case.at_hospital(hospital)
    if last is None or last.state is AskState.WITHDRAWN:
        return True
    return last.state is AskState.DECLINED and last.urgency is not case.referral.urgency


def silent(case: Case, ask: Ask, offers: Sequence[Offer], timing: Timing) -> None:
    """The time to answer is over: the next one is asked; an answer that still comes counts."""
    quiet = case.set_ask(ask, state=AskState.SILENT)
    case.set_ask(quiet, due_at=policy.next_look(quiet, at=case.at))
    case.tell("referral.unanswered", "silent", hospital=ask.hospital)
    case.note("silent", hospital=ask.hospital)
    if case.referral.state is State.UNDER_WAY:
        case.alarm("silent_under_way", hospital=ask.hospital)
    else:
        go_on(case, offers, timing)


def go_on(case: Case, offers: Sequence[Offer], timing: Timing) -> None:
    """Ask the next hospital if nobody's answer is waited for; with nobody left, the operator must see it."""
    urgency = case.referral.urgency
    if case.referral.state not in LOOKING:
        return
    if any(policy.is_outstanding(ask, urgency=urgency, at=case.at) for ask in case.asks):
        return
    following = _next(case, offers)
    if following:
        put_to(case, following, timing)
    elif not any(ask.state in ANSWERING for ask in case.asks):
        case.happen(Event.ALL_DECLINED, party=Party.GERBANG)
        case.alarm("all_declined")
    elif case.referral.alarm is None:
        case.alarm("nobody_answers")
