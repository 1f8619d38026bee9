"""What a duty officer's page shows: what his agency was told lately; whatever is shown has arrived."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, select

from contracts import Alert
from gateway.access.guard import Principal
from gateway.notifications import inbox, store
from gateway.notifications.messages import Material, material, message_of
from gateway.notifications.room import NotificationRoom
from gateway.notifications.rows import CHANGE, Notification
from gateway.notifications.tables import notification

from .duty_items import Asks, Item, by_lane, in_order
from .signs import MOST

AT_ONCE: Final = 100
LONG_OVER: Final = timedelta(hours=12)

Lane = tuple[tuple[Notification, ...], Material | None]  # what it was told of one thing, and the newest of it

_TOLD: Final = [str(each) for each in inbox.TOLD]


async def open_box(room: NotificationRoom, partner: str, *, by: Principal, request: str) -> list[Item]:
    """
    Hand out what waits for *partner*, and return all of it that is of use, what is asked on top.

    Raises Problem `no-such-partner`, CannotRead, CannotWrite.
    """
    newest = await room.database.read(partial(store.newest, partner=partner))
    since = max(0, newest - MOST)
    await inbox.fetch(room, partner, since=since, limit=AT_ONCE, by=by, request=request)
    lanes = await room.database.read(partial(_lanes, room=room, partner=partner, since=since))
    items = [Item(lane, await _said(room, newest)) for lane, newest in lanes]
    return in_order([each for each in items if _is_of_use(each, datetime.now(UTC))])


def told(connection: Connection, partner: str, since: int) -> list[Notification]:
    """Return what *partner* was told after number *since*, whatever became of it; what is held was not."""
    its = (notification.c.partner == partner) & (notification.c.number > since)
    its &= notification.c.delivery.in_(_TOLD) & (notification.c.kind != CHANGE)
    return store.read(connection, select(notification).where(its).order_by(notification.c.number))


def _lanes(connection: Connection, *, room: NotificationRoom, partner: str, since: int) -> list[Lane]:
    found = by_lane(told(connection, partner, since))
    return [(lane, material(room, connection, lane[-1].id)) for lane in found]


async def _said(room: NotificationRoom, newest: Material | None) -> Alert | None:
    """Return what it says; None where whom it named was erased."""
    if newest is None:
        return None
    message = await message_of(room, newest, room.registry.partners[newest.row.partner])
    return message if isinstance(message, Alert) else None


def _is_of_use(item: Item, now: datetime) -> bool:
    lately = item.newest.accepted_at >= now - LONG_OVER
    return lately or item.asks is not Asks.NOTHING or not item.is_over
