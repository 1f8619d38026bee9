"""HTTP in for how far a partner is, admins only: say so, and try out its link."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from gateway.access.guard import GuardedRoute, allow, principal
from gateway.access.roles import Role
from gateway.bodies import plain_words
from gateway.partners.shape import Standing
from gateway.passage import request_id

from . import standing, trying
from .room import NotificationRoom

router = APIRouter(route_class=GuardedRoute, tags=["partners"])

PartnerId = Annotated[str, Path(pattern="^[a-z0-9-]{2,40}$", description="The partner's id.")]


class WantedStanding(BaseModel):
    """How the partner is to stand from now on."""

    model_config = ConfigDict(strict=True, extra="forbid")

    standing: Annotated[
        Standing,
        Field(strict=False, description="Only a live partner is told; one onboarding gets drills and tests."),
    ]
    reason: Annotated[
        str,
        Field(min_length=3, max_length=300, description="Why; no names. It stands beside the standing."),
        plain_words(digits=13),
    ]


class ReleasedAnswer(BaseModel):
    """
    How the partner stood and stands, and what became of its notifications.

    `released` go out with their newest picture, marked delayed; `superseded` need not any more. `in_digest`
    counts incidents that were over before they could be told, by `digests` messages; `over` are such drills.
    `expired` came too late; `held` wait from now on, and somebody is to telephone. `finished` false: the rest
    follows by itself.
    """

    environment: str
    partner: str
    name: str
    phone: str | None
    before: str
    standing: str
    since: datetime
    released: int
    superseded: int
    in_digest: int
    digests: int
    over: int
    expired: int
    held: int
    finished: bool


class ReceiptSaid(BaseModel):
    """What the partner's answer said of the test beyond taking it."""

    state: str
    reference: str | None


class TestOutcome(BaseModel):
    """What came of one test message: `taken` by the partner's system or not, and in which words."""

    environment: str
    partner: str
    name: str
    taken: bool
    outcome: str
    reason: str | None
    words: str
    elapsed_ms: int
    receipts: list[ReceiptSaid]


@router.post("/v1/partners/{partner}/standing", summary="Say how far a partner is")
@allow(Role.ADMIN)
async def change_standing(request: Request, partner: PartnerId, wanted: WantedStanding) -> ReleasedAnswer:
    """Have it told from now on, or not; the same again finishes what a crash left."""
    room = _room(request)
    done = await standing.change_standing(
        room,
        partner,
        wanted.standing,
        reason=wanted.reason,
        by=principal(request),
        request=request_id(request),
    )
    return ReleasedAnswer(
        environment=room.environment,
        partner=done.partner.id,
        name=done.partner.name,
        phone=done.partner.phone,
        before=done.before,
        standing=done.standing,
        since=done.since,
        released=done.released,
        superseded=done.superseded,
        in_digest=done.in_digest,
        digests=done.digests,
        over=done.over,
        expired=done.expired,
        held=done.held,
        finished=done.finished,
    )


@router.post("/v1/partners/{partner}/test", summary="Send one test message")
@allow(Role.ADMIN)
async def send_test(request: Request, partner: PartnerId) -> TestOutcome:
    """Ask whether the link is alive; nothing has happened. A partner not yet live may be asked, too."""
    room = _room(request)
    told, outcome = await trying.send_test(room, partner, by=principal(request), request=request_id(request))
    receipts = outcome.result.receipts if outcome.result else ()
    return TestOutcome(
        environment=room.environment,
        partner=told.id,
        name=told.name,
        taken=outcome.word == "answered",
        outcome=outcome.word,
        reason=outcome.reason,
        words=trying.words(told, outcome),
        elapsed_ms=outcome.elapsed_ms,
        receipts=[ReceiptSaid(state=each.progress, reference=each.reference) for each in receipts],
    )


def _room(request: Request) -> NotificationRoom:
    room: NotificationRoom = request.app.state.notifications
    return room
