"""What both sides of Gerbang agree on: values, ports and errors; no input, no output, no partner's words."""

from contracts.audit import Actor, Entry
from contracts.capacity import Bed, BedState, CapacityReport, Need, WardCount
from contracts.coverage import Coverage, CoverageAnswer, CoverageQuestion
from contracts.errors import (
    Busy,
    CannotConvey,
    Garbled,
    NoAnswer,
    NotAccepted,
    PartnerError,
    Refused,
    Unreachable,
)
from contracts.identity import Nik, Nokartu
from contracts.ports import Adapter, ChecksEligibility, ReportsCapacity, TakesReferrals, WakesPeople
from contracts.referral import (
    AnswerState,
    Criterion,
    Patient,
    ReferralAnswer,
    ReferralAsk,
    Step,
    Urgency,
)
from contracts.waking import Wake

__all__ = [
    "Actor",
    "Adapter",
    "AnswerState",
    "Bed",
    "BedState",
    "Busy",
    "CannotConvey",
    "CapacityReport",
    "ChecksEligibility",
    "Coverage",
    "CoverageAnswer",
    "CoverageQuestion",
    "Criterion",
    "Entry",
    "Garbled",
    "Need",
    "Nik",
    "NoAnswer",
    "Nokartu",
    "NotAccepted",
    "PartnerError",
    "Patient",
    "ReferralAnswer",
    "ReferralAsk",
    "Refused",
    "ReportsCapacity",
    "Step",
    "TakesReferrals",
    "Unreachable",
    "Urgency",
    "Wake",
    "WakesPeople",
    "WardCount",
]
