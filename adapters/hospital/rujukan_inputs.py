"""The inputs of an offer to SATUSEHAT Rujukan, and the five emergency questions as Q100 (read 2026-11-23)."""

from contracts import ReferralAsk

from .referral_parts import (
    Json,
    class_wanted,
    concept,
    contained_patient,
    diagnosis,
    instant,
    priority,
)
from .referral_words import CRITERIA, EMERGENCY_CARE, LOCATION_TYPE, NEEDS, SNOMED

TERMS = "http://terminology.kemkes.go.id"
Q100 = "https://fhir.kemkes.go.id/Questionnaire/Q100"
_MANAGEMENT = {"system": SNOMED, "code": "119270007", "display": "Management procedure"}


def contained(ask: ReferralAsk) -> list[Json]:
    """Return the patient and, of an emergency, the five questions with their answers."""
    return [contained_patient(ask.patient), *_criteria(ask)]


def inputs(ask: ReferralAsk, hospital: str) -> list[Json]:
    """Return whom the offer goes to, why, and what for."""
    target = {"reference": f"Organization/{hospital}"}
    said: list[Json] = [{"type": term("referral-task", "Referral Task"), "valueReference": target}]
    if _criteria(ask):
        said.append(
            {
                "type": term("referral-criteria", "Referral Criteria"),
                "valueReference": {"reference": "#criteria"},
            }
        )
    if is_urgent(ask):
        said.append({"type": {"coding": [_MANAGEMENT]}, "valueCoding": EMERGENCY_CARE})
    if ask.diagnosis:
        kind = term("primary-diagnosis", "Primary Diagnosis")
        said.append({"type": kind, "valueCoding": diagnosis(ask.diagnosis)})
    return [*said, *_wishes(ask)]


def _wishes(ask: ReferralAsk) -> list[Json]:
    """The collection has no input for the kind of bed and its class; ours are named in words."""
    room = concept(NEEDS[ask.need].text, *room_codes(ask))
    kelas = [{"type": {"text": "Kelas"}, "valueCodeableConcept": each} for each in class_wanted(ask)]
    return [{"type": {"text": "Kebutuhan ruang"}, "valueCodeableConcept": room}, *kelas]


def _criteria(ask: ReferralAsk) -> list[Json]:
    if not (ask.criteria or is_urgent(ask)):
        return []
    items = [
        {"linkId": word.link, "text": word.text, "answer": [{"valueBoolean": criterion in ask.criteria}]}
        for criterion, word in CRITERIA.items()
    ]
    return [
        {
            "resourceType": "QuestionnaireResponse",
            "id": "criteria",
            "questionnaire": Q100,
            "status": "completed",
            "subject": {"reference": "#patient"},
            "authored": instant(ask.authored_at, "authored_at"),
            "item": [{"linkId": "0", "text": "GAWAT DARURAT", "item": items}],
        }
    ]


def is_urgent(ask: ReferralAsk) -> bool:
    """Say whether it is an emergency."""
    return priority(ask) == "stat"


def room_codes(ask: ReferralAsk) -> list[Json]:
    """Return Kemkes' code for the room wanted, where there is one."""
    room = NEEDS[ask.need].room
    return [{"system": LOCATION_TYPE, "code": room}] if room else []


def term(code: str, display: str) -> Json:
    """Return a concept of the Rujukan collection."""
    return {"coding": [{"system": TERMS, "code": code, "display": display}]}
