"""
The order of what one partner is told about one thing: only the first that waits may be due.

Every later picture is complete, so it may take the place of one that was never told; never that of the first
word, nor of an end.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, exists, select

from contracts import AlertKind
from gateway.partners.registry import Registry
from gateway.partners.shape import Channel

from . import store
from .rows import Delivery, Notification
from .tables import notification
from .ways import has_wire, telling

_QUEUED = (
    select(notification)
    .where(
        notification.c.about.in_(bindparam("abouts", expanding=True)),
        notification.c.partner == bindparam("partner"),
        notification.c.delivery == str(Delivery.QUEUED),
    )
    .order_by(notification.c.number)
    .with_for_update()
)

SUPERSEDING = frozenset({AlertKind.UPDATE, AlertKind.CLOSED, AlertKind.CANCEL})


def is_under_way(row: Notification) -> bool:
    """Say whether an attempt has begun that nothing is known of: the partner may be reading it now."""
    return row.attempts != row.failures


def superseded(waiting: Sequence[Notification], kind: str) -> list[Notification]:
    """Return what of a lane's *waiting* need not be told once there is a picture of that *kind*."""
    if kind not in SUPERSEDING:
        return []
    return [row for row in waiting if row.kind == AlertKind.UPDATE and not is_under_way(row)]


def head(waiting: Sequence[Notification]) -> Notification | None:
    """Return the first of a lane that is to be told next, None where nothing is."""
    queued = [row for row in waiting if row.delivery is Delivery.QUEUED]
    return min(queued, key=lambda row: row.number, default=None)


def advance(
    connection: Connection, registry: Registry, partner: str, abouts: Collection[str], *, at: datetime
) -> bool:
    """
    Let the first that waits in each of those lanes of *partner* be due, if its system is told by us.

    Returns whether any has come due by that.
    """
    known = registry.partners.get(partner)
    if known is None or not abouts:
        return False
    heads = _heads(connection, partner, abouts)
    next_ones = [each.id for each in heads if each.due_at is None and has_wire(known, each.kind)]
    store.put(connection, next_ones, {"due_at": at})
    return bool(next_ones)


def _heads(connection: Connection, partner: str, abouts: Collection[str]) -> list[Notification]:
    store.alone(connection)
    first: dict[str, Notification] = {}
    for row in store.read(connection, _QUEUED, partner=partner, abouts=list(abouts)):
        first.setdefault(row.about, row)
    return list(first.values())


def lost(connection: Connection, registry: Registry) -> list[tuple[str, str]]:
    """
    Return partner and object of every lane that waits for a wire and whose head is not due.

    A partner's ways may have changed since it was queued.
    """
    earlier = notification.alias()
    its_earlier = (earlier.c.about == notification.c.about) & (earlier.c.partner == notification.c.partner)
    its_earlier &= (earlier.c.delivery == str(Delivery.QUEUED)) & (earlier.c.number < notification.c.number)
    waits = (notification.c.delivery == str(Delivery.QUEUED)) & notification.c.due_at_us.is_(None)
    told = [each.id for each in registry.partners.values() if Channel.WIRE in telling(each).channels]
    query = select(notification.c.partner, notification.c.about, notification.c.kind).where(
        notification.c.partner.in_(told), waits, ~exists().where(its_earlier)
    )
    rows = connection.execute(query)
    return [(row.partner, row.about) for row in rows if has_wire(registry.partners[row.partner], row.kind)]
