"""HTTP in for a partner that fetches: its inbox, with a partner's key, and its word to each item."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Request, Response

from gateway.access.guard import GuardedRoute, Principal, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON
from gateway.passage import request_id
from gateway.problems import Problem
from gateway.queries import query_parameters, read_query

from . import inbox
from .bodies import ReceiptBody
from .hearing import hear
from .receiving import heard
from .routes import NotificationId, encode, room_of

router = APIRouter(route_class=GuardedRoute, tags=["inbox"])


class InboxQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From where on, and how much."""

    since: Annotated[int, msgspec.Meta(ge=0, description="The last number that was read.")] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=100, description="How many at most.")] = 50


@router.get(
    "/v1/inbox",
    summary="What this partner was told after number N, and what it has not fetched yet",
    response_class=Response,
    openapi_extra={"parameters": query_parameters(InboxQuestion), "x-response-struct": "Inbox"},
)
@allow(Role.PARTNER)
async def read_inbox(request: Request) -> Response:
    """Hand it out; from then on it has arrived, and nobody has read it yet."""
    question, by = read_query(request, InboxQuestion), principal(request)
    found = await inbox.fetch(
        room_of(request),
        _partner(by),
        since=question.since,
        limit=question.limit,
        by=by,
        request=request_id(request),
    )
    return Response(encode(found), media_type=JSON)


@router.post(
    "/v1/inbox/{notification}/receipts",
    summary="Say how far you are with one notification",
    response_class=Response,
    openapi_extra={"x-response-struct": "ReceiptsHeard"},
)
@allow(Role.PARTNER)
async def acknowledge(request: Request, notification: NotificationId, said: ReceiptBody) -> Response:
    """Take it in; only a named person or duty post ends our asking."""
    by = principal(request)
    rows = await hear(
        room_of(request),
        [said.receipt(notification)],
        channel="inbox",
        proof="machine",
        by=by,
        partner=_partner(by),
        request=request_id(request),
    )
    return heard(request, rows)


def _partner(by: Principal) -> str:
    if by.partner is None:
        raise Problem("no-such-partner")
    return by.partner
