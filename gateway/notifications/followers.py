"""
Who follows what became of what it asked for: the dispatch system.

A picture is made when it leaves. So while one that nobody has tried yet still waits, a further change needs
no other: that one will say this as well.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from gateway.partners.registry import Partner, Registry

from . import lanes, store
from .rows import CHANGE, Delivery, Notification
from .tables import notification


def of_system(registry: Registry, source_system: str | None) -> list[str]:
    """Return the ids of the partners that follow what that system asked for."""
    if source_system is None:
        return []
    return [each.id for each in following(registry) if system_of(each) == source_system]


def following(registry: Registry) -> list[Partner]:
    """Return every partner that follows anything."""
    return [each for each in registry.partners.values() if each.telling is not None and each.telling.follows]


def system_of(partner: Partner) -> str:
    """Return the name it gives itself in `source_ref`; its id where nobody has said another."""
    return (partner.telling.source_system if partner.telling else None) or partner.id


def systems(registry: Registry, connection: Connection, about: str) -> list[str]:
    """Return the systems that asked for it: whoever follows it was told so when it began."""
    its = (notification.c.about == about) & (notification.c.kind == CHANGE)
    told = set(connection.scalars(select(notification.c.partner).where(its).distinct()))
    return sorted({system_of(each) for each in following(registry) if each.id in told})


def unmade(connection: Connection, about: str, partners: Sequence[str]) -> list[Notification]:
    """Return the pictures of it for *partners* that nobody has begun to make."""
    waiting = store.unsaid(connection, about, partners) if partners else []
    return [row for row in waiting if row.kind == CHANGE and row.attempts == 0]


def renew(connection: Connection, rows: Sequence[Notification]) -> None:
    """Have a turn that has made one of *rows* already, and not claimed it, make it again."""
    for row in rows:
        if row.delivery is Delivery.QUEUED and not lanes.is_under_way(row):
            store.put(connection, [row.id], {"turn": row.turn + 1})
