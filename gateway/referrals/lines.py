"""Referrals as a list shows them: where each stands, its timer, whom to ring; nothing of the patient."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from contracts import AnswerState, Urgency
from gateway.partners.registry import Registry

from . import words
from .answers import AskView, OwedView, ReferralLine
from .rows import Ask, AskState, Owed, Referral
from .states import ENDED, LOOKING, State

Query = Callable[[Connection], list[Referral]]
RINGING = (AskState.QUEUED, AskState.SENT, AskState.UNCONFIRMED, AskState.SILENT)
# Whom an alarm tells to ring, by where the ask stands; the destination is rung whatever the alarm is.
ALARMED: Mapping[str, tuple[AskState, ...]] = {
    "nobody_answers": (AskState.SENT, AskState.SILENT),
    "all_declined": (AskState.DECLINED, AskState.FAILED),
    "emergency_declined": (AskState.DECLINED, AskState.FAILED),
    "fell_through": (AskState.FAILED,),
}
# Whom an alarm tells to ring although the question was taken back, by what it has answered.
CALLED_OFF: Mapping[str, AnswerState] = {
    "accepted_after_choice": AnswerState.ACCEPTED,
    "accepted_after_cancel": AnswerState.ACCEPTED,
    "accepted_under_way": AnswerState.ACCEPTED,
    "arrived_elsewhere": AnswerState.ARRIVED,
}


def lines(
    referrals: Sequence[Referral],
    asks: Iterable[Ask],
    owed: Iterable[Owed],
    *,
    registry: Registry,
    run_out: timedelta,
    at: datetime,
) -> list[ReferralLine]:
    """Return a line for each, in the same order; *run_out* is how long an approval is waited for."""
    asked: dict[str, list[Ask]] = defaultdict(list)
    owing: dict[str, list[Owed]] = defaultdict(list)
    for ask in asks:
        asked[ask.referral].append(ask)
    for each in owed:
        owing[each.referral].append(each)
    return [
        line(one, asked[one.id], owing[one.id], registry=registry, run_out=run_out, at=at)
        for one in referrals
    ]


def line(
    one: Referral,
    asks: Sequence[Ask],
    owed: Sequence[Owed],
    *,
    registry: Registry,
    run_out: timedelta,
    at: datetime,
) -> ReferralLine:
    """Return one referral as a list shows it."""
    calls = [ask_view(ask, registry) for ask in asks if rings(one, ask)]
    return ReferralLine(
        id=one.id,
        version=one.version,
        state=one.state,
        text=words.state_text(one.state, one.clearance),
        urgency=one.urgency,
        clearance=one.clearance,
        need=one.need,
        kelas=one.kelas,
        criteria=list(one.criteria),
        drill=one.drill,
        source_system=one.source_system,
        source_ticket=one.source_ticket,
        created_at=one.created_at,
        changed_at=one.changed_at,
        wait=one.wait,
        due_at=one.due_at,
        run_out_at=_runs_out(one, run_out),
        destination=one.destination,
        destination_name=_name(registry, one.destination),
        alarm=one.alarm,
        alarm_text=words.alarm_text(one.alarm),
        needs_phone_call=bool(calls),
        calls=calls,
        owed=[owed_view(each, at=at) for each in owed],
    )


def rings(one: Referral, ask: Ask) -> bool:
    """Say whether this hospital has to be rung: asked, taken back from, not sure to know, alarmed of."""
    if _is_alarmed_of(one, ask):
        return True
    if ask.state is AskState.WITHDRAWN:
        return ask.telephone and ask.answer is AnswerState.ACCEPTED and one.state not in (State.ARRIVED,)
    if one.state not in LOOKING and one.state is not State.UNDER_WAY:
        return False
    if ask.telephone:
        return ask.state in RINGING
    return ask.state is AskState.UNCONFIRMED or (
        ask.state is AskState.SILENT and one.urgency is Urgency.EMERGENCY
    )


def _is_alarmed_of(one: Referral, ask: Ask) -> bool:
    if one.alarm is None:
        return False
    if ask.state is AskState.WITHDRAWN:
        return ask.answer is not None and ask.answer is CALLED_OFF.get(one.alarm)
    return ask.hospital == one.destination or ask.state in ALARMED.get(one.alarm, ())


def ask_view(ask: Ask, registry: Registry, *, answered_by: str | None = None) -> AskView:
    """Return one hospital that was asked; *answered_by* is shown on the referral's own page only."""
    partner = registry.partners.get(ask.hospital)
    return AskView(
        id=ask.id,
        hospital=ask.hospital,
        name=partner.name if partner else ask.hospital,
        phone=partner.phone if partner else None,
        state=ask.state,
        text=_ask_text(ask),
        needs_phone_call=ask.telephone and ask.state in RINGING,
        telephone=ask.telephone,
        asked_at=ask.asked_at,
        answer_by=ask.answer_by,
        answer=ask.answer,
        answered_at=ask.answered_at,
        channel=ask.channel,
        code=ask.code,
        reason=ask.reason,
        answered_by=answered_by,
        bed_held_until=ask.bed_held_until,
        number=ask.number,
        trouble=ask.trouble,
    )


def _ask_text(ask: Ask, *, language: str = "id") -> str:
    if ask.telephone and ask.state in RINGING:
        return words.TO_RING[language]
    if ask.telephone and ask.state is AskState.WITHDRAWN and ask.answer is AnswerState.ACCEPTED:
        return words.TO_TELL[language]
    text = words.ASKS[ask.state][language]
    held = ask.state in (AskState.ACCEPTED, AskState.CHOSEN) and ask.bed_held_until is None
    return f"{text} - {words.NO_BED[language]}" if held else text


def owed_view(owed: Owed, *, at: datetime, note: str | None = None) -> OwedView:
    """Return what is owed, or was."""
    return OwedView(
        what=owed.what,
        owed_since=owed.owed_since,
        deadline=owed.deadline,
        overdue=owed.done_at is None and at >= owed.deadline,
        done_at=owed.done_at,
        verdict=owed.verdict,
        note=note,
    )


def waits_for_somebody(line: ReferralLine) -> bool:
    """Say whether a person has something to do."""
    owes = any(owed.done_at is None for owed in line.owed)
    waits = line.state in (State.SUBMITTED, State.EXPIRED, State.REJECTED, State.DECLINED)
    return line.alarm is not None or owes or waits or line.needs_phone_call


def by_urgency(line: ReferralLine) -> tuple[int, int, datetime]:
    """Order alarms of emergencies first, then other alarms, decisions by their end, reviews last."""
    ended = line.state in ENDED
    emergency = line.urgency is not Urgency.EMERGENCY
    rank = 0 if line.alarm and not ended else 1 if line.state is State.SUBMITTED else 3 if ended else 2
    return rank, int(emergency), line.due_at or line.changed_at


def _runs_out(one: Referral, run_out: timedelta) -> datetime | None:
    waits = one.state is State.SUBMITTED and one.submitted_at is not None
    return one.submitted_at + run_out if waits and one.submitted_at else None


def _name(registry: Registry, hospital: str | None) -> str | None:
    partner = registry.partners.get(hospital) if hospital else None
    return partner.name if partner else hospital
