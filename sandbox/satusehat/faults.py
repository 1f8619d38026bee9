"""How the platform says no: the API manager's fault shape, and the FHIR store's OperationOutcome."""

from starlette.responses import Response

from sandbox.fhir.outcome import JsonAnswer
from sandbox.fhir.shelf import Resource

BUSINESS_RULE = "resource cannot be accessed due to business rule"


class Refused(Exception):
    """The store's no to a referral: HTTP *status*, a code of HL7's issue-type list, and a sentence."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text


def fault(status: int, text: str, code: str) -> Response:
    """Return a fault as the API manager (Apigee) in front of the platform writes it."""
    content = {"fault": {"faultstring": text, "detail": {"errorcode": code}}}
    return JsonAnswer(content, status, media_type="application/json")


def told(severity: str, code: str, text: str, *, about: str | None = None) -> Resource:
    """Return an OperationOutcome whose text stands in details, as this platform's does."""
    issue: Resource = {"severity": severity, "code": code, "details": {"text": text}}
    if about:
        issue["diagnostics"] = about
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def suppressed(kind: str, resource_id: str) -> Resource:
    """Return what stands in place of a resource that is withheld for want of consent."""
    text = "Nothing is returned for reasons of consent or privacy."
    return told("information", "suppressed", text, about=f"No consent available for {kind}/{resource_id}")
