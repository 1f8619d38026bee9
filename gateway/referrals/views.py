"""One whole referral as a person sees it: patient, candidates, hospitals asked, coverage, history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts import Coverage, Urgency
from contracts.clock import WIB
from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.capacity.ranking import travel_minutes
from gateway.capacity.words import in_words
from gateway.eligibility.advice import advise
from gateway.people import Person

from . import coverage, lines, words
from .answers import (
    AskView,
    CandidateView,
    CoverageView,
    HistoryLine,
    OwedView,
    PatientView,
    ReasonView,
    ReferralView,
)
from .candidates import Candidate
from .conveying import told_of
from .room import ReferralRoom
from .rows import Ask, Happening, Owed, Referral
from .sealing import Told, open_note, unseal
from .states import PARTY_OF, possible


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that was read for one look; *names* are display names by account."""

    referral: Referral
    asks: Sequence[Ask]
    history: Sequence[Happening]
    owed: Sequence[Owed]
    names: Mapping[str, str]
    person: Person | None
    candidates: Sequence[Candidate]
    by: Principal
    request: str
    at: datetime


def whole(seen: Seen, room: ReferralRoom) -> ReferralView:
    """Return the referral as *seen.by* may see it."""
    one, told = seen.referral, told_of(seen.person, seen.referral)
    run_out = timedelta(seconds=room.timing.run_out_s)
    line = lines.line(one, seen.asks, seen.owed, registry=room.registry, run_out=run_out, at=seen.at)
    shown = {name: getattr(line, name) for name in type(line).__struct_fields__}
    shown["calls"] = [ask for ask in line.calls if _may_see(seen.by, ask.hospital)]
    shown["owed"] = [_owed(each, seen) for each in seen.owed]
    return ReferralView(
        **shown,
        environment=room.environment,
        request=seen.request,
        rule=one.rule,
        patient=_patient(told),
        erased=unseal(seen.person, one.sealed, place=one.id) is None,
        diagnosis=told.diagnosis,
        situation=told.situation,
        transport=told.transport,
        callback_phone=told.callback_phone,
        coverage=_coverage(seen, room),
        candidates=[
            _candidate(each, seen.at) for each in seen.candidates if _may_see(seen.by, each.judged.place.id)
        ],
        asks=[_ask(each, seen, room) for each in _own(seen)],
        history=[_happening(each, seen) for each in seen.history if _may_see(seen.by, each.hospital)],
        possible=list(possible(one.state, PARTY_OF[seen.by.role])) if seen.by.role in PARTY_OF else [],
        no_refusal=words.NO_REFUSAL["id"] if one.urgency is Urgency.EMERGENCY else None,
    )


def _own(seen: Seen) -> list[Ask]:
    """Return the asks a viewer may see: a hospital sees only its own."""
    return [ask for ask in seen.asks if _may_see(seen.by, ask.hospital)]


def _may_see(by: Principal, hospital: str | None) -> bool:
    """Say whether what is about *hospital*, or about none, is shown: a hospital is told of itself."""
    return by.role is not Role.PARTNER or hospital == by.partner


def _patient(told: Told) -> PatientView:
    patient = told.patient
    return PatientView(
        name=patient.name,
        nik=None if patient.nik is None else patient.nik.reveal(),
        nokartu=None if patient.nokartu is None else patient.nokartu.reveal(),
        sex=patient.sex,
        birth_date=patient.birth_date,
        age_years=patient.age_years,
        phone=patient.phone,
    )


def _coverage(seen: Seen, room: ReferralRoom) -> CoverageView:
    """Return what the insurer said; its own words are the approver's only."""
    attached = coverage.attached(seen.person, seen.referral)
    said = attached.coverage if attached else Coverage.UNKNOWN
    advice = advise(room.advice, said, on=seen.at.astimezone(WIB).date())
    own = attached.words if attached and seen.by.role is Role.APPROVER else {}
    return CoverageView(
        coverage=said,
        checked_at=attached.checked_at if attached else None,
        age_s=int((seen.at - attached.checked_at).total_seconds()) if attached else None,
        origin=attached.origin if attached else None,
        reason=attached.reason if attached else "not_asked_yet",
        advice=advice,
        **{name: str(value) for name, value in own.items() if value is not None},
    )


def _candidate(one: Candidate, at: datetime) -> CandidateView:
    judged, figure = one.judged, one.judged.figure
    return CandidateView(
        hospital=judged.place.id,
        name=judged.place.name,
        phone=judged.place.phone,
        rank=one.rank,
        free=figure.tally.free,
        total=figure.tally.total,
        as_of=figure.as_of,
        age_s=None if figure.as_of is None else max(0, int((at - figure.as_of).total_seconds())),
        origin=figure.origin,
        freshness=figure.freshness,
        free_by_class=figure.tally.by_class,
        class_matches=one.class_matches,
        distance_km=None if one.distance_km is None else round(one.distance_km, 2),
        travel_min=None if one.distance_km is None else travel_minutes(one.distance_km),
        able=judged.able,
        telephone=one.telephone,
        reasons=[ReasonView(code, in_words(code, judged, at=at)) for code in judged.reasons],
    )


def _ask(ask: Ask, seen: Seen, room: ReferralRoom) -> AskView:
    by = open_note(seen.person, ask.answered_by, place=f"ask {ask.id}", referral=seen.referral.id)
    return lines.ask_view(ask, room.registry, answered_by=by)


def _owed(owed: Owed, seen: Seen) -> OwedView:
    note = open_note(seen.person, owed.sealed, place=f"owed {owed.id}", referral=seen.referral.id)
    return lines.owed_view(owed, at=seen.at, note=note)


def _happening(one: Happening, seen: Seen) -> HistoryLine:
    return HistoryLine(
        at=one.at,
        event=one.event,
        before=one.before,
        after=one.after,
        by=seen.names.get(one.actor, one.actor),
        role=one.role,
        kind=one.kind,
        hospital=one.hospital,
        code=one.code,
        note=open_note(seen.person, one.sealed, place=one.event, referral=one.referral),
    )
