"""Two incidents that belong together: linked, or one merged into the other."""

from gateway.access.guard import Principal

from . import moves, store
from .committing import commit
from .doing import Doer
from .moves import Now, Refusal
from .room import IncidentRoom
from .rows import Incident, Link
from .states import Event
from .work import NOT_NOW, Work

RELATED, MERGED = "related", "merged"
NEVER_MIX = Refusal("conflict", "A drill and a real incident never mix.")
ITSELF = Refusal("conflict", "An incident is not another one than itself.")
NO_OTHER = Refusal("no-such-incident", "The other incident is not known.")


async def link(
    room: IncidentRoom, incident: str, other: str, *, by: Principal, request: str, seen: int | None = None
) -> Incident:
    """Note that two incidents belong together. `conflict`: a drill and a real one, or the same."""

    def move(work: Work, now: Now) -> Refusal | None:
        refusal = _never_together(now, work.find(other)) or work.do(now, moves.linked(now, other))
        if refusal is None and not store.are_linked(work.connection, incident, other):
            store.put_link(work.connection, _link(work, incident, other, RELATED))
        return refusal

    return await commit(room, incident, move, doer=Doer.of(by, request), seen=seen, others=(other,))


async def merge(
    room: IncidentRoom, incident: str, into: str, *, by: Principal, request: str, seen: int | None = None
) -> Incident:
    """
    Let it be another incident, told of twice.

    Whoever was told of it hears that it is cancelled, and of the other one unless they know. `conflict`: a
    drill and a real one, or the same; `not-now` also where the other one is not open.
    """

    def move(work: Work, now: Now) -> Refusal | None:
        other = work.find(into)
        refusal = _never_together(now, other)
        if refusal is not None or other is None:
            return refusal
        if not work.allows(other, Event.TAKE_OVER):
            return NOT_NOW
        heard = tuple(sorted(store.told_before(work.connection, incident)))
        refusal = work.do(now, moves.merged(now, into))
        if refusal is None:
            store.put_link(work.connection, _link(work, incident, into, MERGED))
            work.do(other, moves.taken_over(other, incident, heard))
        return refusal

    return await commit(room, incident, move, doer=Doer.of(by, request), seen=seen, others=(into,))


def _never_together(now: Now, other: Now | None) -> Refusal | None:
    if other is None:
        return NO_OTHER
    if other.incident.id == now.incident.id:
        return ITSELF
    return NEVER_MIX if other.incident.drill is not now.incident.drill else None


def _link(work: Work, one: str, other: str, kind: str) -> Link:
    return Link(one, other, kind, work.at, work.doer.actor.id)
