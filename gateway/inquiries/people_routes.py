"""HTTP in for people's rights: access, a breach's scope, erasure, legal holds; every name in the body."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request, Response
from msgspec import Struct
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON, Moment, body_of, plain_words, read_body
from gateway.passage import request_id
from gateway.problems import Problem

from . import access, breach, entries, erasure, holds, store
from .room import InquiryRoom
from .search import PARTNER_ID
from .store import Hold
from .whom import Whom

router = APIRouter(route_class=GuardedRoute, tags=["audit"])

LONGEST_WINDOW = timedelta(days=366)


def a_partner(name: str | None) -> str | None:
    """Refuse what is no partner's id; no number of a person is taken for one, and kept."""
    if name is not None and not re.fullmatch(PARTNER_ID, name, re.ASCII):
        raise PydanticCustomError("not_a_partner", "Must be a partner's id.")
    return name


# Not by pydantic's own pattern: it knows no looking ahead.
PartnerName = Annotated[
    str | None, AfterValidator(a_partner), Field(max_length=64, description="A partner's id.")
]
HoldId = Annotated[str, Path(pattern="^[a-p]{12}$", description="The hold's id, twelve letters.")]

_encode = msgspec.json.Encoder().encode


class AccessRequest(Whom):
    """Whose data is wanted, and why (HL7 v3 PurposeOfUse)."""

    purpose: Annotated[
        access.Purpose, Field(description="PATRQT at the person's request, HLEGAL legal, HCOMPL compliance.")
    ]
    cursor: Annotated[str | None, Field(max_length=300, description="`next` of the page before.")] = None


class BreachRequest(BaseModel):
    """Between which times, and through whom: a partner, an access key, or anybody."""

    model_config = ConfigDict(strict=True, extra="forbid")

    since: Moment
    until: Moment
    purpose: Annotated[breach.Purpose, Field(description="HCOMPL compliance, HLEGAL legal.")]
    partner: PartnerName = None
    key: Annotated[str | None, Field(pattern="^[a-z]{10}$", description="An access key's id.")] = None


class ErasureRequest(Whom):
    """Whom to erase, and on which ground of UU 27/2022 article 43."""

    reason: erasure.Reason


class HoldRequest(Whom):
    """Whose data must stay, on whose word, and until when."""

    reason: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=5, max_length=200),
        plain_words(digits=10),
        Field(description="Whose order and which case; no names of people."),
    ]
    until: Moment


class HoldState(Struct, frozen=True, kw_only=True):
    """One legal hold."""

    id: str
    subject: str
    reason: str
    until: datetime
    placed_at: datetime
    lifted_at: datetime | None


class HoldAnswer(Struct, frozen=True, kw_only=True):
    """The hold that was placed or lifted."""

    environment: str
    hold: HoldState


class HoldList(Struct, frozen=True, kw_only=True):
    """Every hold ever placed, the newest first."""

    environment: str
    holds: list[HoldState]


@router.post(
    "/v1/audit/subject-access",
    summary="Everything held and told about a person",
    response_class=Response,
    openapi_extra={"requestBody": body_of(AccessRequest), "x-response-struct": "SubjectAccess"},
)
@allow(Role.AUDITOR)
async def open_subject(request: Request) -> Response:
    """Open what was sealed about one person, for that person; itself an entry before and after."""
    body = await read_body(request, AccessRequest)
    order = access.AccessOrder(body, body.purpose, body.cursor)
    found = await access.open_all(_room(request), order, by=principal(request), request=request_id(request))
    return Response(_encode(found), media_type=JSON)


@router.post(
    "/v1/audit/breach-scope",
    summary="Whose data, which fields, to whom, between these times",
    response_class=Response,
    openapi_extra={"requestBody": body_of(BreachRequest), "x-response-struct": "BreachScope"},
)
@allow(Role.AUDITOR)
async def find_scope(request: Request) -> Response:
    """List everybody affected, with the number to notify them by."""
    body = await read_body(request, BreachRequest)
    if not timedelta(0) < body.until - body.since <= LONGEST_WINDOW:
        wrong = ("body.until", "not_after", "Must lie after since, by 366 days at most.")
        raise Problem("wrong-input", errors=[wrong])
    order = breach.BreachOrder(body.since, body.until, body.purpose, body.partner, body.key)
    found = await breach.scope(_room(request), order, by=principal(request), request=request_id(request))
    return Response(_encode(found), media_type=JSON)


@router.post(
    "/v1/audit/erasures",
    summary="Erase a person",
    response_class=Response,
    openapi_extra={"requestBody": body_of(ErasureRequest), "x-response-struct": "Erased"},
)
@allow(Role.AUDITOR)
async def erase_subject(request: Request) -> Response:
    """Delete the key of everything sealed about a person; the log still verifies afterwards."""
    body = await read_body(request, ErasureRequest)
    order = erasure.ErasureOrder(body, body.reason)
    done = await erasure.erase(_room(request), order, by=principal(request), request=request_id(request))
    return Response(_encode(done), media_type=JSON)


@router.post(
    "/v1/audit/holds",
    status_code=201,
    summary="Suspend a person's erasure",
    response_class=Response,
    openapi_extra={"requestBody": body_of(HoldRequest), "x-response-struct": "HoldAnswer"},
)
@allow(Role.AUDITOR)
async def place_hold(request: Request) -> Response:
    """Place a legal hold with its reason and its end."""
    body = await read_body(request, HoldRequest)
    room, by = _room(request), principal(request)
    hold = await holds.place(
        room, body, reason=body.reason, until=body.until, by=by, request=request_id(request)
    )
    answer = HoldAnswer(environment=room.environment, hold=_state(hold))
    return Response(_encode(answer), media_type=JSON, status_code=201)


@router.get(
    "/v1/audit/holds",
    summary="Every legal hold",
    response_class=Response,
    openapi_extra={"x-response-struct": "HoldList"},
)
@allow(Role.AUDITOR)
async def list_holds(request: Request) -> Response:
    """List the holds ever placed, the newest first."""
    room = _room(request)
    found = await room.database.read(store.holds)
    by, detail = principal(request).actor, {"count": len(found)}
    await room.recorder.record(
        entries.looked("hold.listed", by=by, request=request_id(request), detail=detail)
    )
    answer = HoldList(environment=room.environment, holds=[_state(hold) for hold in found])
    return Response(_encode(answer), media_type=JSON)


@router.delete(
    "/v1/audit/holds/{hold_id}",
    summary="Lift a legal hold",
    response_class=Response,
    openapi_extra={"x-response-struct": "HoldAnswer"},
)
@allow(Role.AUDITOR)
async def lift_hold(request: Request, hold_id: HoldId) -> Response:
    """Lift a hold before its end; a second time changes nothing."""
    room = _room(request)
    hold = await holds.lift(room, hold_id, by=principal(request), request=request_id(request))
    return Response(_encode(HoldAnswer(environment=room.environment, hold=_state(hold))), media_type=JSON)


def _state(hold: Hold) -> HoldState:
    return HoldState(
        id=hold.id,
        subject=hold.subject,
        reason=hold.reason,
        until=hold.until.astimezone(UTC),
        placed_at=hold.placed_at,
        lifted_at=hold.lifted_at,
    )


def _room(request: Request) -> InquiryRoom:
    room: InquiryRoom = request.app.state.inquiries
    return room
