"""`/peringatan`: what the authorities warn of, how old each list is, and what is gone from one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.access.guard import allow, principal
from gateway.access.roles import Role
from gateway.incidents.answering import PEOPLE
from gateway.passage import request_id
from gateway.warnings import reading
from gateway.warnings.alarming import TOO_LONG
from gateway.warnings.answers import WarningFeed, WarningLine, WarningQuestion
from gateway.warnings.rows import State

from .guard import ConsoleRoute
from .render import long_page
from .words import Speech, speech_for

router = APIRouter(route_class=ConsoleRoute, include_in_schema=False)

READERS: Final = (Role.DISPATCHER, Role.OPERATOR, Role.APPROVER, Role.ADMIN)
LATELY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """
    One authority's list; *known_at* is when it was last read by whichever process, None for never.

    *said* is the catalogue's key of how the last attempt ended, None before the first; a *blind* one is not
    to be relied on.
    """

    partner: str
    name: str
    said: str | None
    known_at: datetime | None
    blind: bool
    unread: int


@router.get("/peringatan")
@allow(*READERS)
async def show_warnings(request: Request) -> Response:
    """Show how old each list is, then what is in force, what vanished, and what has ended lately."""
    room, by = request.app.state.warnings, principal(request)
    listed = partial(reading.listed, room, by=by, request=request_id(request))
    # In this order: what ends between the two stands in both, and not in neither.
    living, ended = await listed(WarningQuestion()), await listed(WarningQuestion(ended=True))
    at, every = datetime.now(UTC), (*living.warnings, *ended.warnings)
    return await long_page(
        request,
        "warnings.html",
        feeds=[feed_line(each, every, at=at, t=speech_for(request)) for each in ended.feeds],
        in_force=[line for line in living.warnings if line.state is State.IN_FORCE],
        stale=[line for line in living.warnings if line.state is State.STALE],
        ended=ended_lately(ended.warnings, at=at),
        too_long=TOO_LONG,
        sees_incidents=by.role in PEOPLE,
    )


def feed_line(feed: WarningFeed, lines: Iterable[WarningLine], *, at: datetime, t: Speech) -> FeedLine:
    """
    Return what the page says of an authority's list.

    Each of its warnings was on the list when it was last seen, so the newest of these was a reading, too:
    by this process before it was started anew, or by the one that reads for all.
    """
    seen = [line.seen_at for line in lines if line.partner == feed.partner]
    known_at = max((*seen, *([feed.as_of] if feed.as_of else [])), default=None)
    return FeedLine(
        partner=feed.partner,
        name=feed.name,
        said=_said(feed, t),
        known_at=known_at,
        blind=known_at is None or at - known_at >= TOO_LONG,
        unread=feed.unread,
    )


def ended_lately(lines: Sequence[WarningLine], *, at: datetime) -> list[WarningLine]:
    """Return those whose time was over in the last day; one that names no end, by when it was last seen."""
    return [line for line in lines if at - (line.expires_at or line.seen_at) < LATELY]


def _said(feed: WarningFeed, t: Speech) -> str | None:
    if feed.outcome is None:
        return None
    told = (f"reading.{feed.reason}", f"reading.{feed.outcome}", "reading.other")
    return next(key for key in told if t.knows(key))
