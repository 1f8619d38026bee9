"""HTTP in for capacity: beds ranked for a need, the directory, declared beds."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from contracts import Need
from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import Moment, plain_words
from gateway.edge import request_id
from gateway.partners.registry import Registry
from gateway.problems import Problem
from gateway.queries import query_parameters, read_query

from . import actions
from .answers import CapacityQuestion, DeclaredCapacity, HospitalDirectory, HospitalEntry
from .picture import Declared

router = APIRouter(route_class=GuardedRoute, tags=["capacity"])

JSON = "application/json"
_encode = msgspec.json.Encoder().encode

EVERYONE_WHO_DISPATCHES = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.ADMIN)


class CapacityDeclaration(BaseModel):
    """What a hospital said of its free beds, told by telephone or entered by the hospital itself."""

    model_config = ConfigDict(strict=True, extra="forbid")

    need: Annotated[Need, Field(strict=False, description="What the beds are for.")]
    free: int = Field(ge=0, le=5000, description="Beds a new patient can have now.")
    told_by: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=2, max_length=120),
        plain_words(digits=13),  # a telephone number may stand here; a NIK has 16 digits, a card number 13
        Field(description="Name and post of who said it."),
    ]
    expires_at: Annotated[
        Moment | None,
        Field(description="Until when it holds; at most two hours from now, the default."),
    ] = None


@router.get(
    "/v1/capacity",
    summary="Every hospital, ranked for a need",
    response_class=Response,
    openapi_extra={"parameters": query_parameters(CapacityQuestion), "x-response-struct": "CapacityAnswer"},
)
@allow(*EVERYONE_WHO_DISPATCHES, grace=True)
async def ask_capacity(request: Request) -> Response:
    """Answer from the picture at once, or with `fresh=true` after asking everyone; with every hospital."""
    question = read_query(request, CapacityQuestion)
    _demand_whole_place(question)
    body = await actions.answer(
        request.app.state.capacity, question, by=principal(request), request=request_id(request)
    )
    return Response(body, media_type=JSON)


def _demand_whole_place(question: CapacityQuestion) -> None:
    """Refuse half a place: it would silently rank without distances."""
    for name, here, other in (("lat", question.lat, question.lon), ("lon", question.lon, question.lat)):
        if here is None and other is not None:
            raise Problem("wrong-input", errors=[(f"query.{name}", "missing", "lat and lon come together.")])


@router.get(
    "/v1/hospitals",
    summary="The directory of hospitals",
    response_class=Response,
    openapi_extra={"x-response-struct": "HospitalDirectory"},
)
@allow(*EVERYONE_WHO_DISPATCHES, Role.PARTNER, Role.AUDITOR)
async def list_hospitals(request: Request) -> Response:
    """List the hospitals, with or without a system."""
    room: actions.CapacityRoom = request.app.state.capacity
    registry: Registry = request.app.state.registry
    hospitals = [_entry(registry, hospital.id) for hospital in room.places]
    await actions.note_listing(room, by=principal(request), request=request_id(request))
    answer = HospitalDirectory(environment=room.environment, hospitals=hospitals)
    return Response(_encode(answer), media_type=JSON)


def _entry(registry: Registry, hospital: str) -> HospitalEntry:
    partner = registry.partners[hospital]
    facility = partner.facility
    services = facility.services if facility else None
    return HospitalEntry(
        id=partner.id,
        name=partner.name,
        phone=partner.phone,
        address=facility.address if facility else None,
        latitude=facility.latitude if facility else None,
        longitude=facility.longitude if facility else None,
        services=None if services is None else sorted(services),
        standing=str(partner.standing),
        connected=partner.port is not None,
    )


@router.put(
    "/v1/hospitals/{hospital}/declared-capacity",
    summary="Declare free beds after a telephone call",
    response_class=Response,
    openapi_extra={"x-response-struct": "DeclaredCapacity"},
)
@allow(Role.OPERATOR, Role.PARTNER)
async def declare_capacity(request: Request, hospital: str, declaration: CapacityDeclaration) -> Response:
    """Keep the statement; it counts until it expires or a newer figure comes."""
    room: actions.CapacityRoom = request.app.state.capacity
    by = principal(request)
    at = datetime.now(UTC)
    statement = Declared(
        hospital=hospital,
        need=declaration.need,
        free=declaration.free,
        told_by=declaration.told_by,
        proof="hospital_statement" if by.role is Role.PARTNER else "operator_statement",
        declared_by=by.key_id,
        declared_at=at,
        expires_at=declaration.expires_at or at + actions.LONGEST_DECLARATION,
    )
    kept = await actions.declare(room, statement, by=by, request=request_id(request))
    return Response(_encode(_declared(room.environment, kept)), media_type=JSON)


def _declared(environment: str, kept: Declared) -> DeclaredCapacity:
    return DeclaredCapacity(
        environment=environment,
        hospital=kept.hospital,
        need=kept.need,
        free=kept.free,
        told_by=kept.told_by,
        proof=kept.proof,
        declared_at=kept.declared_at,
        expires_at=kept.expires_at,
    )
