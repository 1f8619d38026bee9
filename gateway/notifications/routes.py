"""HTTP in for notifications: lists, what an operator enters after a call, replay, alarms."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path, Request, Response

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON
from gateway.passage import request_id
from gateway.queries import query_parameters, read_query

from . import actions, reading
from .answers import NotificationAnswer, NotificationList
from .bodies import SpokenReceipt
from .listing import ListQuestion, listed
from .room import NotificationRoom

router = APIRouter(route_class=GuardedRoute, tags=["notifications"])

DISPATCH = (Role.DISPATCHER, Role.OPERATOR)
ANSWER = {"x-response-struct": "NotificationAnswer"}

NotificationId = Annotated[str, Path(pattern="^n-[a-z0-9]{13}$", description="The notification's id.")]
encode = msgspec.json.Encoder().encode


@router.get(
    "/v1/notifications",
    summary="Notifications of an incident or a partner, those that alarm, those that never arrived",
    response_class=Response,
    openapi_extra={"parameters": query_parameters(ListQuestion), "x-response-struct": "NotificationList"},
)
@allow(*DISPATCH, Role.ADMIN)
async def list_notifications(request: Request) -> Response:
    """List them without anything that names somebody."""
    question = read_query(request, ListQuestion)
    room, by, asked = room_of(request), principal(request), request_id(request)
    page, cursor = await listed(room, question, by=by, request=asked)
    answer = NotificationList(environment=room.environment, request=asked, notifications=page, next=cursor)
    return Response(encode(answer), media_type=JSON)


@router.post(
    "/v1/notifications/{notification}/receipts",
    summary="Enter what a partner said by telephone, radio or in person",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def enter_receipt(request: Request, notification: NotificationId, said: SpokenReceipt) -> Response:
    """Let it count as the partner's own receipt does; the same again changes nothing."""
    room, by = room_of(request), principal(request)
    receipt = said.receipt(notification)
    await actions.enter(room, receipt, channel=str(said.channel), by=by, request=request_id(request))
    return await answer_with(request, notification)


@router.post(
    "/v1/notifications/{notification}/replay",
    summary="Have told once more what is dead or expired",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(Role.OPERATOR, Role.ADMIN)
async def replay(request: Request, notification: NotificationId) -> Response:
    """Queue it under the same id, with both clocks wound up."""
    await actions.replay(room_of(request), notification, by=principal(request), request=request_id(request))
    return await answer_with(request, notification)


@router.post(
    "/v1/notifications/{notification}/alarm-seen",
    summary="Take the alarm off the screen",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def see_alarm(request: Request, notification: NotificationId) -> Response:
    """Note that a person has seen it; that somebody is to telephone stays until the partner has spoken."""
    await actions.see_alarm(
        room_of(request), notification, by=principal(request), request=request_id(request)
    )
    return await answer_with(request, notification)


async def answer_with(request: Request, notification: str) -> Response:
    """Answer with the notification as it stands now."""
    room = room_of(request)
    line = await reading.line(room, notification)
    assert line is not None  # noqa: S101  it was changed a moment ago, and nothing deletes one
    answer = NotificationAnswer(environment=room.environment, request=request_id(request), notification=line)
    return Response(encode(answer), media_type=JSON)


def room_of(request: Request) -> NotificationRoom:
    """Return the room."""
    room: NotificationRoom = request.app.state.notifications
    return room
