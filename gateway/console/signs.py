"""By what one sees that something has changed, also where another process did it: a few columns, no names."""

from sqlalchemy import Connection, select

from gateway.incidents.tables import incident
from gateway.notifications.tables import notification
from gateway.referrals.tables import referral

Sign = tuple[tuple[object, ...], ...]

_HOW_FAR = (
    notification.c.id,
    notification.c.delivery,
    notification.c.progress,
    notification.c.human,
    notification.c.call,
    notification.c.alarm,
    notification.c.reference,
)
MOST = 60  # of one partner's, the newest


def of_a_box(connection: Connection, partner: str) -> Sign:
    """Return what changes whenever that partner's duty officer would see something else."""
    query = select(*_HOW_FAR).where(notification.c.partner == partner).order_by(notification.c.number.desc())
    return tuple(tuple(row) for row in connection.execute(query.limit(MOST)))


def of_one(connection: Connection, name: str) -> Sign:
    """Return what changes whenever the page of that incident or referral would show something else."""
    its = select(*_HOW_FAR).where(notification.c.about == name).order_by(notification.c.id)
    versions = [
        connection.scalar(select(table.c.version).where(table.c.id == name)) for table in (incident, referral)
    ]
    return (tuple(versions), *(tuple(row) for row in connection.execute(its)))
