"""`/insiden`: what goes on, whom to ring first; what a warning proposes; no names here."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.guard import allow, principal
from gateway.incidents import reading
from gateway.incidents.answering import PEOPLE, room_of
from gateway.incidents.answers import IncidentLine
from gateway.incidents.rows import State
from gateway.incidents.views import SEES_ALL
from gateway.passage import request_id

from .guard import ConsoleRoute
from .render import long_page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

OVER: Final = (State.CLOSED, State.CANCELLED, State.MERGED, State.DISMISSED)


@router.get("/insiden")
@allow(*PEOPLE)
async def show_incidents(request: Request) -> Response:
    """Show what a person must ring about first, then what is urgent, then what changed last."""
    room, by = room_of(request), principal(request)
    listed = partial(reading.in_states, room, by=by, request=request_id(request))
    wants_over = "selesai" in request.query_params
    return await long_page(
        request,
        "incidents.html",
        sees_all=by.role in SEES_ALL,
        proposals=await listed(reading.PROPOSED),
        going_on=by_need(await listed(reading.OPEN)),
        over=await listed(OVER) if wants_over else None,
    )


def by_need(lines: Iterable[IncidentLine]) -> list[IncidentLine]:
    """Return *lines* with what needs somebody on top; drills after what is real, else as they came."""
    return sorted(lines, key=lambda line: (line.drill, not line.needs_phone_call, not line.urgent))
