"""HTTP in for incidents: a new one, lists, and one whole incident."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Request, Response

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.bodies import JSON
from gateway.passage import request_id
from gateway.queries import query_parameters, read_query

from . import reading, views
from .afloat import ring, take
from .answering import ANSWER, DISPATCH, PEOPLE, IncidentId, answer, encode, room_of
from .answers import IncidentList, IncidentReading
from .bodies import NewIncident
from .etags import etag

router = APIRouter(route_class=GuardedRoute, tags=["incidents"])

Repeat = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,128}$",
        description="The same value makes no second incident.",
    ),
]
Name = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$", description="Id or ticket.")]


class ListQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which incidents to list; nothing said: those that are open or proposed."""

    open: Annotated[bool, msgspec.Meta(description="Only those that are open.")] = False
    proposed: Annotated[bool, msgspec.Meta(description="Only what a warning proposes.")] = False
    named: Name | None = None


@router.post(
    "/v1/incidents",
    status_code=201,
    summary="A new incident: whoever must know is told at once",
    response_class=Response,
    responses={
        200: {"description": "This source_ref or Idempotency-Key made it before."},
        202: {
            "description": "It could not be written down yet: nobody is told, ring those named in `phone`."
        },
    },
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def open_incident(request: Request, wanted: NewIncident, repeat: Repeat = None) -> Response:
    """Write it down; the same source_ref or Idempotency-Key again answers 200 with the first one."""
    room = room_of(request)
    taken = await take(room, wanted.draft(repeat), by=principal(request), request=request_id(request))
    if taken.afloat:
        line = views.unwritten(taken.incident, ring(room, taken.incident), room.areas)
        return answer(request, line, status=202, audit=taken.audit)
    line = views.line(taken.incident, taken.ladders, room.areas)
    return answer(request, line, status=201 if taken.new else 200)


@router.get(
    "/v1/incidents",
    summary="Incidents that are open, that are proposed, or of one name",
    response_class=Response,
    openapi_extra={"parameters": query_parameters(ListQuestion), "x-response-struct": "IncidentList"},
)
@allow(*PEOPLE)
async def list_incidents(request: Request) -> Response:
    """List them without anything that names anybody."""
    question = read_query(request, ListQuestion)
    room, by, asked = room_of(request), principal(request), request_id(request)
    if question.named is not None:
        found = await reading.search(room, question.named, by=by, request=asked)
    else:
        found = await reading.in_states(room, _states(question), by=by, request=asked)
    body = IncidentList(
        environment=room.environment, request=asked, proposed=await reading.proposed(room), incidents=found
    )
    return Response(encode(body), media_type=JSON)


def _states(question: ListQuestion) -> reading.States:
    if question.open == question.proposed:
        return (*reading.PROPOSED, *reading.OPEN)
    return reading.OPEN if question.open else reading.PROPOSED


@router.get(
    "/v1/incidents/{incident}",
    summary="One incident with its place, its pictures and every partner's ladder",
    response_class=Response,
    openapi_extra={"x-response-struct": "IncidentReading"},
)
@allow(*PEOPLE)
async def read_incident(request: Request, incident: IncidentId) -> Response:
    """Show it; that it was shown is written down. What is sensitive is masked but for who dispatches."""
    room, asked = room_of(request), request_id(request)
    view = await reading.view(room, incident, by=principal(request), request=asked)
    body = IncidentReading(environment=room.environment, request=asked, incident=view)
    return Response(encode(body), media_type=JSON, headers={"ETag": etag(view.version)})
