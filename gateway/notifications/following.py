"""A ladder has changed: whoever follows the incident is promised its new picture."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from contracts import Actor, Entry
from contracts.audit import SYSTEM

from . import followers
from .accepting import follow
from .room import NotificationRoom
from .rows import CHANGE, Notification


def changed(
    room: NotificationRoom,
    connection: Connection,
    rows: Iterable[Notification],
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    request: str | None = None,
) -> list[Entry]:
    """Promise it for everything *rows* are about; return the entries. For use inside a change."""
    if not followers.following(room.registry):
        return []
    abouts = {row.about: row for row in rows if row.topic == "incident" and row.kind != CHANGE}
    said: list[Entry] = []
    for row in abouts.values():
        for system in followers.systems(room.registry, connection, row.about):
            said += follow(
                room,
                connection,
                row.topic,
                row.about,
                source_system=system,
                drill=row.drill,
                at=at,
                actor=actor,
                request=request,
                subject=row.subject,
            )
    return said
