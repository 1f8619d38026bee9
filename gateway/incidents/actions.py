"""
What people do with an incident: one function a verb; each commits its change with its entry, or is refused.

All raise Problem: `no-such-incident`, `not-written-yet`, `changed-meanwhile` (another version was seen),
`not-now` (impossible in its state), and what stands with each; CannotRead, CannotWrite. *seen* is the version
that was looked at.
"""

from collections.abc import Callable

from gateway.access.guard import Principal

from . import moves
from .committing import commit
from .doing import Doer
from .joining import link, merge
from .moves import Now, Refusal, Step
from .opening import open_incident
from .orders import News, Outcome, Void
from .room import IncidentRoom
from .rows import Incident
from .work import Work

__all__ = [
    "accept_proposal",
    "cancel",
    "close",
    "dismiss",
    "link",
    "merge",
    "open_incident",
    "tell_partner",
    "update",
]

NEVER_TOLD = Refusal("conflict", "The gateway tells this partner nothing: it is only reached by telephone.")


async def update(
    room: IncidentRoom, incident: str, news: News, *, by: Principal, request: str, seen: int | None = None
) -> Incident:
    """Make a new picture of it, which everybody who was told is told. `conflict`: it was erased."""
    return await _carry_out(
        room, incident, lambda now: moves.updated(now, news, room.areas), by=by, request=request, seen=seen
    )


async def close(
    room: IncidentRoom,
    incident: str,
    outcome: Outcome,
    *,
    note: str | None = None,
    by: Principal,
    request: str,
    seen: int | None = None,
) -> Incident:
    """End it; *note* stays in the centre."""
    return await _carry_out(
        room, incident, lambda now: moves.closed(now, outcome, note), by=by, request=request, seen=seen
    )


async def cancel(
    room: IncidentRoom,
    incident: str,
    reason: Void,
    *,
    note: str | None = None,
    by: Principal,
    request: str,
    seen: int | None = None,
) -> Incident:
    """Say that it never was; *note* stays in the centre."""
    return await _carry_out(
        room, incident, lambda now: moves.cancelled(now, reason, note), by=by, request=request, seen=seen
    )


async def tell_partner(
    room: IncidentRoom, incident: str, partner: str, *, by: Principal, request: str, seen: int | None = None
) -> Incident:
    """Tell one more partner by hand, now and later. `no-such-partner`; `conflict`: it is told nothing."""

    def told(now: Now) -> Step | Refusal:
        if partner not in room.registry.partners:
            return Refusal("no-such-partner")
        return NEVER_TOLD if room.tellings[partner] is None else moves.told(now, partner)

    return await _carry_out(room, incident, told, by=by, request=request, seen=seen)


async def accept_proposal(
    room: IncidentRoom, incident: str, *, by: Principal, request: str, seen: int | None = None
) -> Incident:
    """Take a proposal up: whom it concerns is told."""
    return await _carry_out(room, incident, moves.accepted, by=by, request=request, seen=seen)


async def dismiss(
    room: IncidentRoom, incident: str, *, by: Principal, request: str, seen: int | None = None
) -> Incident:
    """Take a proposal down."""
    return await _carry_out(room, incident, moves.dismissed, by=by, request=request, seen=seen)


async def _carry_out(
    room: IncidentRoom,
    incident: str,
    decide: Callable[[Now], Step | Refusal],
    *,
    by: Principal,
    request: str,
    seen: int | None,
) -> Incident:
    def move(work: Work, now: Now) -> Refusal | None:
        step = decide(now)
        return step if isinstance(step, Refusal) else work.do(now, step)

    return await commit(room, incident, move, doer=Doer.of(by, request), seen=seen)
