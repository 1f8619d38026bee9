"""HTTP in for what happens to an incident: news, more partners, its end, and proposals."""

from functools import partial

from fastapi import APIRouter, Request, Response

from gateway.access.guard import GuardedRoute, allow

from . import actions
from .answering import ANSWER, DISPATCH, IncidentId, answer_with, asked_by, room_of, seen_by
from .bodies import CancellingBody, ClosingBody, LinkBody, MergingBody, NewsBody, ProposalBody, TellBody
from .etags import IfMatch

router = APIRouter(route_class=GuardedRoute, tags=["incidents"])
_post = partial(router.post, response_class=Response, openapi_extra=ANSWER)


@_post(
    "/v1/incidents/{incident}/updates",
    summary="What is new: everybody who was told gets the whole picture again",
)
@allow(*DISPATCH)
async def update(
    request: Request, incident: IncidentId, said: NewsBody, if_match: IfMatch = None
) -> Response:
    """Make a new picture; what is absent stays as it was."""
    changed = await actions.update(room_of(request), incident, said.news(), **seen_by(request, if_match))
    return await answer_with(request, changed)


@_post("/v1/incidents/{incident}/close", summary="It is over")
@allow(*DISPATCH)
async def close(
    request: Request, incident: IncidentId, said: ClosingBody, if_match: IfMatch = None
) -> Response:
    """Tell everybody who was told how it ended."""
    changed = await actions.close(
        room_of(request), incident, said.outcome, note=said.note, **seen_by(request, if_match)
    )
    return await answer_with(request, changed)


@_post("/v1/incidents/{incident}/cancel", summary="It never was: a false alarm")
@allow(*DISPATCH)
async def cancel(
    request: Request, incident: IncidentId, said: CancellingBody, if_match: IfMatch = None
) -> Response:
    """Tell everybody who was told that there is nothing to do."""
    changed = await actions.cancel(
        room_of(request), incident, said.reason, note=said.note, **seen_by(request, if_match)
    )
    return await answer_with(request, changed)


@_post("/v1/incidents/{incident}/merge", summary="It is another incident, told of twice")
@allow(*DISPATCH)
async def merge(
    request: Request, incident: IncidentId, said: MergingBody, if_match: IfMatch = None
) -> Response:
    """Cancel it, and tell whoever was told of it about the other one."""
    changed = await actions.merge(room_of(request), incident, said.into, **seen_by(request, if_match))
    return await answer_with(request, changed)


@_post("/v1/incidents/{incident}/links", summary="It has to do with another incident")
@allow(*DISPATCH)
async def link(request: Request, incident: IncidentId, said: LinkBody) -> Response:
    """Link the two; no partner is told."""
    changed = await actions.link(room_of(request), incident, said.other, **asked_by(request))
    return await answer_with(request, changed)


@_post("/v1/incidents/{incident}/tell", summary="Tell one more partner, by hand")
@allow(*DISPATCH)
async def tell(request: Request, incident: IncidentId, said: TellBody) -> Response:
    """Tell it now, and of every later picture."""
    changed = await actions.tell_partner(room_of(request), incident, said.partner, **asked_by(request))
    return await answer_with(request, changed)


@_post("/v1/incidents/{incident}/proposal", summary="Take up what a warning proposes, or dismiss it")
@allow(*DISPATCH)
async def decide(
    request: Request, incident: IncidentId, said: ProposalBody, if_match: IfMatch = None
) -> Response:
    """Open the incident and tell whom it concerns, or let it go."""
    decided = actions.accept_proposal if said.accept else actions.dismiss
    changed = await decided(room_of(request), incident, **seen_by(request, if_match))
    return await answer_with(request, changed)
