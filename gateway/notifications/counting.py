"""What lies with each partner, counted for the partners page."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from sqlalchemy import ColumnElement, Connection, func, select

from gateway.db import Database
from gateway.partners.burden import Burden

from .rows import Delivery
from .store import UNSAID
from .tables import notification


def counter(database: Database) -> Callable[[], Awaitable[Mapping[str, Burden]]]:
    """Return what counts on *database*. It raises CannotRead."""
    return partial(database.read, burdens)


def burdens(connection: Connection) -> Mapping[str, Burden]:
    """Return what lies with every partner that anything lies with."""
    unsaid = notification.c.delivery.in_(UNSAID)
    waiting = _counted(connection, unsaid)
    alarmed = _counted(connection, notification.c.alarm.is_not(None))
    held, queued = str(Delivery.HELD), str(Delivery.QUEUED)
    return {
        partner: Burden(
            held=waiting.get((partner, held), 0),
            waiting=waiting.get((partner, queued), 0),
            dead=alarmed.get((partner, str(Delivery.DEAD)), 0),
            alarmed=sum(count for (whose, _), count in alarmed.items() if whose == partner),
        )
        for partner in {partner for partner, _ in (*waiting, *alarmed)}
    }


def _counted(connection: Connection, which: ColumnElement[bool]) -> dict[tuple[str, str], int]:
    query = select(notification.c.partner, notification.c.delivery, func.count()).where(which)
    rows = connection.execute(query.group_by(notification.c.partner, notification.c.delivery))
    return {(partner, delivery): count for partner, delivery, count in rows}
