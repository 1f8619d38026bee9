"""HTTP in for who decides: submit, approve, reject, break the glass, worsened, and what is owed after."""

from fastapi import APIRouter, Request, Response

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id
from gateway.problems import Problem

from . import actions
from .answering import ANSWER, DISPATCH, PEOPLE, IfMatch, ReferralId, answer_with, carry_out, room_of
from .bodies import Decision, Emergency, Remark, ReviewBody
from .orders import Order, Review
from .states import Event

router = APIRouter(route_class=GuardedRoute, tags=["referrals"])


@router.post(
    "/v1/referrals/{referral}/submit",
    summary="Submit a draft, or a returned one again",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*DISPATCH)
async def submit(request: Request, referral: ReferralId, said: Remark, if_match: IfMatch = None) -> Response:
    """Let it wait for the approval."""
    return await carry_out(request, referral, Order(Event.SUBMIT, note=said.note), if_match)


@router.post(
    "/v1/referrals/{referral}/decision",
    summary="Approve or reject; an operator enters an approval by telephone",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(Role.APPROVER, Role.OPERATOR)
async def decide(
    request: Request, referral: ReferralId, said: Decision, if_match: IfMatch = None
) -> Response:
    """Decide on the version that was seen; of two who decide at once one wins and the other is told."""
    if if_match is None:
        raise Problem("wrong-input", errors=[("header.if-match", "missing", "Is required to decide.")])
    event = _decision(principal(request).role, said)
    note = "; ".join(part for part in (said.told_by, said.reason) if part) or None
    order = Order(event, note=note, hospitals=tuple(said.hospitals), screen=said.screen)
    return await carry_out(request, referral, order, if_match)


def _decision(role: Role, said: Decision) -> Event:
    if role is not Role.OPERATOR:
        return Event.APPROVE if said.decision == "approve" else Event.REJECT
    if said.decision == "reject":
        raise Problem("role-not-allowed", detail="An operator enters approvals by telephone only.")
    if said.told_by is None:
        raise Problem("wrong-input", errors=[("body.told_by", "missing", "Say who approved by telephone.")])
    return Event.APPROVE_BY_TELEPHONE


@router.post(
    "/v1/referrals/{referral}/break-glass",
    summary="An emergency: send it now, without waiting for an approval",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*PEOPLE)
async def break_glass(request: Request, referral: ReferralId, said: Emergency) -> Response:
    """Send it at once; the review is owed within 24 h."""
    return await _emergency(request, referral, Event.BREAK_GLASS, said)


@router.post(
    "/v1/referrals/{referral}/worsened",
    summary="The patient has worsened: an emergency from now on",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(*PEOPLE)
async def worsened(request: Request, referral: ReferralId, said: Emergency) -> Response:
    """Make it an emergency from wherever it stands before arrival, also after a rejection."""
    return await _emergency(request, referral, Event.WORSENED, said)


async def _emergency(request: Request, referral: str, event: Event, said: Emergency) -> Response:
    order = Order(event, note=said.note, hospitals=tuple(said.hospitals), criteria=tuple(said.criteria))
    return await carry_out(request, referral, order, None)


@router.post(
    "/v1/referrals/{referral}/review",
    summary="Say afterwards whether a break-glass was fitting",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(Role.APPROVER)
async def review(request: Request, referral: ReferralId, said: ReviewBody) -> Response:
    """Write it down; nothing is stopped or recalled."""
    word = Review(said.verdict, said.note, said.screen)
    room, by = room_of(request), principal(request)
    return await answer_with(
        request, await actions.review(room, referral, word, by=by, request=request_id(request))
    )


@router.post(
    "/v1/referrals/{referral}/confirmation",
    summary="Confirm or deny an approval that was entered as given by telephone",
    response_class=Response,
    openapi_extra=ANSWER,
)
@allow(Role.APPROVER)
async def confirm(request: Request, referral: ReferralId, said: ReviewBody) -> Response:
    """Write it down; nothing is stopped or recalled."""
    word = Review(said.verdict, said.note, said.screen)
    room, by = room_of(request), principal(request)
    settled = await actions.confirm_telephoned(room, referral, word, by=by, request=request_id(request))
    return await answer_with(request, settled)
