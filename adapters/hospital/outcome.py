"""What a FHIR server's refusal means: statuses and OperationOutcome issue codes by what to do next."""

import re
from collections.abc import Sequence

import httpx

from adapters.wire import judge_status, retry_after
from contracts import Busy, Garbled, NoAnswer, NotAccepted, PartnerError, Refused

from .structs import Issue, read_page

# R4 IssueType, read 2026-11-23: everything under `transient` passes by itself, everything under
# `security` but `suppressed` is about our credentials.
_PATIENCE = frozenset({"throttled", "lock-error"})
_TRANSIENT = frozenset({"transient", "no-store", "exception", "timeout", "incomplete"})
_CREDENTIALS = frozenset({"security", "login", "unknown", "expired", "forbidden"})
_REASONS = {
    "not-supported": "the server does not support this question",
    "not-found": "the server does not know what was asked for",
    "business-rule": "a rule of the server forbids this question",
    "suppressed": "withheld for want of consent",
    "too-costly": "the question is too costly for the server",
    "invalid": "the server calls the question invalid",
}
_ISSUE_CODE = re.compile("[a-z-]{1,40}")


def judged(response: httpx.Response) -> bytes:
    """
    Return the body of a good answer.

    Raises what the status says, or, where the server explains itself by an OperationOutcome,
    what its issue code says. Free texts of the outcome are not passed on: they may name a person.
    """
    status = response.status_code
    if 200 <= status < 300:
        if not response.content:
            raise Garbled("empty")
        return response.content
    said = error_of(_issues(response), wait=retry_after(response)) if status >= 400 else None
    if status >= 500 and isinstance(said, Busy):
        raise said
    judge_status(response)
    raise said or Refused("the server refused the question", code=f"status_{status}")


def error_of(issues: Sequence[Issue], *, wait: float | None = None) -> PartnerError | None:
    """Return what the first grave issue means; None where there is none."""
    grave = next((issue for issue in issues if issue.severity in ("fatal", "error")), None)
    if grave is None:
        return None
    known = _ISSUE_CODE.fullmatch(grave.code or "")
    code = known.group() if known else "unknown_issue"
    if code in _PATIENCE:
        return Busy(f"issue_{code}", retry_after=wait)
    if code in _TRANSIENT:
        return NoAnswer(f"issue_{code}")
    if code in _CREDENTIALS:
        return NotAccepted(f"issue_{code}")
    return Refused(_REASONS.get(code, "the server refused the question"), code=code)


def _issues(response: httpx.Response) -> Sequence[Issue]:
    try:
        page, _ = read_page(response.content)
    except Garbled:
        return ()
    return page.issue or ()
