"""
A referral as it is put to a hospital, and what the hospital says to it.

The five emergency criteria are those of SATUSEHAT Rujukan (collection V1, 2026-02-23, linkId 000001 to
000005). An acceptance is no reserved bed unless `bed_held_until` says so.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from contracts.capacity import Need
from contracts.identity import Nik, Nokartu


class Urgency(StrEnum):
    """Whether it may wait for an approval."""

    ROUTINE = "routine"
    EMERGENCY = "emergency"


class Criterion(StrEnum):
    """What makes an emergency; one is enough."""

    LIFE_THREATENING = "life_threatening"  # to the patient, or a danger to self or others
    AIRWAY_BREATHING_CIRCULATION = "airway_breathing_circulation"
    REDUCED_CONSCIOUSNESS = "reduced_consciousness"
    HAEMODYNAMIC = "haemodynamic"
    IMMEDIATE_ACTION = "immediate_action"


class Step(StrEnum):
    """How far we are with one hospital: what its copy of the referral is to say."""

    OFFERED = "offered"  # will you take this patient?
    CHOSEN = "chosen"  # you accepted, and the patient comes to you
    UNDER_WAY = "under_way"
    ARRIVED = "arrived"
    WITHDRAWN = "withdrawn"  # no longer asked: another hospital was chosen, or the referral was cancelled


class AnswerState(StrEnum):
    """What a hospital says to a referral."""

    WAITING = "waiting"  # nothing yet, or no more than that somebody has received it
    ACCEPTED = "accepted"
    DECLINED = "declined"
    FAILED = "failed"  # it had accepted, and can no longer
    WITHDRAWN = "withdrawn"  # its copy says that we took the question back
    ARRIVED = "arrived"  # the hospital itself has admitted the patient


@dataclass(frozen=True, slots=True)
class Patient:
    """Whom a hospital is to receive; everything may be unknown (Mr or Mrs X)."""

    name: str | None = None
    nik: Nik | None = None
    nokartu: Nokartu | None = None
    sex: str | None = None  # male or female
    birth_date: date | None = None
    age_years: int | None = None  # as estimated by the crew, where no birth date is known
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class ReferralAsk:
    """
    One referral as one hospital is to know it now.

    *id* is the question's own and *referral* that of the referral it belongs to, both ours and constant;
    *step* is what the hospital's copy is to say; *place* is the hospital's own reference from its last
    answer, None before the first. *diagnosis* is an ICD-10 code with its dot; *situation* is the free text
    of the crew (SBAR). *answer_by* is when we ask the next hospital; *why* is a stable code beside WITHDRAWN
    (`not_selected`, `cancelled`, `worsened_elsewhere`). *sent_before*: an earlier attempt may have had its
    effect.
    """

    id: str
    referral: str
    step: Step
    urgency: Urgency
    need: Need
    patient: Patient
    authored_at: datetime
    answer_by: datetime
    place: str | None = None
    criteria: tuple[Criterion, ...] = ()
    kelas: str | None = None
    diagnosis: str | None = None
    situation: str | None = None
    transport: str | None = None
    callback_phone: str | None = None
    why: str | None = None
    drill: bool = False
    sent_before: bool = False


@dataclass(frozen=True, slots=True)
class ReferralAnswer:
    """
    What the hospital's copy says now.

    *place* is the hospital's reference, handed back with the next question; *code* and *reason* say why it
    declined, in the hospital's words without personal data; *by* is who answered where that is told; *number*
    is the receiving system's own referral number. *remarks* are stable codes of what was odd.
    """

    place: str
    state: AnswerState
    step: Step
    at: datetime | None = None
    code: str | None = None
    reason: str | None = None
    by: str | None = None
    bed_held_until: datetime | None = None
    number: str | None = None
    remarks: tuple[str, ...] = field(default=())
