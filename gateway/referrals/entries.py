"""
The declared sets of this room: what each action and each exchange leaves in the audit log.

An exchange with a hospital leaves `referral.conveying` before and `referral.conveyed` after; what a hospital
answers leaves `referral.answered` when it is news. Looking whether there is news discloses nothing, and
leaves nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from contracts import Coverage, Entry, ReferralAnswer, Step, Urgency
from contracts.audit import Detail
from gateway.access.guard import Principal
from gateway.exchange.outcome import Outcome
from gateway.people import Person, about

from .answers import ReferralView
from .case import Case
from .rows import Ask, Referral
from .sealing import Told

_ASKED = "referral.asked"
_TOLD = ("referral.conveying", "referral.conveyed")

# What people do, each in a state in which it leads to as much as it can.
_OF_PEOPLE: Mapping[str, tuple[str, ...]] = {
    "draft a referral": ("referral.created",),
    "draft it again": ("referral.created",),
    "list open referrals": ("referral.listed",),
    "list what waits": ("referral.listed",),
    "find a referral": ("referral.listed",),
    "read a referral": ("referral.shown",),
    "read another hospital's referral": (),
    "submit a referral": ("referral.submitted",),
    "approve what has changed": ("referral.refused",),
    "approve": ("referral.approved", _ASKED),
    "the only hospital asked declines": ("referral.answered", _ASKED),
    "make and submit a referral": ("referral.created", "referral.submitted"),
    "reject": ("referral.rejected", "referral.alarmed"),
    "see the alarm": ("referral.alarm_seen",),
    "worsen": ("referral.worsened", _ASKED),
    "break the glass at once": ("referral.created", "referral.glass_broken", _ASKED, _ASKED),
    "break the glass": ("referral.glass_broken", _ASKED),
    "a hospital accepts, and a person chooses": ("referral.answered", "referral.alarmed"),
    "another accepts as well": ("referral.answered", "referral.alarmed"),
    "choose": ("referral.hospital_chosen", "referral.withdrawn"),
    "the destination falls through": (
        *("referral.answered", "referral.emergency_declined", "referral.alarmed"),
        *("referral.fell_through", "referral.alarmed", _ASKED, _ASKED),
    ),
    "ask a further hospital": ("referral.put_to", _ASKED),
    "depart unanswered": ("referral.departed", "referral.withdrawn", "referral.withdrawn"),
    "arrive": ("referral.arrived",),
    "review": ("referral.reviewed",),
    "review it again": ("referral.refused",),
    "enter an approval by telephone": ("referral.approved_by_telephone", _ASKED),
    "confirm it": ("referral.confirmed",),
    "a hospital accepts, and is chosen": ("referral.answered", "referral.hospital_chosen"),
    "answer for another hospital": ("referral.refused",),
    "depart": ("referral.departed",),
    "cancel": ("referral.cancelled", "referral.withdrawn"),
    "a hospital accepts after the cancellation": (
        *("referral.answered", "referral.withdrawn", "referral.alarmed"),
    ),
}

# What happens by itself; a hospital is told by requests of their own (`<ask>.<turn>`), the rest has none.
_BY_ITSELF: Mapping[str, tuple[str, ...]] = {
    "a hospital's system takes it": (*_TOLD, "referral.taken"),
    "a hospital's system is away": (*_TOLD, "referral.unsure"),
    "a hospital's system is told more": _TOLD,
    "a hospital's system accepts": ("referral.answered", "referral.hospital_chosen"),
    "the last hospital declines": ("referral.answered", "referral.declined_by_all", "referral.alarmed"),
    "a hospital is silent": ("referral.unanswered", _ASKED),
    "the head is reminded": ("referral.reminded",),
    "no approval comes": ("referral.expired", "referral.alarmed"),
    "coverage is known": ("referral.coverage_attached",),
}

# The house tests hold it against a running gateway.
DECLARED_SET: Mapping[str, tuple[str, ...]] = {**_OF_PEOPLE, **_BY_ITSELF}

TELLS_OF_THE_PATIENT = frozenset({Step.OFFERED, Step.CHOSEN})


def purpose(urgency: Urgency) -> str:
    """Return the HL7 v3 PurposeOfUse of telling a hospital."""
    return "ETREAT" if urgency is Urgency.EMERGENCY else "TREAT"


def conveying(ask: Ask, referral: Referral, person: Person | None, told: Told, *, at: datetime) -> Entry:
    """Return the entry committed before a hospital is told, with what it is told of the patient."""
    entry = Entry(
        act="referral.conveying",
        outcome="intended",
        purpose=purpose(ask.urgency),
        object_type="referral",
        object_id=referral.id,
        subject=referral.subject,
        partner=ask.hospital,
        request=f"{ask.id}.{ask.turn}",
        detail=_detail(ask, referral),
        at=at,
    )
    if person is None or ask.step not in TELLS_OF_THE_PATIENT:
        return entry
    return about(entry, person, told.scalars())


def conveyed(case: Case, ask: Ask, outcome: Outcome[ReferralAnswer]) -> Entry:
    """Return the entry of what came of it."""
    return conveyed_unwritten(ask, case.referral, outcome)


def conveyed_unwritten(ask: Ask, referral: Referral, outcome: Outcome[ReferralAnswer]) -> Entry:
    """Return the same where the rows could not be written with it."""
    answer = outcome.result
    said: Detail = {"answer": str(answer.state), "remarks": answer.remarks} if answer else {}
    return Entry(
        act="referral.conveyed",
        outcome=outcome.word,
        purpose=purpose(ask.urgency),
        object_type="referral",
        object_id=referral.id,
        subject=referral.subject,
        partner=ask.hospital,
        code=outcome.reason,
        request=f"{ask.id}.{ask.turn}",
        elapsed_ms=outcome.elapsed_ms,
        detail={**_detail(ask, referral), "attempts": outcome.attempts, **said},
    )


def listed(what: str, count: int, *, by: Principal, request: str) -> Entry:
    """Return the entry of a look at a list; *what* is which."""
    return Entry(
        "referral.listed", "listed", by.actor, request=request, detail={"what": what, "count": count}
    )


def shown(
    referral: Referral, person: Person | None, view: ReferralView, *, by: Principal, request: str
) -> Entry:
    """Return the entry of a look at a whole referral, naming what of the patient was on the screen."""
    patient = {name: getattr(view.patient, name) for name in view.patient.__struct_fields__}
    seen = patient | {name: getattr(view, name) for name in ("diagnosis", "situation", "transport")}
    entry = Entry(
        act="referral.shown",
        outcome="shown",
        actor=by.actor,
        purpose=purpose(referral.urgency),
        object_type="referral",
        object_id=referral.id,
        subject=referral.subject,
        request=request,
    )
    if person is None:
        return entry
    names = {name for name, value in seen.items() if value is not None}
    if view.coverage.coverage is not Coverage.UNKNOWN:
        names.add("coverage")
    return replace(entry, fields=tuple(sorted(names)))


def _detail(ask: Ask, referral: Referral) -> Detail:
    return {
        "ask": ask.id,
        "step": str(ask.step),
        "urgency": str(ask.urgency),
        **({"drill": True} if referral.drill else {}),
    }
