"""The board: every hospital's beds for one need, each figure with its age and its source."""

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from contracts import Need
from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.capacity import actions
from gateway.capacity.answers import CapacityAnswer, CapacityQuestion
from gateway.passage import request_id

from .guard import ConsoleRoute
from .render import page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

_decode = msgspec.json.Decoder(CapacityAnswer).decode


@router.get("/papan")
@allow(Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
async def show_board(request: Request) -> Response:
    """Show every hospital for `?need=`, the emergency department where none is named."""
    need = asked_need(request.query_params.get("need"))
    body = await actions.answer(
        request.app.state.capacity,
        CapacityQuestion(need=need),
        by=principal(request),
        request=request_id(request),
    )
    return page(request, "board.html", answer=_decode(body), need=need, needs=list(Need))


def asked_need(text: str | None) -> Need:
    """Return the need that *text* names; anything else shows the emergency department."""
    return Need(text) if text in list(Need) else Need.IGD
