"""The codes of SATUSEHAT Rujukan (collection V1, 2026-02-23; facts section 2.1), and how to find them."""

from sandbox.fhir.shelf import Resource

KINDS = ("Task", "CarePlan", "ServiceRequest")

APPROVAL_TAG = "referral-approval"
APPROVAL_REQUEST = "referral-approval-request"
RESPONSE = "response-referral-task"
TERMINOLOGY = "http://terminology.kemkes.go.id"
TASK_STATUS = "http://hl7.org/fhir/task-status"
PATIENT_REFERRAL = "3457005"  # SNOMED CT
LOCAL_IDS = "http://sys-ids.kemkes.go.id/"
NUMBER = "http://sys-ids.kemkes.go.id/referral-number-satusehat"


def codes_of(*concepts: Resource | None) -> set[str]:
    """Return every code of the CodeableConcepts."""
    return {coding.get("code", "") for concept in concepts if concept for coding in concept.get("coding", [])}


def organization_of(reference: Resource | None) -> str | None:
    """Return the id of the Organization a reference names, None if it names none."""
    words = str((reference or {}).get("reference", "")).split("/")
    return words[-1] if words[-2:-1] == ["Organization"] else None


def target_of(task: Resource) -> str | None:
    """Return the organisation a Task asks: it stands in an input, never in the owner."""
    named = (organization_of(item.get("valueReference")) for item in task.get("input", []))
    return next((organization for organization in named if organization), None)


def answer_in(task: Resource) -> str | None:
    """Return `accepted` or `rejected` as the Task's output says, None before an answer."""
    for output in task.get("output", []):
        if RESPONSE in codes_of(output.get("type")):
            return str(output.get("valueCoding", {}).get("code"))
    return None


def asked_by(resource: Resource) -> set[str | None]:
    """Return the organisations a Task or ServiceRequest asks: they may see it beside its owner."""
    return {target_of(resource), *map(organization_of, resource.get("performer", []))}
