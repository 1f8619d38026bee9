"""
Lanes kept moving: the head of every lane that is told by wire is due, whatever happened.

A partner's ways may have changed since something was queued for it; and should anything else ever leave a
lane without one that is due, it would wait for ever, and nobody would see it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from gateway.db import CannotRead, CannotWrite

from . import lanes
from .room import NotificationRoom

EVERY_S = 5.0
AT_ONCE = 200

log = structlog.get_logger(__name__)


async def keep_moving(room: NotificationRoom, *, every_s: float = EVERY_S) -> None:
    """Mend lanes, at once and then from time to time, until cancelled."""
    while True:
        try:
            await mend(room)
        except (CannotRead, CannotWrite) as exc:
            log.debug("lanes.not_mended", reason=str(exc))
        await asyncio.sleep(every_s)


async def mend(room: NotificationRoom) -> int:
    """Let the head of each lane that has lost it be due; return how many. Raises CannotRead, CannotWrite."""
    lost = await room.database.read(lambda connection: lanes.lost(connection, room.registry))
    for at in range(0, len(lost), AT_ONCE):
        some = _by_partner(lost[at : at + AT_ONCE])
        await room.database.maintain(lambda connection, some=some: _advance(room, connection, some))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    if lost:
        log.info("lanes.mended", rows=len(lost))
        room.turns.look("delivery")
    return len(lost)


def _by_partner(lost: list[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for partner, about in lost:
        found[partner].append(about)
    return found


def _advance(room: NotificationRoom, connection: Connection, lost: Mapping[str, list[str]]) -> None:
    at = datetime.now(UTC)
    for partner, abouts in lost.items():
        lanes.advance(connection, room.registry, partner, abouts, at=at)
