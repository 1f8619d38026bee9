"""A new incident: it gets a key, its row and its first picture, and whoever is to know is told at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from contracts import AlertKind, Entry
from contracts.audit import Scalar
from gateway.access.guard import Principal
from gateway.notifications.answers import LadderLine
from gateway.notifications.reading import ladders_in
from gateway.people import Person

from . import entries, store
from .announcing import announce, follow, told
from .doing import Doer
from .facts import Facts, seal
from .ids import id_of
from .orders import Draft
from .placing import in_the_clear, located
from .policy import is_urgent
from .room import IncidentRoom
from .rows import Incident, State
from .work import picture

FIRST = 1


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new incident that is to be written down; *person* is whom its first picture is sealed for."""

    incident: Incident
    facts: Facts
    person: Person
    doer: Doer

    @property
    def at(self) -> datetime:
        """When it was made."""
        return self.incident.created_at


@dataclass(frozen=True, slots=True)
class Opened:
    """What was committed: the incident as it stands now, its entries, if it is a new one, and its ladders."""

    incident: Incident
    entries: list[Entry]
    new: bool
    ladders: Sequence[LadderLine] = ()


def fresh(
    room: IncidentRoom, draft: Draft, person: Person, doer: Doer, *, at: datetime | None = None
) -> Fresh:
    """Return what *draft* asks for, ready to be written."""
    made_at = at or datetime.now(UTC)
    facts = replace(draft.facts, place=located(draft.facts.place, room.areas))
    incident = Incident(
        id=id_of(draft, doer.actor.id),
        version=1,
        sequence=FIRST,
        state=State.OPEN,
        category=draft.category,
        severity=draft.severity,
        urgent=is_urgent(draft.category, draft.severity, said=draft.urgent),
        drill=draft.drill,
        subject=person.pseudonym,
        source_system=draft.source_system,
        source_ticket=draft.source_ticket,
        origin="operator" if draft.source_system is None else "dispatch",
        warning=None,
        outcome=None,
        merged_into=None,
        told=(),
        created_by=doer.actor.id,
        reported_at=draft.reported_at or made_at,
        created_at=made_at,
        changed_at=made_at,
        **in_the_clear(facts.place),
    )
    return Fresh(incident, facts, person, doer)


async def open_incident(
    room: IncidentRoom, draft: Draft, *, by: Principal, request: str, at: datetime | None = None
) -> Opened:
    """
    Open an incident; the same source or Idempotency-Key again returns what it made before, not new.

    *at* is when it was made, if not now. Raises CannotRead, CannotWrite.
    """
    doer = Doer.of(by, request)
    name = id_of(draft, doer.actor.id)
    known = await room.database.read(lambda connection: _again(room, connection, draft, name, doer))
    if known is not None:
        await room.recorder.record(*known.entries)
        return known
    new = fresh(room, draft, await room.known.of_case(name), doer, at=at)
    return await written(room, lambda connection: _write(room, connection, draft, new))


async def written(room: IncidentRoom, change: Callable[[Connection], Opened]) -> Opened:
    """
    Commit a new incident, or what was there already; then partners and screens hear. Raises CannotWrite.

    Where another replica was first with the same, the writer runs *change* again, and it finds that one.
    """
    opened = await room.database.write(change, entries=lambda opened: opened.entries)
    told(room, opened.incident.id)
    return opened


def known_as(connection: Connection, draft: Draft, name: str) -> Incident | None:
    """Return what the same source or the same key made before."""
    if draft.source_system is not None and draft.source_ticket is not None:
        found = store.with_source(connection, draft.source_system, draft.source_ticket)
        if found is not None:
            return found
    return store.get(connection, name)


def _again(room: IncidentRoom, connection: Connection, draft: Draft, name: str, doer: Doer) -> Opened | None:
    known = known_as(connection, draft, name)
    if known is None:
        return None
    said = [entries.repeated(known, doer)]
    return Opened(known, said, new=False, ladders=_ladders(room, connection, known))


def _write(room: IncidentRoom, connection: Connection, draft: Draft, new: Fresh) -> Opened:
    incident = new.incident
    known = _again(room, connection, draft, incident.id, new.doer)
    if known is not None:
        return known
    said = put(room, connection, new, "incident.opened")
    return Opened(incident, said, new=True, ladders=_ladders(room, connection, incident))


def _ladders(room: IncidentRoom, connection: Connection, incident: Incident) -> Sequence[LadderLine]:
    """Return who is told, in the transaction at hand: the answer needs no other question."""
    return ladders_in(connection, room.notifications.registry, [incident.id])[incident.id]


def put(
    room: IncidentRoom,
    connection: Connection,
    new: Fresh,
    act: str,
    *,
    detail: Mapping[str, Scalar] | None = None,
) -> list[Entry]:
    """Write a new incident down and have it told, if it is open; return the entries."""
    incident, at, doer = new.incident, new.at, new.doer
    sealed = seal(new.person, new.facts, incident=incident.id, sequence=incident.sequence)
    store.add(connection, incident, picture(incident, AlertKind.ALERT, sealed, at=at, doer=doer))
    heard, accepted = announce(room, connection, incident, AlertKind.ALERT, at=at, doer=doer)
    followed = follow(room, connection, incident, at=at, doer=doer)
    return [entry_of(new, act, str(incident.state), detail=detail, hearers=heard), *accepted, *followed]


def entry_of(
    new: Fresh,
    act: str,
    outcome: str,
    *,
    detail: Mapping[str, Scalar] | None = None,
    hearers: Collection[str] = (),
) -> Entry:
    """Return the entry of a new incident, with everything it says of people sealed."""
    return entries.made(
        new.incident,
        act,
        outcome,
        new.doer,
        person=new.person,
        said=new.facts.scalars(),
        detail=detail,
        hearers=hearers,
    )
