"""
What a hospital's own R4 server is given: one ServiceRequest and one Task to fulfil it.

After HL7 Clinical Order Workflows 1.0.0-ballot (read 2026-11-23). The Task names no patient: it is what
servers send around when it changes.
"""

from datetime import datetime
from typing import NamedTuple

from contracts import ReferralAsk

from .referral_parts import (
    Json,
    class_wanted,
    concept,
    contained_patient,
    instant,
    meta,
    notes,
    own_id,
    plain,
    priority,
    reasons,
)
from .referral_words import (
    ASK,
    EMERGENCY_CARE,
    LOCATION_TYPE,
    NEEDS,
    PATIENT_REFERRAL,
    REFERRAL,
    ROLE_CODE,
    STEP,
    STEP_WORDS,
    TASK_CODE,
    WHY,
    WITHDRAWN,
)


class Letterhead(NamedTuple):
    """Who asks, and the id of the Organization asked where its server holds several."""

    sender: str
    organization: str | None = None

    def receiver(self) -> Json:
        """Return a reference to the hospital; on a server of its own it needs no name."""
        if self.organization:
            return {"reference": f"Organization/{self.organization}"}
        return {"type": "Organization", "display": "Rumah sakit penerima"}


def service_request(ask: ReferralAsk, head: Letterhead) -> Json:
    """Return the ServiceRequest. Raises CannotConvey."""
    urgent = [EMERGENCY_CARE] if priority(ask) == "stat" else []
    parts: Json = {
        "contained": [contained_patient(ask.patient), _sender(ask, head)],
        "identifier": [_ours(ASK, own_id(ask, "id")), _ours(REFERRAL, own_id(ask, "referral"))],
        "requisition": _ours(REFERRAL, ask.referral),
        "status": "active",
        "intent": "order",
        "category": [concept("Rujukan pasien", PATIENT_REFERRAL)],
        "priority": priority(ask),
        "code": concept(NEEDS[ask.need].text, *urgent, *_room(ask)),
        "orderDetail": class_wanted(ask),
        "subject": {"reference": "#patient"},
        "authoredOn": instant(ask.authored_at, "authored_at"),
        "requester": {"reference": "#sender", "display": head.sender},
        "performer": [head.receiver()],
        "locationCode": _place(ask),
        "reasonCode": reasons(ask),
        "note": notes(ask),
    }
    return {"resourceType": "ServiceRequest", **meta(ask)} | {
        name: part for name, part in parts.items() if part
    }


def task(ask: ReferralAsk, head: Letterhead, *, request: str, now: datetime) -> Json:
    """Return the Task that asks to fulfil ServiceRequest/*request*, to be answered by `answer_by`."""
    return _task(ask, head, code="fulfill", number=own_id(ask, "id"), now=now) | {
        "focus": {"reference": f"ServiceRequest/{request}"},
        "description": f"Rujukan pasien: {NEEDS[ask.need].text}",
        "restriction": {"period": {"end": instant(ask.answer_by, "answer_by")}},
    }


def abort_task(ask: ReferralAsk, head: Letterhead, *, asked: str, now: datetime) -> Json:
    """Return the second Task, which asks to stop Task/*asked* once the patient is under way."""
    return _task(ask, head, code="abort", number=abort_number(ask), now=now) | {
        "focus": {"reference": f"Task/{asked}"},
        "description": "Pembatalan rujukan pasien",
        "reasonCode": why(ask),
    }


def abort_number(ask: ReferralAsk) -> str:
    """Return the abort Task's own identifier."""
    return f"{own_id(ask, 'id')}/abort"


def why(ask: ReferralAsk) -> Json:
    """Return why the question is taken back."""
    code = ask.why or "cancelled"
    return concept(WHY.get(code, plain(code) or "-"), {"system": WITHDRAWN, "code": code})


def business(step: str) -> Json:
    """Return our own step as a Task's business status: `selected`, `under-way` or `arrived`."""
    return concept(STEP_WORDS[step], {"system": STEP, "code": step})


def stamp(ask: ReferralAsk, now: datetime) -> str:
    """Return when a Task changed: never before it was authored (R4 invariant inv-1)."""
    return instant(max(now, ask.authored_at), "authored_at")


def _task(ask: ReferralAsk, head: Letterhead, *, code: str, number: str, now: datetime) -> Json:
    return {
        "resourceType": "Task",
        **meta(ask),
        "identifier": [_ours(ASK, number)],
        "groupIdentifier": _ours(REFERRAL, own_id(ask, "referral")),
        "status": "requested",
        "intent": "order",
        "priority": priority(ask),
        "code": {"coding": [{"system": TASK_CODE, "code": code}]},
        "for": {"type": "Patient", "display": f"Pasien rujukan {ask.referral}"},
        "authoredOn": instant(ask.authored_at, "authored_at"),
        "lastModified": stamp(ask, now),
        "requester": {"type": "Organization", "display": head.sender},
        "owner": head.receiver(),
    }


def _sender(ask: ReferralAsk, head: Letterhead) -> Json:
    phone = plain(ask.callback_phone)
    telecom = {"telecom": [{"system": "phone", "value": phone}]} if phone else {}
    return {"resourceType": "Organization", "id": "sender", "name": head.sender, **telecom}


def _ours(system: str, value: str) -> Json:
    return {"system": system, "value": value}


def _room(ask: ReferralAsk) -> list[Json]:
    room = NEEDS[ask.need].room
    return [{"system": LOCATION_TYPE, "code": room}] if room else []


def _place(ask: ReferralAsk) -> list[Json]:
    role = NEEDS[ask.need].role
    return [{"coding": [{"system": ROLE_CODE, "code": role}]}] if role else []
