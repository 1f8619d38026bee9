"""Making way for a newer picture: what was never told ends, and is never asked about again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from contracts import Entry

from . import entries, lanes, store
from .room import NotificationRoom
from .rows import Delivery, Notification
from .ways import telling


def superseded(
    room: NotificationRoom, partner: str, waiting: Sequence[Notification], kind: str
) -> Sequence[Notification]:
    """Return what of *partner*'s *waiting* makes way for a picture of that *kind*, by its agreement."""
    known = room.registry.partners.get(partner)
    if known is not None and not telling(known).supersedes:
        return ()
    return lanes.superseded(waiting, kind)


def make_way(
    room: NotificationRoom,
    connection: Connection,
    row: Notification,
    waiting: Sequence[Notification],
    *,
    at: datetime,
    request: str | None,
) -> list[Entry]:
    """End what *row* takes the place of; of what is held one call is enough, and tells the newest."""
    gone = superseded(room, row.partner, waiting, row.kind)
    store.put(connection, [each.id for each in gone], ended("superseded", at=at, reason=row.id))
    quiet = [each for each in waiting if each.call and (row.call or each in gone)]
    if row.call:
        store.put(connection, [each.id for each in quiet], {"call": False, "alarm": None})
    for each in quiet:
        room.wakes.call_off(connection, about=each.id, at=at)
    if gone:
        lanes.advance(connection, room.registry, row.partner, [row.about], at=at)
    return [entries.superseded(each, by=row, at=at, request=request) for each in gone]


def ended(how: str, *, at: datetime, reason: str | None) -> dict[str, Any]:
    """Return the changes that end, for good, what was never told and need not be any more."""
    return {
        "delivery": Delivery(how),
        "due_at": None,
        "watch": None,
        "watch_due_at": None,
        "call": False,
        "alarm": None,
        "ended_at": at,
        "reason": reason,
    }
