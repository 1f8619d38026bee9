"""What the routes of referrals share: who may, the version that was seen, the answer after a change."""

import re
from dataclasses import replace
from typing import Annotated

import msgspec
from fastapi import Header, Path, Request, Response

from gateway.access.guard import principal
from gateway.access.roles import Role
from gateway.audit.recorder import Recorded
from gateway.bodies import JSON
from gateway.passage import request_id
from gateway.problems import Problem

from . import actions, reading
from .answers import ReferralAnswerView, ReferralLine
from .orders import Order
from .room import ReferralRoom
from .rows import Referral

DISPATCH = (Role.DISPATCHER, Role.OPERATOR)
PEOPLE = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER)
ANSWER = {"x-response-struct": "ReferralAnswerView"}

ReferralId = Annotated[str, Path(pattern="^r-[a-z0-9]{13}$", description="The referral's id.")]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="The ETag of the reading; compulsory to decide.")
]

_ETAG = re.compile('(?:W/)?"?([0-9]{1,9})"?')
encode = msgspec.json.Encoder().encode


async def carry_out(request: Request, referral: str, order: Order, if_match: str | None = None) -> Response:
    """Bring one event about, on the version that was seen where *if_match* names one."""
    room, by = room_of(request), principal(request)
    seen = replace(order, version=_version(if_match))
    changed = await actions.carry_out(room, referral, seen, by=by, request=request_id(request))
    return await answer_with(request, changed)


async def answer_with(request: Request, changed: Referral, *, status: int = 200) -> Response:
    """Answer with the referral as it stands; 202: an emergency has gone out and is not written down yet."""
    room = room_of(request)
    if reading.is_afloat(room, changed.id):
        body = _changed(request, reading.unwritten_line(room, changed), room.recorder.recording)
        return Response(encode(body), status_code=202, media_type=JSON)
    line = await reading.line(room, changed)
    body = _changed(request, line, Recorded.DURABLE)
    headers = {"ETag": f'W/"{line.version}"'}
    return Response(encode(body), status_code=status, media_type=JSON, headers=headers)


def _changed(request: Request, line: ReferralLine, audit: Recorded) -> ReferralAnswerView:
    environment = room_of(request).environment
    return ReferralAnswerView(
        environment=environment, request=request_id(request), audit=audit, referral=line
    )


def _version(if_match: str | None) -> int | None:
    """Return the version an ETag stands for. Raises Problem `wrong-input`."""
    if if_match is None:
        return None
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Problem("wrong-input", errors=[("header.if-match", "not_an_etag", "Is no ETag of ours.")])
    return int(found.group(1))


def room_of(request: Request) -> ReferralRoom:
    """Return the room."""
    room: ReferralRoom = request.app.state.referrals
    return room
