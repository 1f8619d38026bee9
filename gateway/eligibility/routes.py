"""HTTP in for eligibility: one question, two views of its answer."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from contracts import CoverageQuestion, Nik, Nokartu
from contracts.clock import WIB
from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON, Day, body_of, read_body
from gateway.edge import request_id
from gateway.problems import Problem

from . import actions
from .answers import view
from .check import Check

router = APIRouter(route_class=GuardedRoute, tags=["eligibility"])

WINDOW = timedelta(days=90)

_encode = msgspec.json.Encoder().encode

Purpose = Literal["ETREAT", "TREAT", "COVERAGE"]


class EligibilityCheck(BaseModel):
    """Whom to ask about (exactly one number), for which day of service, and why."""

    model_config = ConfigDict(strict=True, extra="forbid")

    nik: Annotated[Nik | None, Field(description="NIK, 16 digits.")] = None
    nokartu: Annotated[Nokartu | None, Field(description="Number of the JKN card, 13 digits.")] = None
    birth_date: Annotated[
        Day | None, Field(description="As the caller states it; answered by yes or no.")
    ] = None
    service_date: Annotated[Day | None, Field(description="Local day of service; today when absent.")] = None
    purpose: Annotated[
        Purpose,
        Field(description="HL7 v3 PurposeOfUse: ETREAT emergency treatment, TREAT treatment, COVERAGE."),
    ]

    @model_validator(mode="after")
    def _one_number(self) -> Self:
        if (self.nik is None) == (self.nokartu is None):
            raise PydanticCustomError("one_number", "Give exactly one of nik and nokartu.")
        return self


@router.post(
    "/v1/eligibility-checks",
    summary="Is this person covered by JKN?",
    response_class=Response,
    openapi_extra={
        "requestBody": body_of(EligibilityCheck),
        "x-response-struct": ["EligibilityForApproval", "EligibilityForDispatch"],
    },
)
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER)
async def check_eligibility(request: Request) -> Response:
    """Ask BPJS within the deadline; whatever goes wrong, the answer is UNKNOWN and never an obstacle."""
    body = await read_body(request, EligibilityCheck)
    room: actions.EligibilityRoom = request.app.state.eligibility
    asked = Check(
        CoverageQuestion(_service_date(body.service_date, local_today()), nik=body.nik, nokartu=body.nokartu),
        purpose=body.purpose,
        by=principal(request),
        request=request_id(request),
        birth_date=body.birth_date,
    )
    checked = await actions.check(room, asked)
    texts = request.app.state.advice
    seen = view(asked, checked, environment=room.environment, texts=texts, at=datetime.now(WIB))
    return Response(_encode(seen), media_type=JSON)


def local_today() -> date:
    """Return the day it is in Jambi: until 07:00 there the day of UTC is yesterday."""
    return datetime.now(WIB).date()


def _service_date(stated: date | None, today: date) -> date:
    """Return the local day asked for; BPJS's own days are local (its catalogue's tglSEP)."""
    day = stated or today
    if abs(day - today) > WINDOW:
        raise Problem("wrong-input", errors=[("body.service_date", "too_far", "Within 90 days of today.")])
    return day
