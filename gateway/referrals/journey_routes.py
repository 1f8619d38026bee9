"""HTTP in for the patient's way: hospitals asked, their answers, departure, arrival, cancellation."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id

from . import actions
from .answering import ANSWER, DISPATCH, PEOPLE, IfMatch, ReferralId, answer_with, carry_out, room_of
from .bodies import AnswerBody, Choice, Further, Remark, Whither
from .orders import Order, TelephoneAnswer
from .states import Event

router = APIRouter(route_class=GuardedRoute, tags=["referrals"])


@router.post(
    "/v1/referrals/{referral}/asks",
    summary="Ask further hospitals",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*PEOPLE)
async def ask_further(request: Request, referral: ReferralId, said: Further) -> Response:
    """Ask them beside those already asked."""
    order = Order(Event.ASK, note=said.note, hospitals=tuple(said.hospitals))
    return await carry_out(request, referral, order, None)


@router.post(
    "/v1/referrals/{referral}/choice",
    summary="Choose among the hospitals that accepted",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*PEOPLE)
async def choose(request: Request, referral: ReferralId, said: Choice, if_match: IfMatch = None) -> Response:
    """Make it the destination and tell the others."""
    order = Order(Event.CHOOSE, hospital=said.hospital, note=said.note)
    return await carry_out(request, referral, order, if_match)


@router.post(
    "/v1/referrals/{referral}/answers",
    summary="Enter what a hospital said by telephone",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(Role.OPERATOR, Role.DISPATCHER, Role.PARTNER)
async def answer(request: Request, referral: ReferralId, said: AnswerBody) -> Response:
    """Let it count as a system's answer does; a hospital's own key answers for that hospital."""
    told = TelephoneAnswer(
        hospital=said.hospital,
        state=said.answer,
        person=said.person,
        channel=said.channel,
        at=said.at or datetime.now(UTC),
        reason=said.reason,
        bed_held_until=said.bed_held_until,
    )
    room, by = room_of(request), principal(request)
    changed = await actions.answer_by_telephone(room, referral, told, by=by, request=request_id(request))
    return await answer_with(request, changed)


@router.post(
    "/v1/referrals/{referral}/departure",
    summary="The patient is under way",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def depart(request: Request, referral: ReferralId, said: Whither) -> Response:
    """Note it; an emergency leaves for the hospital it is told to, answered or not."""
    return await carry_out(
        request, referral, Order(Event.DEPART, hospital=said.hospital, note=said.note), None
    )


@router.post(
    "/v1/referrals/{referral}/arrival",
    summary="The patient has arrived",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def arrive(request: Request, referral: ReferralId, said: Whither) -> Response:
    """Note it, and close the matter with every hospital."""
    return await carry_out(
        request, referral, Order(Event.ARRIVE, hospital=said.hospital, note=said.note), None
    )


@router.post(
    "/v1/referrals/{referral}/fallen-through",
    summary="The destination can no longer take the patient, as an operator knows",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(Role.OPERATOR)
async def fall_through(request: Request, referral: ReferralId, said: Remark) -> Response:
    """Ask the next hospital, before departure."""
    return await carry_out(request, referral, Order(Event.FELL_THROUGH, note=said.note), None)


@router.post(
    "/v1/referrals/{referral}/cancel",
    summary="Cancel it everywhere",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*PEOPLE)
async def cancel(request: Request, referral: ReferralId, said: Remark) -> Response:
    """Take the question back from every hospital."""
    return await carry_out(request, referral, Order(Event.CANCEL, note=said.note), None)


@router.post(
    "/v1/referrals/{referral}/alarm-seen",
    summary="Take the alarm off the screen",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def see_alarm(request: Request, referral: ReferralId) -> Response:
    """Note that a person has seen it."""
    room, by = room_of(request), principal(request)
    return await answer_with(
        request, await actions.acknowledge(room, referral, by=by, request=request_id(request))
    )
