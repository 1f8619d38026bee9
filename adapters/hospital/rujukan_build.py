"""
What SATUSEHAT Rujukan is given (collection V1 of 2026-02-23, read 2026-11-23).

An offer is one transaction with a Task `referral-approval-request` and a CarePlan. The Task's owner stays
the referring organisation; the hospital stands in an input. The referral itself is a ServiceRequest, made
once the hospital has accepted.
"""

from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from contracts import ReferralAsk

from .referral_build import stamp
from .referral_parts import (
    Json,
    class_wanted,
    concept,
    contained_patient,
    instant,
    meta,
    notes,
    own_id,
    priority,
    reasons,
)
from .referral_words import EMERGENCY_CARE, NEEDS, PATIENT_REFERRAL, REFERRAL
from .rujukan_inputs import TERMS, contained, inputs, is_urgent, room_codes, term

ANSWER = "response-referral-task"
NUMBER = "http://sys-ids.kemkes.go.id/referral-number-satusehat"
_EMERGENCY_PLAN = {"system": TERMS, "code": "TK000068"}


class Parties(NamedTuple):
    """The organisation that refers and the one asked to take the patient, by their SATUSEHAT ids."""

    sender: str
    hospital: str

    def system(self, kind: str) -> str:
        """Return the identifier system of our own *kind* (`task`, `careplan`, `servicerequest`)."""
        return f"http://sys-ids.kemkes.go.id/{kind}/{self.sender}"


def offer(ask: ReferralAsk, parties: Parties, *, now: datetime) -> Json:
    """Return the transaction that asks the hospital. Raises CannotConvey."""
    plan, asked = (_name(kind, own_id(ask, "id")) for kind in ("careplan", "task"))
    return {
        "resourceType": "Bundle",
        "meta": {"tag": [{"system": TERMS, "code": "referral-approval"}]},
        "type": "transaction",
        "entry": [
            _entry(plan, care_plan(ask, parties)),
            _entry(asked, task(ask, parties, plan=plan, now=now)),
        ],
    }


def task(ask: ReferralAsk, parties: Parties, *, plan: str, now: datetime) -> Json:
    """Return the Task `referral-approval-request`, based on the CarePlan that *plan* refers to."""
    us = {"reference": f"Organization/{parties.sender}"}
    return {
        "resourceType": "Task",
        **meta(ask),
        "contained": contained(ask),
        "identifier": [_ours(parties, "task", ask)],
        "basedOn": [{"reference": plan}],
        "groupIdentifier": {"system": REFERRAL, "value": own_id(ask, "referral")},
        "status": "requested",
        "intent": "instance-order",
        "priority": priority(ask),
        "code": term("referral-approval-request", "Referral approval request"),
        "for": {"reference": "#patient"},
        "authoredOn": instant(ask.authored_at, "authored_at"),
        "lastModified": stamp(ask, now),
        "requester": us,
        "owner": us,
        "restriction": {"period": {"end": instant(ask.answer_by, "answer_by")}},
        "input": inputs(ask, parties.hospital),
    }


def care_plan(ask: ReferralAsk, parties: Parties) -> Json:
    """Return the CarePlan, which carries what the crew says."""
    urgent = [concept("Rencana perawatan gawat darurat", _EMERGENCY_PLAN)] if is_urgent(ask) else []
    said = notes(ask)
    return {
        "resourceType": "CarePlan",
        **meta(ask),
        "contained": [contained_patient(ask.patient)],
        "identifier": [_ours(parties, "careplan", ask)],
        "status": "active",
        "intent": "plan",
        "category": [*urgent, concept("Rujukan pasien", PATIENT_REFERRAL)],
        "title": f"Rujukan pasien: {NEEDS[ask.need].text}",
        "subject": {"reference": "#patient"},
        "created": instant(ask.authored_at, "authored_at"),
        "author": {"reference": f"Organization/{parties.sender}"},
    } | ({"note": said} if said else {})


def service_request(ask: ReferralAsk, parties: Parties, *, plan: str, accepted: str) -> Json:
    """Return the referral itself, based on CarePlan *plan* and backed by Task/*accepted*."""
    code = [EMERGENCY_CARE] if is_urgent(ask) else []
    parts: Json = {
        "contained": [contained_patient(ask.patient)],
        "identifier": [_ours(parties, "servicerequest", ask)],
        "requisition": {"system": REFERRAL, "value": own_id(ask, "referral")},
        "basedOn": [{"reference": plan}],
        "status": "active",
        "intent": "original-order",
        "category": [concept("Rujukan pasien", PATIENT_REFERRAL)],
        "priority": priority(ask),
        "code": concept(NEEDS[ask.need].text, *code, *room_codes(ask)),
        "orderDetail": class_wanted(ask),
        "subject": {"reference": "#patient"},
        "authoredOn": instant(ask.authored_at, "authored_at"),
        "requester": {"reference": f"Organization/{parties.sender}"},
        "performer": [{"reference": f"Organization/{parties.hospital}"}],
        "reasonCode": reasons(ask),
        "supportingInfo": [
            {"reference": f"Task/{accepted}", "display": "Task Respon Kandidat Faskes Rujukan"}
        ],
        "note": notes(ask),
    }
    return {"resourceType": "ServiceRequest", **meta(ask)} | {
        name: part for name, part in parts.items() if part
    }


def _ours(parties: Parties, kind: str, ask: ReferralAsk) -> Json:
    return {"system": parties.system(kind), "value": own_id(ask, "id")}


def _name(kind: str, number: str) -> str:
    """Return what an entry is called inside its transaction, the same at every attempt."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'urn:gerbang:{kind}:{number}')}"


def _entry(name: str, resource: Json) -> Json:
    request = {"method": "POST", "url": resource["resourceType"]}
    return {"fullUrl": name, "resource": resource, "request": request}
