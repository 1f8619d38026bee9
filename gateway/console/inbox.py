"""What waits for somebody, most urgent first; no names here: whoever needs to know opens the referral."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.passage import request_id
from gateway.referrals import reading
from gateway.referrals.answers import ReferralLine
from gateway.referrals.rows import OwedWhat
from gateway.referrals.states import State

from .guard import PEOPLE, ConsoleRoute
from .render import long_page

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

EVERYBODY: Final = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
RETURNED: Final = (State.REJECTED, State.EXPIRED, State.DECLINED)  # back with the operator


@dataclass(slots=True)
class Inbox:
    """The same lines by what they wait for; one may stand under several heads."""

    decisions: list[ReferralLine] = field(default_factory=list)
    reviews: list[ReferralLine] = field(default_factory=list)
    confirmations: list[ReferralLine] = field(default_factory=list)
    calls: list[ReferralLine] = field(default_factory=list)


def sort(lines: Iterable[ReferralLine]) -> Inbox:
    """Return *lines* under what they wait for, in the order they came; whoever decides is not to ring."""
    inbox = Inbox()
    for line in lines:
        if line.state == State.SUBMITTED:
            inbox.decisions.append(line)
        elif line.alarm is not None or line.needs_phone_call or line.state in RETURNED:
            inbox.calls.append(line)
        owed = {each.what for each in line.owed if each.done_at is None}
        if OwedWhat.REVIEW in owed:
            inbox.reviews.append(line)
        if OwedWhat.CONFIRMATION in owed:
            inbox.confirmations.append(line)
    return inbox


@router.get("/")
@allow(*PEOPLE)
async def go_home(request: Request) -> Response:
    """Lead to what waits for whoever asks."""
    is_officer = principal(request).role is Role.DUTY
    return RedirectResponse("/kotak" if is_officer else "/antrean", 303)


@router.get("/antrean")
@allow(*EVERYBODY)
async def show_inbox(request: Request) -> Response:
    """Show what waits for a decision, a review or a telephone call, and what goes on."""
    room, by = request.app.state.referrals, principal(request)
    waiting = await reading.waiting(room, by=by, request=request_id(request))
    going_on = await reading.open_referrals(room, by=by, request=request_id(request))
    waits = {line.id for line in waiting}
    return await long_page(
        request,
        "inbox.html",
        inbox=sort(waiting),
        going_on=[line for line in going_on if line.id not in waits],
    )
