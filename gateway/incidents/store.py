"""Rows of incidents, in and out."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from contracts import AlertKind
from gateway.db.values import Changes, Values
from gateway.notifications.rows import CHANGE, OVER
from gateway.notifications.tables import notification

from .rows import Incident, Link, Picture, State
from .tables import incident, link, picture

VALUES = Values({Incident: incident, Picture: picture, Link: link})

# Built once: anew each time they would cost several times what the database takes.
_INSERT = {kind: insert(VALUES.table(kind)) for kind in (Incident, Picture, Link)}
_BY_ID = select(incident).where(incident.c.id == bindparam("id"))
_BY_SOURCE = select(incident).where(
    incident.c.source_system == bindparam("system"), incident.c.source_ticket == bindparam("ticket")
)
_BY_WARNING = select(incident).where(incident.c.warning == bindparam("warning"))
_PICTURE = select(picture).where(
    picture.c.incident == bindparam("incident"), picture.c.sequence == bindparam("sequence")
)
_TOLD = select(notification.c.partner, notification.c.kind, notification.c.delivery).where(
    notification.c.about == bindparam("id"), notification.c.kind != CHANGE
)
_OVER = frozenset(str(each) for each in OVER)


class Overtaken(Exception):
    """Somebody else changed the incident first."""


def add(connection: Connection, *rows: Incident | Picture | Link) -> None:
    """Insert *rows*; a database error when one is there already."""
    for row in rows:
        connection.execute(_INSERT[type(row)], [VALUES.whole(row)])


def change(connection: Connection, row: Incident, changes: Changes) -> None:
    """Set *changes* and count the version, unless it was changed since *row* was read: Overtaken."""
    same = (incident.c.id == row.id) & (incident.c.version == row.version)
    columns = VALUES.columns({**changes, "version": row.version + 1})
    if connection.execute(update(incident).where(same).values(**columns)).rowcount != 1:
        raise Overtaken


def get(connection: Connection, incident_id: str) -> Incident | None:
    """Return the incident with that id."""
    return _one(connection, _BY_ID, id=incident_id)


def with_source(connection: Connection, system: str, ticket: str) -> Incident | None:
    """Return the incident of that ticket of the dispatch system."""
    return _one(connection, _BY_SOURCE, system=system, ticket=ticket)


def with_warning(connection: Connection, warning: str) -> Incident | None:
    """Return the incident that was proposed for that warning."""
    return _one(connection, _BY_WARNING, warning=warning)


def with_ids(connection: Connection, ids: Collection[str]) -> list[Incident]:
    """Return the incidents with those ids."""
    return _some(connection, incident.c.id.in_(list(ids)), limit=len(ids))


def in_states(connection: Connection, states: Collection[State], *, limit: int) -> list[Incident]:
    """Return at most *limit* incidents in one of *states*, the last changed first."""
    return _some(connection, incident.c.state.in_([str(state) for state in states]), limit=limit)


def named(connection: Connection, name: str, *, limit: int) -> list[Incident]:
    """Return the incidents with that id or that ticket, the last changed first."""
    return _some(connection, or_(incident.c.id == name, incident.c.source_ticket == name), limit=limit)


def pictures_of(connection: Connection, incident_id: str) -> list[Picture]:
    """Return every picture of the incident, the first first."""
    query = select(picture).where(picture.c.incident == incident_id).order_by(picture.c.sequence)
    return [VALUES.read(Picture, row) for row in connection.execute(query)]


def picture_of(connection: Connection, incident_id: str, sequence: int) -> Picture | None:
    """Return one picture."""
    row = connection.execute(_PICTURE, {"incident": incident_id, "sequence": sequence}).one_or_none()
    return None if row is None else VALUES.read(Picture, row)


def links_of(connection: Connection, incident_id: str) -> list[Link]:
    """Return what the incident is linked with, from either side."""
    its = or_(link.c.incident == incident_id, link.c.other == incident_id)
    query = select(link).where(its).order_by(link.c.at_us)
    return [VALUES.read(Link, row) for row in connection.execute(query)]


def put_link(connection: Connection, row: Link) -> None:
    """Insert a link, in the place of one of the same two."""
    same = (link.c.incident == row.incident) & (link.c.other == row.other)
    connection.execute(delete(link).where(same))
    add(connection, row)


def are_linked(connection: Connection, one: str, other: str) -> bool:
    """Say whether the two are linked already."""
    return any(other in (each.incident, each.other) for each in links_of(connection, one))


def told_before(connection: Connection, incident_id: str) -> Mapping[str, bool]:
    """Return who was told of it, each with whether a first ALERT has arrived, or is still to."""
    told: dict[str, bool] = {}
    for partner, kind, delivery in connection.execute(_TOLD, {"id": incident_id}):
        stands = kind == AlertKind.ALERT and delivery not in _OVER
        told[partner] = told.get(partner, False) or stands
    return told


def clear_place(connection: Connection, subject: str) -> None:
    """Take out where an erased person's incident was: the one thing of theirs that stands here unsealed."""
    nowhere = {"latitude": None, "longitude": None}
    connection.execute(update(incident).where(incident.c.subject == subject).values(nowhere))


def count(connection: Connection, states: Sequence[State]) -> int:
    """Return how many incidents are in one of *states*."""
    query = select(func.count()).where(incident.c.state.in_([str(state) for state in states]))
    return connection.scalar(query) or 0


def _one(connection: Connection, query: Select[Any], **asked: str) -> Incident | None:
    row = connection.execute(query, asked).one_or_none()
    return None if row is None else VALUES.read(Incident, row)


def _some(connection: Connection, which: ColumnElement[bool], *, limit: int) -> list[Incident]:
    query = select(incident).where(which).order_by(incident.c.changed_at_us.desc()).limit(limit)
    return [VALUES.read(Incident, row) for row in connection.execute(query)]
