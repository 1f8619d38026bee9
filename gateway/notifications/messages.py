"""The message of one notification: what its topic's room says, with what the notification itself knows."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from contracts import Alert, Change, Earlier
from gateway.partners.registry import Partner

from . import store
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


async def message_of(
    room: NotificationRoom, row: Notification, partner: Partner, earlier: Sequence[Earlier]
) -> Alert | Change | None:
    """Return what *partner* is told, None when nothing is left to say. Raises CannotRead."""
    said = await room.composers[row.topic].compose(row, partner)
    if isinstance(said, Change):
        return followed(said, row, live=room.live, anchor=room.anchor())
    if said is None:
        return None
    return addressed(
        said,
        row,
        earlier=earlier,
        live=room.live,
        callback=room.callback_phone,
        reply_to=room.reply_to(partner.id),
        anchor=room.anchor(),
    )


def up_to(connection: Connection, row_id: str) -> list[Notification]:
    """Return what waits or has arrived before that notification in its lane, in order, and itself last."""
    return store.read(connection, _UP_TO, id=row_id)


def had(rows: Sequence[Notification]) -> tuple[Earlier, ...]:
    """Return the messages among *rows* that have arrived, as a later one names them."""
    arrived = [row for row in rows if row.delivery is Delivery.DELIVERED and row.kind != CHANGE]
    return tuple(Earlier(row.id, row.accepted_at) for row in arrived)
