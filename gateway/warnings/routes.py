"""HTTP in for warnings of weather and earth."""

import msgspec
from fastapi import APIRouter, Request, Response

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON
from gateway.passage import request_id
from gateway.queries import query_parameters, read_query

from . import reading
from .answers import WarningQuestion
from .room import WarningRoom

router = APIRouter(route_class=GuardedRoute, tags=["warnings"])

_encode = msgspec.json.Encoder().encode


@router.get(
    "/v1/warnings",
    summary="Warnings of weather and earth, with whose they are and how old",
    response_class=Response,
    openapi_extra={"parameters": query_parameters(WarningQuestion), "x-response-struct": "WarningList"},
)
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.ADMIN)
async def list_warnings(request: Request) -> Response:
    """List what counts now, or what has ended; what touches us first."""
    question = read_query(request, WarningQuestion)
    room: WarningRoom = request.app.state.warnings
    found = await reading.listed(room, question, by=principal(request), request=request_id(request))
    return Response(_encode(found), media_type=JSON)
