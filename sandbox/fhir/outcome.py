"""OperationOutcomes, and JSON answers in FHIR's content type."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from .shelf import Resource

FHIR_JSON = "application/fhir+json"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to say about a question; *code* is of HL7's issue-type list."""

    code: str
    text: str
    severity: str = "error"
    expression: str | None = None

    def as_json(self) -> Resource:
        """Return it as OperationOutcome.issue."""
        issue: Resource = {"severity": self.severity, "code": self.code, "diagnostics": self.text}
        if self.expression:
            issue["expression"] = [self.expression]
        return issue


class FhirError(Exception):
    """An answer that is an OperationOutcome."""

    def __init__(self, status: int, *issues: Issue, headers: dict[str, str] | None = None) -> None:
        """Take the HTTP *status* and what to say."""
        super().__init__(issues[0].text)
        self.status = status
        self.issues = issues
        self.headers = headers


class JsonAnswer(Response):
    """A JSON body in the content type the server likes."""

    def __init__(
        self,
        content: Any,
        status_code: int = 200,
        headers: dict[str, str] | None = None,
        media_type: str = FHIR_JSON,
    ) -> None:
        """Write *content* compactly, as UTF-8."""
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        super().__init__(body, status_code, headers, media_type)


def outcome(*issues: Issue) -> Resource:
    """Return an OperationOutcome."""
    return {"resourceType": "OperationOutcome", "issue": [issue.as_json() for issue in issues]}
