"""What the routes of incidents share: who may, and the answer after a change."""

from typing import Annotated, TypedDict

import msgspec
from fastapi import Path, Request, Response

from gateway.access.guard import Principal, principal
from gateway.access.roles import Role
from gateway.audit.recorder import Recorded
from gateway.bodies import JSON
from gateway.passage import request_id

from . import reading
from .answers import IncidentAnswer, IncidentLine
from .etags import etag, version
from .room import IncidentRoom
from .rows import Incident

DISPATCH = (Role.DISPATCHER, Role.OPERATOR)
PEOPLE = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER)
ANSWER = {"x-response-struct": "IncidentAnswer"}

IncidentId = Annotated[str, Path(pattern="^i-[a-z0-9]{13}$", description="The incident's id.")]

encode = msgspec.json.Encoder().encode


class Asked(TypedDict):
    """Whoever asks for a change, and by which question."""

    by: Principal
    request: str


class AskedOf(Asked):
    """The same, and the version that was seen; None: whichever it is."""

    seen: int | None


def asked_by(request: Request) -> Asked:
    """Return who asks, as the actions want it."""
    return Asked(by=principal(request), request=request_id(request))


def seen_by(request: Request, if_match: str | None) -> AskedOf:
    """Return who asks, and what he saw. Raises Problem as `version`."""
    return AskedOf(**asked_by(request), seen=version(if_match))


async def answer_with(request: Request, changed: Incident) -> Response:
    """Answer with the incident as it stands."""
    line = await reading.line(room_of(request), changed)
    return answer(request, line)


def answer(
    request: Request, line: IncidentLine, *, status: int = 200, audit: Recorded = Recorded.DURABLE
) -> Response:
    """Answer with a line; *audit* says how far its entries came."""
    body = IncidentAnswer(
        environment=room_of(request).environment, request=request_id(request), audit=audit, incident=line
    )
    headers = {"ETag": etag(line.version)}
    return Response(encode(body), status_code=status, media_type=JSON, headers=headers)


def room_of(request: Request) -> IncidentRoom:
    """Return the room."""
    room: IncidentRoom = request.app.state.incidents
    return room
