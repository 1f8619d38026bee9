"""
HTTP in for partners' receipts: in our JSON, or in words of their own that their adapter reads.

A key of the role partner speaks for that very partner. The same receipt again is answered the same.
"""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from contracts import Entry, Garbled, ReadsReceipts, Receipt
from gateway.access.guard import GuardedRoute, Principal, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON, body_of, read_body
from gateway.notifications.bodies import CallbackReceipts
from gateway.notifications.hearing import hear
from gateway.notifications.receiving import heard
from gateway.notifications.room import NotificationRoom
from gateway.passage import request_id
from gateway.problems import Problem

from .routes import PartnerId

router = APIRouter(route_class=GuardedRoute, tags=["callbacks"])

DECLARED_SET = {
    "a partner's system sends a receipt": ("notification.receipt",),
    "a partner speaks for another": ("callback.refused",),
}


@router.post(
    "/v1/callbacks/{partner}/receipts",
    summary="How far a partner is with what it was told",
    response_class=Response,
    openapi_extra={"requestBody": body_of(CallbackReceipts), "x-response-struct": "ReceiptsHeard"},
)
@allow(Role.PARTNER)
async def take_receipts(request: Request, partner: PartnerId) -> Response:
    """Take one receipt in, or several; only a named person or duty post ends our asking."""
    room: NotificationRoom = request.app.state.notifications
    by, asked = principal(request), request_id(request)
    await _demand_own(room, partner, by, asked)
    receipts = await _read(room, request, partner)
    rows = await hear(
        room, receipts, channel="callback", proof="machine", by=by, partner=partner, request=asked
    )
    return heard(request, rows)


async def _demand_own(room: NotificationRoom, partner: str, by: Principal, request: str) -> None:
    if by.partner == partner:
        return
    named = partner if partner in room.registry.partners else None  # else it may be a person's number
    await room.recorder.record(Entry("callback.refused", "refused", by.actor, partner=named, request=request))
    raise Problem("not-your-notification", detail="This key speaks for another partner.")


async def _read(room: NotificationRoom, request: Request, partner: str) -> Sequence[Receipt]:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == JSON:
        return (await read_body(request, CallbackReceipts)).receipts()
    known = room.registry.partners.get(partner)
    if known is None or not isinstance(known.port, ReadsReceipts):
        raise Problem("media-type")
    try:
        return known.port.read_receipts(media_type, await request.body())
    except Garbled as wrong:
        raise Problem("wrong-input", errors=[("body", "unreadable", "Cannot be read.")]) from wrong
