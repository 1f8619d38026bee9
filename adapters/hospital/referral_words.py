"""
Code tables of a referral: what our words are on the wire, and what the wire's words are to us.

Texts are for people at Indonesian hospitals. The five criteria and their wording are those of SATUSEHAT
Rujukan (questionnaire Q100, collection V1 of 2026-02-23).
"""

from collections.abc import Mapping
from typing import NamedTuple

from contracts import AnswerState, Criterion, Need

REFERRAL = "urn:gerbang:referral"  # identifier systems of our own
ASK = "urn:gerbang:ask"
CARD = "urn:gerbang:jkn-card"  # no public system for JKN card numbers is known (2026-11-25)
STEP = "urn:gerbang:step"  # code systems of our own
WITHDRAWN = "urn:gerbang:withdrawn"
CRITERION = "urn:gerbang:emergency-criterion"
NIK = "https://fhir.kemkes.go.id/id/nik"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
LOCATION_TYPE = "http://terminology.kemkes.go.id/CodeSystem/location-type"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
CLASS = "http://terminology.kemkes.go.id/CodeSystem/locationServiceClass-Inpatient"

PATIENT_REFERRAL = {"system": SNOMED, "code": "3457005", "display": "Patient referral"}
EMERGENCY_CARE = {"system": SNOMED, "code": "385868005", "display": "Emergency treatment management"}
DRILL = {
    "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    "code": "HTEST",
    "display": "test health data",
}
DRILL_TEXT = "LATIHAN - BUKAN PASIEN SUNGGUHAN"


class NeedWord(NamedTuple):
    """A need on the wire: Kemkes location-type (2023-11-02), HL7 v3-RoleCode, and words."""

    room: str | None
    role: str | None
    text: str


NEEDS: Mapping[Need, NeedWord] = {
    Need.IGD: NeedWord("RT0006", "ER", "Instalasi gawat darurat (IGD)"),
    Need.ICU: NeedWord("RT0007", "ICU", "Ruang perawatan intensif (ICU)"),
    Need.HCU: NeedWord("RT0013", None, "Ruang HCU"),
    Need.NICU: NeedWord("RT0012", "PEDNICU", "Ruang NICU"),
    Need.PICU: NeedWord("RT0011", "PEDICU", "Ruang PICU"),
    Need.ISOLATION: NeedWord("RT0018", None, "Ruang isolasi"),
    Need.DELIVERY: NeedWord("RT0008", None, "Ruang bersalin"),
    Need.WARD: NeedWord("RT0016", "HU", "Ruang rawat inap"),
    Need.OTHER: NeedWord(None, None, "Kebutuhan lain, lihat catatan"),
}


class CriterionWord(NamedTuple):
    """A criterion in the official questionnaire."""

    link: str
    text: str


CRITERIA: Mapping[Criterion, CriterionWord] = {
    Criterion.LIFE_THREATENING: CriterionWord(
        "000001", "Mengancam nyawa, membahayakan diri dan orang lain/lingkungan"
    ),
    Criterion.AIRWAY_BREATHING_CIRCULATION: CriterionWord(
        "000002", "Adanya gangguan pada jalan nafas, pernafasan, dan sirkulasi"
    ),
    Criterion.REDUCED_CONSCIOUSNESS: CriterionWord("000003", "Adanya penurunan kesadaran"),
    Criterion.HAEMODYNAMIC: CriterionWord("000004", "Adanya gangguan hemodinamik"),
    Criterion.IMMEDIATE_ACTION: CriterionWord("000005", "Memerlukan tindakan segera"),
}
SEXES = {"male": "male", "female": "female"}
INPATIENT_CLASSES = frozenset({"1", "2", "3", "vip", "vvip"})
STEP_WORDS = {
    "selected": "Dipilih: pasien dirujuk ke sini",
    "under-way": "Pasien dalam perjalanan ke sini",
    "arrived": "Pasien sudah tiba",
}
WHY = {
    "not_selected": "Rumah sakit lain dipilih",
    "cancelled": "Rujukan dibatalkan",
    "worsened_elsewhere": "Keadaan pasien memburuk, rumah sakit lain dipilih",
}

# R4 TaskStatus, all twelve. `ready` is used "in place of accepted" where acceptance is a given (R4 text).
# `entered-in-error` voids whatever was said before, an acceptance too.
ANSWERS: Mapping[str, AnswerState] = {
    "draft": AnswerState.WAITING,
    "requested": AnswerState.WAITING,
    "received": AnswerState.WAITING,
    "on-hold": AnswerState.WAITING,
    "accepted": AnswerState.ACCEPTED,
    "ready": AnswerState.ACCEPTED,
    "in-progress": AnswerState.ACCEPTED,
    "rejected": AnswerState.DECLINED,
    "failed": AnswerState.FAILED,
    "entered-in-error": AnswerState.FAILED,
    "cancelled": AnswerState.WITHDRAWN,
    "completed": AnswerState.ARRIVED,
}
