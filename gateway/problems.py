"""
Every problem the gateway answers with, as RFC 9457 problem+json: what, whose fault, whether to ask again.

`type` is `urn:gerbang:problem:<name>` and stable; no answer repeats what the caller sent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from contracts import Busy, PartnerError, Refused
from gateway.db import CannotRead, CannotWrite
from gateway.passage import request_id
from gateway.problem_table import KINDS, PARTNER_PROBLEMS, Retry
from gateway.wrong_input import FieldError, field_errors

MEDIA_TYPE = "application/problem+json"
URN = "urn:gerbang:problem:"

# Starlette's own refusals, by status.
_BY_STATUS = {
    400: "unreadable-body",
    404: "not-found",
    405: "method-not-allowed",
    413: "body-too-large",
    415: "media-type",
}
_RETRY_AFTER_S = 5

_encode = msgspec.json.Encoder().encode


class Problem(Exception):
    """Stops the work and becomes the answer; raised anywhere between a route and its actions."""

    def __init__(
        self,
        name: str,
        *,
        detail: str | None = None,
        errors: Sequence[FieldError] = (),
        partner: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """
        Take a *name* from KINDS and what is particular: *errors* are (field, code, sentence).

        Neither *detail* nor *errors* may repeat the caller's input. *partner* is the id of the
        partner whose fault it is. Raises KeyError for a name that KINDS does not list.
        """
        kind = KINDS[name]
        super().__init__(name)
        self.name = name
        self.kind = kind
        self.status = kind.status
        self.detail = detail or kind.detail
        self.errors = list(errors)
        self.fault = partner if partner and kind.fault == "partner" else kind.fault
        self.headers = dict(headers or {})

    def answer(self, *, environment: str, request: str) -> Response:
        """Return the problem as an HTTP answer; *request* is the id of the question it answers."""
        body = {
            "type": URN + self.name,
            "title": self.kind.title,
            "status": self.status,
            "detail": self.detail,
            "fault": self.fault,
            "retry": self.kind.retry,
            "errors": [dict(zip(("field", "code", "message"), each, strict=True)) for each in self.errors],
            "request": request,
            "environment": environment,
        }
        said = {name: value for name, value in body.items() if value not in (None, [])}
        return Response(_encode(said), self.status, self._all_headers(), MEDIA_TYPE)

    def _all_headers(self) -> dict[str, str]:
        own: dict[str, str] = {}
        if self.status == 401:
            own["WWW-Authenticate"] = "Bearer"
        if self.status in (429, 503):
            own["Retry-After"] = str(_RETRY_AFTER_S)
        return own | self.headers


def from_partner(error: PartnerError, *, partner: str) -> Problem:
    """Return the problem that tells of a failed exchange with *partner*; a refusal passes its reason on."""
    known = next(cls for cls in type(error).__mro__ if cls in PARTNER_PROBLEMS)
    wait = error.retry_after if isinstance(error, Busy) else None
    headers = {} if wait is None else {"Retry-After": str(max(1, round(wait)))}
    detail = f"{error.reason} ({error.code})" if isinstance(error, Refused) else None
    return Problem(PARTNER_PROBLEMS[known], detail=detail, partner=partner, headers=headers)


def from_http(error: HTTPException) -> Problem:
    """Return the problem for what the framework refused by itself; its wording is not used."""
    otherwise = "broken" if error.status_code >= 500 else "bad-request"
    return Problem(_BY_STATUS.get(error.status_code, otherwise), headers=error.headers)


def install(app: FastAPI, *, environment: str) -> None:
    """Make every refusal of *app* a problem."""

    def answers(problem_of: Any) -> Any:
        async def handle(request: Request, error: Exception) -> Response:
            problem: Problem = problem_of(error)
            return problem.answer(environment=environment, request=request_id(request))

        return handle

    app.add_exception_handler(Problem, answers(lambda problem: problem))
    app.add_exception_handler(HTTPException, answers(from_http))
    app.add_exception_handler(CannotWrite, answers(lambda _: Problem("cannot-record")))
    app.add_exception_handler(CannotRead, answers(lambda _: Problem("cannot-read")))
    app.add_exception_handler(RequestValidationError, answers(_from_validation))


def _from_validation(error: RequestValidationError) -> Problem:
    if isinstance(error.body, bytes):
        return Problem("media-type")  # FastAPI leaves a body as it came unless it is declared as JSON
    errors = field_errors(error.errors())
    not_json = len(errors) == 1 and errors[0][1] == "json_invalid"
    return Problem("unreadable-body" if not_json else "wrong-input", errors=errors)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `fault` says who failed; `retry` whether the same can be asked again.",
    "required": ["type", "title", "status", "fault", "retry", "request", "environment"],
    "properties": {
        "type": {"type": "string", "enum": [URN + name for name in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "fault": {"type": "string", "description": "caller, gerbang, or the id of a partner"},
        "retry": {"type": "string", "enum": [str(word) for word in Retry]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
        "request": {
            "type": "string",
            "description": "the id of this question, also in the log and the audit",
        },
        "environment": {"type": "string", "enum": ["demo", "live"]},
    },
}
