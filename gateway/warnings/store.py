"""Warnings in the database."""

from collections.abc import Sequence

from sqlalchemy import Connection, Select, desc, insert, or_, select, update

from gateway.db.values import Values

from .rows import LIVING, KeptWarning, State
from .states import id_of
from .tables import warning

_VALUES = Values({KeptWarning: warning})


def of_partner(
    connection: Connection, partner: str, named: Sequence[tuple[str, str]] = ()
) -> list[KeptWarning]:
    """Return what counts of that partner's, and whatever it says now: *named* by source and identifier."""
    ids = [id_of(source, identifier) for source, identifier in named]
    living = (warning.c.partner == partner) & warning.c.state.in_(LIVING)
    return _read(connection, select(warning).where(or_(living, warning.c.id.in_(ids))))


def living(connection: Connection, limit: int) -> list[KeptWarning]:
    """Return what counts of everybody's, what touches us first, the newest first."""
    found = select(warning).where(warning.c.state.in_(LIVING))
    return _read(connection, found.order_by(desc(warning.c.touches), desc(warning.c.sent_at_us)).limit(limit))


def ended(connection: Connection, limit: int) -> list[KeptWarning]:
    """Return what counts no more, the newest first."""
    found = select(warning).where(warning.c.state.in_((State.CANCELLED, State.OVER)))
    return _read(connection, found.order_by(desc(warning.c.sent_at_us)).limit(limit))


def keep(connection: Connection, row: KeptWarning) -> None:
    """Put *row* in the place of what was known of that warning."""
    columns = _VALUES.whole(row)
    if not connection.execute(update(warning).where(warning.c.id == row.id), columns).rowcount:
        connection.execute(insert(warning), columns)


def _read(connection: Connection, found: Select[tuple[object, ...]]) -> list[KeptWarning]:
    return [_VALUES.read(KeptWarning, row) for row in connection.execute(found)]
