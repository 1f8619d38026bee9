"""Lets partners hear of an incident as it now is: within the change's own transaction, and after it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from contracts import AlertKind, Entry
from gateway.notifications import accepting
from gateway.notifications.accepting import Wanted

from . import store
from .doing import Doer
from .room import IncidentRoom
from .rows import Incident, State
from .telling import Matter, hearers

TOPIC = "incident"
CALM = frozenset({State.PROPOSED, State.DISMISSED, State.CLOSED})


def announce(
    room: IncidentRoom,
    connection: Connection,
    incident: Incident,
    kind: AlertKind,
    *,
    at: datetime,
    doer: Doer,
) -> tuple[list[str], list[Entry]]:
    """Have the incident's newest picture told to whoever is to hear it; return who, and the entries."""
    told = hearers(
        room.tellings,
        _matter(incident),
        kind,
        by_hand=incident.told,
        before=store.told_before(connection, incident.id),
    )
    return list(told), tell(room, connection, incident, told, kind, at=at, doer=doer)


def first_words(
    connection: Connection, incident: Incident, partners: Collection[str]
) -> dict[str, AlertKind]:
    """Return those of *partners* who have had no first word of the incident."""
    before = store.told_before(connection, incident.id)
    return {name: AlertKind.ALERT for name in sorted(partners) if not before.get(name)}


def tell(
    room: IncidentRoom,
    connection: Connection,
    incident: Incident,
    told: dict[str, AlertKind],
    kind: AlertKind,
    *,
    at: datetime,
    doer: Doer,
) -> list[Entry]:
    """Have these partners told; nobody is rung at once for a warning, nor because something is over."""
    wanted = Wanted(
        topic=TOPIC,
        about=incident.id,
        sequence=incident.sequence,
        kind=kind,
        urgent=incident.urgent and incident.state not in CALM,
        drill=incident.drill,
        subject=incident.subject,
    )
    kinds = {name: str(each) for name, each in told.items()}
    if not kinds:
        return []
    return accepting.accept(
        room.notifications, connection, wanted, kinds, at=at, actor=doer.actor, request=doer.request
    )


def follow(
    room: IncidentRoom, connection: Connection, incident: Incident, *, at: datetime, doer: Doer
) -> list[Entry]:
    """Let the dispatch system that asked for it hear of the change."""
    if incident.source_system is None:
        return []
    return accepting.follow(
        room.notifications,
        connection,
        TOPIC,
        incident.id,
        source_system=incident.source_system,
        drill=incident.drill,
        at=at,
        actor=doer.actor,
        request=doer.request,
        subject=incident.subject,
    )


def told(room: IncidentRoom, *incidents: str) -> None:
    """Tell the screens, and have what may have come due looked for; after the commit."""
    for each in incidents:
        accepting.told(room.notifications, each)


def _matter(incident: Incident) -> Matter:
    proposed = incident.state is State.PROPOSED
    return Matter(incident.category, incident.severity, incident.area_code, proposed=proposed)
