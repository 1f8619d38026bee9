"""
HTTP in for partners' systems, with a key of the role partner that speaks for that very partner.

A classic R4 subscription PUTs the bare Task below our address, a Backport subscription POSTs a Bundle; a
hospital without FHIR may POST anything, or nothing. All of it says: look.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id

from . import actions

router = APIRouter(route_class=GuardedRoute, tags=["callbacks"])

PartnerId = Annotated[str, Path(pattern="^[a-z0-9-]{2,40}$", description="The partner that speaks.")]
ResourceId = Annotated[str, Path(pattern="^[A-Za-z0-9.-]{1,64}$", description="The Task's id there.")]


@router.put(
    "/v1/callbacks/{partner}/fhir/Task/{task}",
    summary="A Task of ours has changed (R4 rest-hook)",
    response_class=Response,
)
@allow(Role.PARTNER)
async def task_changed(request: Request, partner: PartnerId, task: ResourceId) -> Response:
    """Look now; 200 whatever is found, and as often as it is said."""
    return await _look(request, partner)


@router.post(
    "/v1/callbacks/{partner}/fhir",
    summary="A subscription's notification (Subscriptions R5 Backport)",
    response_class=Response,
)
@allow(Role.PARTNER)
async def notified(request: Request, partner: PartnerId) -> Response:
    """Look now; a handshake or a heartbeat is answered the same way."""
    return await _look(request, partner)


@router.post(
    "/v1/callbacks/{partner}/referrals",
    summary="Something changed about a referral, whatever the wire",
    response_class=Response,
)
@allow(Role.PARTNER)
async def referral_changed(request: Request, partner: PartnerId) -> Response:
    """Look now."""
    return await _look(request, partner)


async def _look(request: Request, partner: str) -> Response:
    room = request.app.state.referrals
    await actions.news(room, partner, by=principal(request), request=request_id(request))
    return Response(status_code=200)
