"""The message of one notification: what its topic's room says, with what the notification itself knows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.exc import DBAPIError

from contracts import Alert, Change, Earlier
from gateway.partners.registry import Partner

from . import lanes, store
from .composing import addressed, followed
from .room import NotificationRoom
from .rows import CHANGE, Delivery, Notification
from .tables import notification

_last = notification.alias()
_WAITS = notification.c.delivery == str(Delivery.QUEUED)
_HAS_ARRIVED = (notification.c.delivery == str(Delivery.DELIVERED)) & (notification.c.kind != CHANGE)
_UP_TO = (
    select(notification)
    .join(_last, (_last.c.about == notification.c.about) & (_last.c.partner == notification.c.partner))
    .where(_last.c.id == bindparam("id"), notification.c.number <= _last.c.number)
    .where(_WAITS | _HAS_ARRIVED | (notification.c.id == _last.c.id))
    .order_by(notification.c.number)
)


class Material(NamedTuple):
    """
    One notification and all that its message is made of, read at one moment.

    *is_head* says whether it is the first that waits in its lane, *earlier* what its partner has had of it,
    *gathered* is its composer's own, or why there is none: what is over needs no message.
    """

    row: Notification
    is_head: bool
    earlier: tuple[Earlier, ...]
    gathered: Any


def material(room: NotificationRoom, connection: Connection, row_id: str) -> Material | None:
    """Return what its message is made of, None where there is no such notification."""
    found = store.read(connection, _UP_TO, id=row_id)
    if not found:
        return None
    *before, row = found
    return Material(row, lanes.head(before) is None, _had(before), _gathered(room, connection, row))


async def message_of(room: NotificationRoom, its: Material, partner: Partner) -> Alert | Change | None:
    """Return what *partner* is told, None when nothing is left to say. Raises CannotRead."""
    row = its.row
    if isinstance(its.gathered, Exception):
        raise its.gathered
    said = await room.composers[row.topic].compose(row, partner, its.gathered)
    if isinstance(said, Change):
        return followed(said, row, live=room.live, anchor=room.anchor())
    if said is None:
        return None
    return addressed(
        said,
        row,
        earlier=its.earlier,
        live=room.live,
        callback=room.callback_phone,
        reply_to=room.reply_to(partner.id),
        anchor=room.anchor(),
    )


def _gathered(room: NotificationRoom, connection: Connection, row: Notification) -> Any:
    try:
        return room.composers[row.topic].gather(connection, row)
    except DBAPIError:
        raise
    except Exception as mistake:  # noqa: BLE001  raised by `message_of`
        return mistake


def _had(rows: Sequence[Notification]) -> tuple[Earlier, ...]:
    """Return the messages among *rows* that have arrived, as a later one names them."""
    arrived = [row for row in rows if row.delivery is Delivery.DELIVERED and row.kind != CHANGE]
    return tuple(Earlier(row.id, row.accepted_at) for row in arrived)
