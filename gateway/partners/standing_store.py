"""Rows of standings, in and out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from gateway.db.values import Values

from .shape import Standing
from .standing_table import partner_standing

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Stands:
    """How far *partner* is since when, by whose word (an actor's id) and why."""

    partner: str
    standing: Standing
    since: datetime
    actor: str
    reason: str | None = None


_VALUES = Values({Stands: partner_standing})
_ALL = select(partner_standing)


def load_all(connection: Connection) -> list[Stands]:
    """Return every standing that somebody has said."""
    return [_VALUES.read(Stands, row) for row in connection.execute(_ALL)]


def load(connection: Connection, partner: str, *, lock: bool = False) -> Stands | None:
    """Return that partner's, None where nobody has said; with *lock* it stays so until the commit."""
    query = select(partner_standing).where(partner_standing.c.partner == partner)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _VALUES.read(Stands, row)


def put(connection: Connection, stands: Stands) -> Stands:
    """Write it down and return it; *since* never goes back, whatever another replica's clock says."""
    before = load(connection, stands.partner, lock=True)
    if before is None:
        connection.execute(insert(partner_standing), [_VALUES.whole(stands)])
        return stands
    now = replace(stands, since=max(stands.since, before.since + _TICK))
    its = partner_standing.c.partner == stands.partner
    connection.execute(update(partner_standing).where(its).values(**_VALUES.whole(now)))
    return now
