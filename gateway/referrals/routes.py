"""HTTP in for referrals: a new one, lists, and one whole referral."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Header, Request, Response

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import JSON
from gateway.passage import request_id
from gateway.queries import query_parameters, read_query

from . import reading
from .afloat import make
from .answering import ANSWER, DISPATCH, PEOPLE, ReferralId, answer_with, encode, room_of
from .answers import ReferralList
from .bodies import NewReferral

router = APIRouter(route_class=GuardedRoute, tags=["referrals"])

Repeat = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]{1,128}$",
        description="The same value makes no second referral.",
    ),
]
Name = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$", description="Id or ticket.")]


class ListQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which referrals to list."""

    waiting: Annotated[bool, msgspec.Meta(description="Only those a person has to do something for.")] = False
    named: Name | None = None


@router.post(
    "/v1/referrals",
    status_code=201,
    summary="A new referral: as a draft, submitted, or sent at once as an emergency",
    response_class=Response,
    responses={
        200: {"description": "This source_ref or Idempotency-Key made it before."},
        202: {"description": "An emergency that could not be written down yet has gone out."},
    },
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def create_referral(request: Request, wanted: NewReferral, repeat: Repeat = None) -> Response:
    """Write it down; the same source_ref or Idempotency-Key again answers 200 with the first one."""
    draft = wanted.draft(repeat)
    made = await make(room_of(request), draft, by=principal(request), request=request_id(request))
    return await answer_with(request, made.referral, status=201 if made.new else 200)


@router.get(
    "/v1/referrals",
    summary="Referrals that are open, that wait for somebody, or of one name",
    response_class=Response,
    openapi_extra={"parameters": query_parameters(ListQuestion), "x-response-struct": "ReferralList"},
)
@allow(*PEOPLE)
async def list_referrals(request: Request) -> Response:
    """List them without anything that names a patient."""
    question = read_query(request, ListQuestion)
    room, by, asked = room_of(request), principal(request), request_id(request)
    if question.named is not None:
        found = await reading.search(room, question.named, by=by, request=asked)
    elif question.waiting:
        found = await reading.waiting(room, by=by, request=asked)
    else:
        found = await reading.open_referrals(room, by=by, request=asked)
    answer = ReferralList(
        environment=room.environment,
        request=asked,
        reviews_owed=await reading.reviews_owed(room),
        referrals=found,
    )
    return Response(encode(answer), media_type=JSON)


@router.get(
    "/v1/referrals/{referral}",
    summary="One referral with its patient, candidates, hospitals asked, coverage and history",
    response_class=Response,
    openapi_extra={"x-response-struct": "ReferralView"},
)
@allow(*PEOPLE, Role.PARTNER)
async def read_referral(request: Request, referral: ReferralId) -> Response:
    """Show it; that it was shown is written down. A hospital sees what it was asked itself."""
    view = await reading.view(room_of(request), referral, by=principal(request), request=request_id(request))
    return Response(encode(view), media_type=JSON, headers={"ETag": f'W/"{view.version}"'})
