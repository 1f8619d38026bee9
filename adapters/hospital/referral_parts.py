"""
Pieces of FHIR that a referral is made of on every wire.

What cannot be said faithfully raises CannotConvey with the field's name; nothing is left out silently.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task
from pydantic import ValidationError

from contracts import CannotConvey, Patient, ReferralAsk, Urgency

from .referral_words import (
    CARD,
    CLASS,
    CRITERIA,
    CRITERION,
    DRILL,
    DRILL_TEXT,
    ICD10,
    INPATIENT_CLASSES,
    NIK,
    SEXES,
)

Json = dict[str, Any]

_MODELS: dict[str, Any] = {"ServiceRequest": ServiceRequest, "Task": Task, "Bundle": Bundle}
_encode = msgspec.json.Encoder(decimal_format="number").encode
_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]+")


def checked(resource: Json) -> bytes:
    """Return *resource* as it goes out. Raises CannotConvey with the element that is no FHIR R4B."""
    kind = str(resource["resourceType"])
    try:
        _MODELS[kind].model_validate(resource)
    except ValidationError as wrong:
        where = ".".join(str(step) for step in wrong.errors(include_input=False)[0]["loc"])
        raise CannotConvey(f"{kind}.{where}"[:80], "not_r4") from None  # its message quotes the patient
    return unchecked(resource)


def unchecked(resource: Json | list[Json]) -> bytes:
    """Return JSON as it goes out: a hospital's own resource with our change, which is theirs to judge."""
    return _encode(resource)


def own_id(ask: ReferralAsk, field: str) -> str:
    """Return one of our ids, which stand in headers and addresses. Raises CannotConvey."""
    value = str(getattr(ask, field))
    if not _ID.fullmatch(value):
        raise CannotConvey(field, "not_an_id")
    return value


def instant(moment: datetime, field: str) -> str:
    """Return a time in UTC to the second. Raises CannotConvey for one without its zone."""
    if moment.tzinfo is None:
        raise CannotConvey(field, "no_zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plain(text: str | None) -> str | None:
    """Return *text* with blanks for what a FHIR string cannot hold; None where nothing is left."""
    return (_NO_TEXT.sub(" ", text).strip() or None) if text else None


def concept(text: str, *codings: Json) -> Json:
    """Return a CodeableConcept."""
    return {"coding": list(codings), "text": text} if codings else {"text": text}


def priority(ask: ReferralAsk) -> str:
    """Return FHIR's word for the urgency."""
    return "stat" if ask.urgency is Urgency.EMERGENCY else "routine"


def meta(ask: ReferralAsk) -> Json:
    """Return what marks a drill, as FHIR marks test data; nothing otherwise."""
    return {"meta": {"security": [DRILL]}} if ask.drill else {}


def contained_patient(patient: Patient) -> Json:
    """Return the patient as far as known; an id is all there is of Mr or Mrs X."""
    numbers = [(NIK, patient.nik), (CARD, patient.nokartu)]
    identifiers = [{"system": system, "value": number.reveal()} for system, number in numbers if number]
    name, phone = plain(patient.name), plain(patient.phone)
    known: Json = {
        "identifier": identifiers,
        "name": [{"text": name}] if name else None,
        "telecom": [{"system": "phone", "value": phone}] if phone else None,
        "gender": _gender(patient.sex),
        "birthDate": patient.birth_date.isoformat() if patient.birth_date else None,
    }
    return {"resourceType": "Patient", "id": "patient"} | {
        key: value for key, value in known.items() if value
    }


def _gender(sex: str | None) -> str | None:
    if sex is not None and sex not in SEXES:
        raise CannotConvey("patient.sex", "unknown_word")
    return SEXES[sex] if sex else None


def diagnosis(code: str) -> Json:
    """Return an ICD-10 code with its dot. Raises CannotConvey for what has not its form."""
    if not _DIAGNOSIS.fullmatch(code):
        raise CannotConvey("diagnosis", "not_icd10")
    return {"system": ICD10, "code": code}


def reasons(ask: ReferralAsk) -> list[Json]:
    """Return why the patient is referred: the diagnosis, then each criterion of an emergency."""
    said = [concept(ask.diagnosis, diagnosis(ask.diagnosis))] if ask.diagnosis else []
    criteria = (
        concept(CRITERIA[each].text, {"system": CRITERION, "code": each.value}) for each in ask.criteria
    )
    return [*said, *criteria]


def class_wanted(ask: ReferralAsk) -> list[Json]:
    """Return the room class, if any: coded where Kemkes has a code for it, in words where not."""
    kelas = plain(ask.kelas)
    if kelas is None:
        return []
    code = kelas.lower()
    codings = [{"system": CLASS, "code": code}] if code in INPATIENT_CLASSES else []
    return [concept(f"Kelas {kelas}", *codings)]


def notes(ask: ReferralAsk) -> list[Json]:
    """Return as text what FHIR has no element for: an estimated age too, which is no date of birth."""
    time = instant(ask.authored_at, "authored_at")
    return [{"time": time, "text": text} for text in _texts(ask)]


def _texts(ask: ReferralAsk) -> Iterator[str]:
    if ask.drill:
        yield DRILL_TEXT
    if situation := plain(ask.situation):
        yield situation
    if ask.patient.age_years is not None:
        yield f"Perkiraan usia: {ask.patient.age_years} tahun"
    if transport := plain(ask.transport):
        yield f"Transportasi: {transport}"
    if phone := plain(ask.callback_phone):
        yield f"Telepon balik: {phone}"


@cache
def warm() -> None:
    """Have the models of fhir.resources built before the first patient waits for them (some 20 ms)."""
    subject = {"reference": "#patient"}
    base = {"intent": "order", "contained": [{"resourceType": "Patient", "id": "patient"}]}
    checked(base | {"resourceType": "ServiceRequest", "status": "active", "subject": subject})
    checked(base | {"resourceType": "Task", "status": "requested", "for": subject})
