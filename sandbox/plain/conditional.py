"""If-None-Exist: create only where nothing of that description is there (R4, http.html 3.1.0.8.1)."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.fhir.outcome import FhirError, Issue
from sandbox.fhir.shelf import Resource
from sandbox.referrals.store import Store, has_identifier


def already_there(request: Request, store: Store, kind: str) -> Resource | None:
    """
    Return the one resource the header describes, None when there is none or no header.

    Raises FhirError 412 when several fit and 400 for a description other than by identifier: to ignore
    it would be to create twice.
    """
    header = request.headers.get("if-none-exist")
    if header is None:
        return None
    parameters = parse_qsl(header.rpartition("?")[2], keep_blank_values=True)
    if not parameters or any(name != "identifier" or not value for name, value in parameters):
        raise FhirError(400, Issue("not-supported", "If-None-Exist is understood by identifier only"))
    wanted = [value for _, value in parameters]
    found = [kept for kept in store.all(kind) if all(has_identifier(kept, token) for token in wanted)]
    if len(found) > 1:
        raise FhirError(412, Issue("multiple-matches", "several resources fit If-None-Exist"))
    return found[0] if found else None
