"""
The digest: one message for all that was over before a partner could be told of it.

What stands in a digest follows from the rows: those that ended `in_digest` after the digest before and no
later than it was made. So a crash half-way through going live leaves no incident out, and none in twice.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from contracts import Alert, AlertKind, Over
from gateway.db.values import microseconds, moment
from gateway.partners.registry import Partner

from .room import NotificationRoom
from .rows import Delivery, Notification
from .tables import notification

TOPIC = "link"
IN_DIGEST = "in_digest"


class LinkComposer:
    """Composes what is about the link to a partner and no one object."""

    def __init__(self, room: NotificationRoom) -> None:
        """Take the room; how incidents ended is asked of their own composer."""
        self._room = room

    def gather(self, connection: Connection, row: Notification) -> list[str]:
        """Return the incidents that stand in it, in the order in which they were to be told."""
        its = _ended_in_digest(row.partner, after_us=_digest_before(connection, row.partner, row.number))
        its &= notification.c.ended_at_us <= microseconds(row.accepted_at)
        query = select(notification.c.about).where(its).group_by(notification.c.about)
        return list(connection.scalars(query.order_by(func.min(notification.c.number))))

    async def compose(self, row: Notification, partner: Partner, gathered: Sequence[str]) -> Alert | None:
        """Return the digest; None when everyone it would tell of was erased. Raises CannotRead."""
        del partner
        ended = await self._room.composers["incident"].is_over(gathered)
        over = sorted((each for each in ended.values() if each), key=lambda each: each.reported_at)
        if not over:
            return None
        return Alert(row.id, row.number, AlertKind.DIGEST, row.accepted_at, row.expires_at, over=tuple(over))

    async def is_over(self, abouts: Sequence[str]) -> Mapping[str, Over | None]:
        """The link goes on."""
        return dict.fromkeys(abouts)


def owed(connection: Connection, partner: str) -> list[str]:
    """Return the incidents that have ended `in_digest` and stand in no digest yet."""
    its = _ended_in_digest(partner, after_us=_digest_before(connection, partner, None))
    return list(connection.scalars(select(notification.c.about).where(its).distinct()))


def after_the_last(connection: Connection, partner: str, at: datetime) -> datetime:
    """Return *at*, or the moment after the last digest: another replica's clock may hide no row."""
    last_us = _digest_before(connection, partner, None)
    return at if microseconds(at) > last_us else moment(last_us + 1)


def _ended_in_digest(partner: str, *, after_us: int) -> ColumnElement[bool]:
    ended = (notification.c.delivery == str(Delivery.CANCELLED)) & (notification.c.reason == IN_DIGEST)
    return (notification.c.partner == partner) & ended & (notification.c.ended_at_us > after_us)


def _digest_before(connection: Connection, partner: str, number: int | None) -> int:
    """Return when the last digest (before that *number*) was made, 0 before the first."""
    its = (notification.c.partner == partner) & (notification.c.kind == str(AlertKind.DIGEST))
    if number is not None:
        its &= notification.c.number < number
    return connection.scalar(select(func.max(notification.c.accepted_at_us)).where(its)) or 0
