"""HTTP in for the log itself: read it, take its checkpoint, change its keys."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON, Day, body_of, plain_words, read_body
from gateway.passage import request_id
from gateway.queries import query_parameters, read_query

from . import entries, log, rotation
from .room import InquiryRoom
from .search import AuditQuery

router = APIRouter(route_class=GuardedRoute, tags=["audit"])

FHIR_LINES = "application/fhir+ndjson"

_encode = msgspec.json.Encoder().encode


class KeyRotation(BaseModel):
    """Which key to change: `signing` signs the log, `sealing` wraps every person's key."""

    model_config = ConfigDict(strict=True, extra="forbid")

    key: rotation.Key


class ReportReceipt(BaseModel):
    """Somebody outside the house has said that the day's page came."""

    model_config = ConfigDict(strict=True, extra="forbid")

    day: Annotated[Day, Field(description="The page's day.")]
    channel: Annotated[
        Literal["email", "phone", "in_person", "whatsapp"], Field(description="How it was said.")
    ]
    office: Annotated[
        str,
        StringConstraints(strip_whitespace=True, pattern="^[ -~]{2,80}$"),
        plain_words(digits=6),
        Field(description="Which office said so, in ASCII; no person's name."),
    ]


class ReceiptAnswer(Struct, frozen=True, kw_only=True):
    """The receipt stands in the log."""

    environment: str
    request: str
    day: date


@router.get(
    "/v1/audit",
    summary="The audit log, the newest entries first",
    response_class=Response,
    openapi_extra={"parameters": query_parameters(AuditQuery), "x-response-struct": "LogPage"},
)
@allow(Role.AUDITOR)
async def read_log(request: Request) -> Response:
    """Return a page; with `format=fhir` as AuditEvents, and the cursor in the header `Gerbang-Next`."""
    wanted = read_query(request, AuditQuery)
    room, by, asked = _room(request), principal(request), request_id(request)
    if wanted.format == "record":
        page = await log.read_page(room, wanted, by=by, request=asked)
        return Response(_encode(page), media_type=JSON)
    lines, following = await log.export_page(room, wanted, by=by, request=asked)
    headers = {} if following is None else {"Gerbang-Next": following}
    return Response(lines, media_type=FHIR_LINES, headers=headers)


@router.get(
    "/v1/audit/checkpoint",
    summary="The newest signed checkpoint of this replica's log",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
@allow(Role.AUDITOR, Role.ADMIN)
async def read_checkpoint(request: Request) -> Response:
    """Return the note; kept elsewhere, it is an anchor that shows later what was rewritten."""
    note = await log.newest_checkpoint(_room(request), by=principal(request), request=request_id(request))
    return Response(note, media_type="text/plain")


@router.post(
    "/v1/audit/report-receipts",
    status_code=201,
    summary="Record that the daily report was received",
    response_class=Response,
    openapi_extra={"requestBody": body_of(ReportReceipt), "x-response-struct": "ReceiptAnswer"},
)
@allow(Role.OPERATOR, Role.AUDITOR, Role.ADMIN)
async def note_receipt(request: Request) -> Response:
    """Keep a person's word for it: a mail server's says only that the page was taken."""
    body = await read_body(request, ReportReceipt)
    room, asked = _room(request), request_id(request)
    detail = {"day": body.day.isoformat(), "channel": body.channel, "office": body.office}
    await room.database.record(entries.received(by=principal(request).actor, request=asked, detail=detail))
    answer = ReceiptAnswer(environment=room.environment, request=asked, day=body.day)
    return Response(_encode(answer), media_type=JSON, status_code=201)


@router.post(
    "/v1/audit/rotations",
    summary="Change a key of the log",
    response_class=Response,
    openapi_extra={"requestBody": body_of(KeyRotation), "x-response-struct": "Rotated"},
)
@allow(Role.ADMIN)
async def rotate_key(request: Request) -> Response:
    """Hand over to a new key while everything runs; what the old one signed stays valid."""
    wanted = await read_body(request, KeyRotation)
    done = await rotation.rotate(
        _room(request), wanted.key, by=principal(request), request=request_id(request)
    )
    return Response(_encode(done), media_type=JSON)


def _room(request: Request) -> InquiryRoom:
    room: InquiryRoom = request.app.state.inquiries
    return room
