"""Incidents read for a screen or a program: lists that name nobody; one whole incident, which is audited."""

from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import Connection

from gateway.access.guard import Principal
from gateway.access.roles import Role
from gateway.accounts import store as accounts
from gateway.notifications.reading import ladders

from . import entries, store, views
from .answers import IncidentLine, IncidentView
from .facts import unseal
from .room import IncidentRoom
from .rows import Incident, Link, Picture, State

MOST = 500
NAMED_AT_MOST = 50
OPEN, PROPOSED = (State.OPEN,), (State.PROPOSED,)

States = tuple[State, ...]
Query = Callable[[Connection], list[Incident]]


async def in_states(room: IncidentRoom, states: States, *, by: Principal, request: str) -> list[IncidentLine]:
    """Return the incidents in those states, the last changed first."""
    what = " ".join(str(state) for state in states)
    return await _listed(room, partial(store.in_states, states=states, limit=MOST), what, by, request)


async def search(room: IncidentRoom, text: str, *, by: Principal, request: str) -> list[IncidentLine]:
    """Return the incidents of that id or that ticket of a dispatch system; open or over."""
    query = partial(store.named, name=text.strip(), limit=NAMED_AT_MOST)
    return await _listed(room, query, "named", by, request)


async def proposed(room: IncidentRoom) -> int:
    """Return how many proposals wait for an operator."""
    return await room.database.read(lambda connection: store.count(connection, PROPOSED))


async def line(room: IncidentRoom, incident: Incident) -> IncidentLine:
    """Return one incident as a list shows it."""
    told = await ladders(room.notifications, [incident.id])
    return views.line(incident, told.get(incident.id, []), room.areas)


async def view(room: IncidentRoom, incident_id: str, *, by: Principal, request: str) -> IncidentView:
    """
    Return everything about one incident; that it was shown is written down first.

    Raises Problem `no-such-incident` or `not-written-yet`, CannotRead, CannotWrite.
    """
    missing = room.no_such(incident_id)  # asked first: it may be written down while it is being read
    seen = await _seen(room, incident_id)
    if seen is None:
        raise missing
    whole = views.whole(seen, role=by.role, areas=room.areas)
    names = views.fields_shown(whole)
    await room.database.record(entries.shown(seen.incident, names, by=by, request=request))
    return whole


async def look(room: IncidentRoom, incident_id: str) -> IncidentView | None:
    """Return everything as a dispatcher sees it, for the dispatch system; whoever sends it writes it down."""
    seen = await _seen(room, incident_id)
    return None if seen is None else views.whole(seen, role=Role.DISPATCHER, areas=room.areas)


Whole = tuple[Incident, list[Picture], list[Link], Mapping[str, str]]


async def _seen(room: IncidentRoom, incident_id: str) -> views.Seen | None:
    found = await room.database.read(partial(_whole, incident_id=incident_id))
    if found is None:
        return None
    incident, pictures, links, names = found
    person = await room.known.find(incident.subject)
    told = await ladders(room.notifications, [incident.id])
    facts = unseal(person, pictures[-1])
    return views.Seen(incident, facts, pictures, links, told.get(incident.id, []), names)


def _whole(connection: Connection, *, incident_id: str) -> Whole | None:
    incident = store.get(connection, incident_id)
    if incident is None:
        return None
    names = {account.id: account.display_name for account in accounts.load_accounts(connection)}
    pictures = store.pictures_of(connection, incident_id)
    return incident, pictures, store.links_of(connection, incident_id), names


async def _listed(
    room: IncidentRoom, query: Query, what: str, by: Principal, request: str
) -> list[IncidentLine]:
    found = await room.database.read(query)
    told = await ladders(room.notifications, [each.id for each in found])
    await room.recorder.record(entries.listed(what, len(found), by=by, request=request))
    return [views.line(each, told.get(each.id, []), room.areas) for each in found]
