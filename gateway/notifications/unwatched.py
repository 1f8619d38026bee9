"""Nobody is watching: what is urgent waits in an inbox, and neither system nor duty officer comes for it."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection, select

from gateway.db import CannotRead
from gateway.db.values import microseconds
from gateway.partners.registry import Partner
from gateway.partners.shape import Channel, Standing

from .room import NotificationRoom
from .rows import Delivery
from .tables import notification
from .ways import telling

EVERY_S = 15.0
PATIENCE = timedelta(minutes=10)
ALARM = "inbox.unwatched"

log = structlog.get_logger(__name__)


async def watch(room: NotificationRoom, *, every_s: float = EVERY_S) -> None:
    """Raise the alarm while anybody's inbox is unwatched; until cancelled."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await look(room)
        except CannotRead as exc:
            log.debug("inbox.cannot_look", reason=str(exc))


async def look(room: NotificationRoom) -> None:
    """Raise or clear it, naming whom to ring. Raises CannotRead."""
    before = microseconds(datetime.now(UTC) - PATIENCE)
    readers = [each for each in room.registry.partners.values() if _reads(each)]
    waiting = await room.database.read(lambda connection: _left(connection, readers, before))
    if not waiting:
        room.alarms.clear(ALARM)
        return
    names = ", ".join(f"{each.name} ({each.phone or 'no telephone known'})" for each in waiting)
    room.alarms.raise_(ALARM, f"nobody has come for what is urgent in 10 minutes: telephone {names}")


def _reads(partner: Partner) -> bool:
    return partner.standing is Standing.LIVE and Channel.INBOX in telling(partner).channels


def _left(connection: Connection, readers: list[Partner], before_us: int) -> list[Partner]:
    return [each for each in readers if _has_left(connection, each.id, before_us)]


def _has_left(connection: Connection, partner: str, before_us: int) -> bool:
    """Say whether it has left lying what is urgent: to come for it would have said that it has arrived."""
    its = (notification.c.partner == partner) & (notification.c.delivery == str(Delivery.QUEUED))
    its &= notification.c.urgent & ~notification.c.human & (notification.c.accepted_at_us <= before_us)
    return connection.scalar(select(notification.c.id).where(its).limit(1)) is not None
