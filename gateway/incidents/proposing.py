"""A warning that touches the city becomes a proposal: an incident that an operator takes up or dismisses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from contracts import Place, Warned
from gateway.areas import codes

from . import entries, moves, store
from .committing import commit
from .doing import ITSELF
from .facts import Facts
from .ids import id_of_warning
from .moves import Now, Refusal
from .opening import FIRST, Fresh, Opened, put, written
from .placing import in_the_clear, located
from .policy import is_urgent
from .room import IncidentRoom
from .rows import Incident, State
from .states import Event
from .work import NOT_NOW, Work


@dataclass(frozen=True, slots=True)
class Proposal:
    """A warning, the id of its row, and the codes of our areas that it touches."""

    warning: str
    warned: Warned
    areas: Sequence[str]


async def propose(room: IncidentRoom, proposal: Proposal) -> tuple[Incident, bool]:
    """Propose an incident; the same warning again returns what it made before, and False. CannotWrite."""
    new = await prepare(room, proposal)
    opened = await written(room, lambda connection: put_proposal(room, connection, new))
    return opened.incident, opened.new


async def prepare(room: IncidentRoom, proposal: Proposal) -> Fresh:
    """Return the proposed incident with its key, for `put_proposal` in a transaction. Raises CannotWrite."""
    at = datetime.now(UTC)
    name, warned = id_of_warning(proposal.warning), proposal.warned
    person = await room.known.of_case(name)
    facts = _facts(room, proposal)
    incident = Incident(
        id=name,
        version=1,
        sequence=FIRST,
        state=State.PROPOSED,
        category=warned.category,
        severity=warned.severity,
        urgent=is_urgent(warned.category, warned.severity),
        drill=warned.is_test,
        subject=person.pseudonym,
        source_system=None,
        source_ticket=None,
        origin="warning",
        warning=proposal.warning,
        outcome=None,
        merged_into=None,
        told=(),
        created_by=ITSELF.actor.id,
        reported_at=warned.sent_at,
        created_at=at,
        changed_at=at,
        **in_the_clear(facts.place),
    )
    return Fresh(incident, facts, person, ITSELF)


def put_proposal(room: IncidentRoom, connection: Connection, new: Fresh) -> Opened:
    """Write it down unless that warning has made one before; in the caller's transaction."""
    known = store.get(connection, new.incident.id)
    if known is not None:
        entry = entries.made(known, "incident.proposed", "repeated", ITSELF)
        return Opened(known, [entry], new=False)
    detail = {"warning": new.incident.warning}
    return Opened(new.incident, put(room, connection, new, "incident.proposed", detail=detail), new=True)


async def revise(room: IncidentRoom, incident: str, proposal: Proposal) -> Incident:
    """
    Let a proposal say what its warning says now.

    Raises Problem `not-now` where an operator has decided, or has written what it says.
    """
    words, warned = _facts(room, proposal), proposal.warned

    def move(work: Work, now: Now) -> Refusal | None:
        newest = store.picture_of(work.connection, now.incident.id, now.incident.sequence)
        if newest is not None and newest.actor != ITSELF.actor.id:
            return NOT_NOW
        step = moves.revised(now, category=warned.category, severity=warned.severity, words=words)
        return step if isinstance(step, Refusal) else work.do(now, step)

    return await commit(room, incident, move, doer=ITSELF)


async def withdraw(room: IncidentRoom, incident: str, why: str) -> Incident:
    """Take a proposal back, since its warning is void; Problem `not-now` where an operator has decided."""

    def move(work: Work, now: Now) -> Refusal | None:
        return work.do(now, moves.dismissed(now, event=Event.WITHDRAW, code=why))

    return await commit(room, incident, move, doer=ITSELF)


def _facts(room: IncidentRoom, proposal: Proposal) -> Facts:
    """Return the picture of a warning: its own words, with whose they are."""
    warned = proposal.warned
    words = (warned.headline, warned.text, warned.attribution)
    place = Place(area_code=codes.common(list(proposal.areas)))
    return Facts(place=located(place, room.areas), narrative="\n".join(part for part in words if part))
