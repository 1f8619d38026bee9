"""The shapes of the referral API, for the console as for programs."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from contracts import AnswerState, Coverage, Criterion, Need, Urgency

from .rows import AskState, Clearance, OwedWhat, Rule, Wait
from .states import Event, State

Moment = Annotated[datetime, Meta(tz=True)]


class PatientView(Struct, frozen=True, kw_only=True):
    """The patient as far as needed; null is not known, and everything is after an erasure."""

    name: str | None = None
    nik: str | None = None
    nokartu: str | None = None
    sex: str | None = None
    birth_date: date | None = None
    age_years: int | None = None
    phone: str | None = None


class CoverageView(Struct, frozen=True, kw_only=True):
    """What the insurer says; it never blocks. The insurer's own words are the approver's only."""

    coverage: Coverage
    checked_at: Moment | None
    age_s: int | None
    origin: str | None
    reason: str | None
    advice: list[str]
    status_text: str | None = None
    segment: str | None = None
    kelas: str | None = None
    fktp: str | None = None
    cob: str | None = None
    social_note: str | None = None


class ReasonView(Struct, frozen=True):
    """Why a hospital stands where it stands: a stable code and the sentence to show."""

    code: str
    text: str


class CandidateView(Struct, frozen=True, kw_only=True):
    """
    A hospital that could be asked, best first; `free` null is not known, never 0.

    `telephone` says that it is asked and answers by telephone; `class_matches` is null where no class is
    wanted or none is known.
    """

    hospital: str
    name: str
    phone: str | None
    rank: int
    free: int | None
    total: int | None
    as_of: Moment | None
    age_s: int | None
    origin: str | None
    freshness: str
    free_by_class: dict[str, int]
    class_matches: bool | None
    distance_km: float | None
    travel_min: int | None
    able: bool | None
    telephone: bool
    reasons: list[ReasonView]


class AskView(Struct, frozen=True, kw_only=True):
    """
    One hospital that was asked, and what is known of its answer.

    `accepted` is no reserved bed unless `bed_held_until` says so. `needs_phone_call`: somebody must ring it.
    """

    id: str
    hospital: str
    name: str
    phone: str | None
    state: AskState
    text: str
    needs_phone_call: bool
    telephone: bool
    asked_at: Moment
    answer_by: Moment
    answer: AnswerState | None
    answered_at: Moment | None
    channel: str | None
    code: str | None
    reason: str | None
    answered_by: str | None
    bed_held_until: Moment | None
    number: str | None
    trouble: str | None


class HistoryLine(Struct, frozen=True, kw_only=True):
    """One thing that happened to the referral; `by` is a person's name where one has signed in."""

    at: Moment
    event: str
    before: State | None
    after: State
    by: str
    role: str
    kind: str
    hospital: str | None
    code: str | None
    note: str | None


class OwedView(Struct, frozen=True, kw_only=True):
    """What a person owes, or has done, for a referral that went on without them."""

    what: OwedWhat
    owed_since: Moment
    deadline: Moment
    overdue: bool
    done_at: Moment | None
    verdict: str | None
    note: str | None = None


class ReferralLine(Struct, frozen=True, kw_only=True):
    """A referral in a list: nothing that names the patient. `text` says where it stands in words."""

    id: str
    version: int
    state: State
    text: str
    urgency: Urgency
    clearance: Clearance
    need: Need
    kelas: str | None
    criteria: list[Criterion]
    drill: bool
    source_system: str | None
    source_ticket: str | None
    created_at: Moment
    changed_at: Moment
    wait: Wait | None
    due_at: Moment | None
    run_out_at: Moment | None
    destination: str | None
    destination_name: str | None
    alarm: str | None
    alarm_text: str | None
    needs_phone_call: bool
    calls: list[AskView]
    owed: list[OwedView]


class ReferralView(ReferralLine, frozen=True, kw_only=True):
    """Everything on one screen; `screen` is the hash a decision hands back."""

    environment: str
    request: str
    rule: Rule
    patient: PatientView
    erased: bool
    diagnosis: str | None
    situation: str | None
    transport: str | None
    callback_phone: str | None
    coverage: CoverageView
    candidates: list[CandidateView]
    asks: list[AskView]
    history: list[HistoryLine]
    possible: list[Event]
    no_refusal: str | None
    screen: str = ""


class ReferralList(Struct, frozen=True, kw_only=True):
    """Referrals, the most urgent first; `reviews_owed` counts what the head still has to look at."""

    environment: str
    request: str
    reviews_owed: int
    referrals: list[ReferralLine]


class ReferralAnswerView(Struct, frozen=True, kw_only=True):
    """What a change has made of a referral."""

    environment: str
    request: str
    audit: str
    referral: ReferralLine
