"""HTTP in for eligibility: one question, two views of its answer."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts import Coverage, CoverageQuestion, Nik, Nokartu
from contracts.clock import WIB
from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON, body_of, read_body
from gateway.edge import request_id
from gateway.problems import Problem

from . import actions
from .advice import Advice, advise
from .check import Check, Checked

router = APIRouter(route_class=GuardedRoute, tags=["eligibility"])

WINDOW = timedelta(days=90)

Purpose = Literal["ETREAT", "TREAT", "COVERAGE"]


class EligibilityCheck(BaseModel):
    """Whom to ask about (exactly one number), for which day of service, and why."""

    model_config = ConfigDict(strict=True, extra="forbid")

    nik: Annotated[Nik | None, Field(description="NIK, 16 digits.")] = None
    nokartu: Annotated[Nokartu | None, Field(description="Number of the JKN card, 13 digits.")] = None
    birth_date: Annotated[
        date | None, Field(strict=False, description="As the caller states it; answered by yes or no.")
    ] = None
    service_date: Annotated[
        date | None, Field(strict=False, description="Local day of service; today when absent.")
    ] = None
    purpose: Annotated[
        Purpose,
        Field(description="HL7 v3 PurposeOfUse: ETREAT emergency treatment, TREAT treatment, COVERAGE."),
    ]

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.nik is None) == (self.nokartu is None):
            raise PydanticCustomError("one_number", "Give exactly one of nik and nokartu.")
        return self


class EligibilityForDispatch(BaseModel):
    """What dispatch needs; `dispatch_blocking` is false whatever the coverage: help goes out first."""

    environment: str
    request: str
    coverage: Coverage
    reason: Annotated[str | None, Field(description="Why it is UNKNOWN, a stable code.")]
    checked_at: datetime
    age_s: Annotated[int, Field(description="Seconds since the insurer answered.")]
    service_date: date
    origin: str | None
    mode: Literal["live", "cached"]
    dispatch_blocking: Literal[False] = False
    advice: list[str]
    birth_date_match: bool | None


class EligibilityForApproval(EligibilityForDispatch):
    """What an approver sees besides: the insurer's own words."""

    status_text: str | None
    segment: str | None
    kelas: str | None
    fktp: str | None
    cob: str | None
    social_note: str | None


@router.post(
    "/v1/eligibility-checks",
    summary="Is this person covered by JKN?",
    response_model=EligibilityForApproval | EligibilityForDispatch,
    openapi_extra={"requestBody": body_of(EligibilityCheck)},
)
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER)
async def check_eligibility(request: Request) -> Response:
    """Ask BPJS within the deadline; whatever goes wrong, the answer is UNKNOWN and never an obstacle."""
    body = await read_body(request, EligibilityCheck)
    room: actions.EligibilityRoom = request.app.state.eligibility
    now = datetime.now(WIB)
    asked = Check(
        CoverageQuestion(_service_date(body.service_date, now.date()), nik=body.nik, nokartu=body.nokartu),
        purpose=body.purpose,
        by=principal(request),
        request=request_id(request),
        birth_date=body.birth_date,
    )
    checked = await actions.check(room, asked)
    view = _view(room.environment, request.app.state.advice, asked, checked, at=datetime.now(WIB))
    return Response(view.model_dump_json(), media_type=JSON)


def _service_date(stated: date | None, today: date) -> date:
    """Return the local day asked for; BPJS's own days are local (its catalogue's tglSEP)."""
    day = stated or today
    if abs(day - today) > WINDOW:
        raise Problem("wrong-input", errors=[("body.service_date", "too_far", "Within 90 days of today.")])
    return day


def _view(
    environment: str, texts: tuple[Advice, ...], asked: Check, checked: Checked, *, at: datetime
) -> EligibilityForApproval | EligibilityForDispatch:
    seen = EligibilityForDispatch(
        environment=environment,
        request=asked.request,
        coverage=checked.answer.coverage,
        reason=checked.reason,
        checked_at=checked.checked_at,
        age_s=max(0, int((at - checked.checked_at).total_seconds())),
        service_date=asked.question.service_date,
        origin=checked.origin,
        mode="cached" if checked.mode == "cached" else "live",
        advice=advise(texts, checked.answer.coverage, on=at.date()),
        birth_date_match=checked.birth_date_match(asked.birth_date),
    )
    if asked.by.role is not Role.APPROVER:
        return seen
    return _for_approval(seen, checked)


def _for_approval(seen: EligibilityForDispatch, checked: Checked) -> EligibilityForApproval:
    answer = checked.answer
    return EligibilityForApproval(
        **seen.model_dump(),
        status_text=answer.status_text,
        segment=answer.segment,
        kelas=answer.kelas,
        fktp=answer.fktp,
        cob=answer.cob,
        social_note=answer.social_note,
    )
