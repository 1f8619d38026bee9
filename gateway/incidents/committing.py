"""A change of an incident with all that belongs to it, in one transaction; then partners and screens hear."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from gateway.people import Person
from gateway.problems import Problem

from . import store
from .announcing import told
from .doing import Doer
from .moves import Now, Refusal
from .room import IncidentRoom
from .rows import Incident
from .store import Overtaken
from .work import Work

TRIES = 4  # another replica may be first

Move = Callable[[Work, Now], Refusal | None]


async def commit(
    room: IncidentRoom,
    incident_id: str,
    move: Move,
    *,
    doer: Doer,
    seen: int | None = None,
    others: Sequence[str] = (),
) -> Incident:
    """
    Have *move* done and committed; a refusal leaves its entry and nothing else.

    *seen* is the version that was looked at, *others* are incidents the move looks at too. Raises Problem
    `no-such-incident`, `changed-meanwhile`, `not-now` or what the move refuses; CannotRead, CannotWrite.
    """
    people = await _people(room, (incident_id, *others))

    def change(connection: Connection) -> tuple[Work, Refusal | None]:
        work = Work(room, connection, doer, people, datetime.now(UTC))
        now = work.find(incident_id)
        if now is None:
            raise room.no_such(incident_id)
        refusal = Refusal("changed-meanwhile") if _is_other(now, seen) else move(work, now)
        if refusal is not None:
            work.refuse(now, refusal)
        return work, refusal

    work, refusal = await _written(room, change)
    if refusal is not None:
        raise Problem(refusal.problem, detail=refusal.detail)
    told(room, *(each.id for each in work.done))
    return work.done[0]


async def _written(
    room: IncidentRoom, change: Callable[[Connection], tuple[Work, Refusal | None]]
) -> tuple[Work, Refusal | None]:
    for attempt in range(1, TRIES + 1):
        try:
            return await room.database.write(change, entries=lambda written: written[0].entries)
        except Overtaken:
            if attempt == TRIES:
                raise Problem("changed-meanwhile") from None
    raise AssertionError("the loop returns or raises")


async def _people(room: IncidentRoom, ids: Sequence[str]) -> Mapping[str, Person | None]:
    """Return whom these incidents are sealed for, by pseudonym."""
    found = await room.database.read(lambda connection: store.with_ids(connection, ids))
    return {each.subject: await room.known.find(each.subject) for each in found}


def _is_other(now: Now, seen: int | None) -> bool:
    return seen is not None and seen != now.incident.version
