"""
Rows of notifications, in and out.

The statements are built once: built anew each time they would cost several times what the database takes.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Update, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from gateway.db.values import Changes, Values

from .rows import CHANGE, Delivery, Heard, Notification
from .tables import feed, notification, receipt

VALUES = Values({Notification: notification, Heard: receipt})
UNSAID = (str(Delivery.QUEUED), str(Delivery.HELD))

_its, _of = notification.c, receipt.c
_lanes = (_its.about == bindparam("about")) & _its.partner.in_(bindparam("partners", expanding=True))
_OF_PICTURE = (_its.sequence == bindparam("sequence")) & (_its.kind != CHANGE)

_INSERT = {kind: insert(VALUES.table(kind)) for kind in (Notification, Heard)}
_UPSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_BY_ID = select(notification).where(_its.id == bindparam("id"))
_BY_IDS = select(notification).where(_its.id.in_(bindparam("ids", expanding=True)))
_LOCKED = _BY_IDS.order_by(_its.id).with_for_update()
_ALREADY = select(_its.partner).where(_lanes, _OF_PICTURE)
_UNSAID = (
    select(notification)
    .where(_lanes, _its.delivery.in_(UNSAID))
    .order_by(_its.partner, _its.number)
    .with_for_update()
)
_NEWEST = select(feed.c.number).where(feed.c.partner == bindparam("partner"))
_RECEIPTS = (
    select(receipt)
    .where(_of.notification.in_(bindparam("ids", expanding=True)))
    .order_by(_of.notification, _of.number)
)


_ALONE = 0x6E6F_7469  # the PostgreSQL advisory lock of whoever changes anything here


class Overtaken(Exception):
    """Somebody else changed the row first."""


def alone(connection: Connection) -> None:
    """
    Let no other replica change a notification until the commit.

    One commit changes many rows, in the order in which they happened to be asked for: two replicas would
    wait for each other again and again, a second each time. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_ALONE,))


def add(connection: Connection, rows: Sequence[Notification | Heard]) -> None:
    """Insert *rows* of one kind; a database error when one is there already."""
    if rows:
        connection.execute(_INSERT[type(rows[0])], [VALUES.whole(row) for row in rows])


def get(connection: Connection, row_id: str) -> Notification | None:
    """Return the notification with that id, None where there is none."""
    found = read(connection, _BY_ID, id=row_id)
    return found[0] if found else None


def with_ids(connection: Connection, ids: Sequence[str]) -> dict[str, Notification]:
    """Return those of the notifications that there are, by id, in the order of *ids*."""
    found = {row.id: row for row in read(connection, _BY_IDS, ids=list(ids))}
    return {each: found[each] for each in ids if each in found}


def locked(connection: Connection, ids: Collection[str]) -> dict[str, Notification]:
    """Return those notifications; they stay as they are until the commit."""
    alone(connection)
    return {row.id: row for row in read(connection, _LOCKED, ids=list(ids))}


def change(connection: Connection, row: Notification, changes: Changes) -> None:
    """Set *changes*, unless the delivery has had another turn since *row* was read: Overtaken."""
    alone(connection)
    _set(connection, changes, {"id": row.id, "turn": row.turn, "delivery": str(row.delivery)})


def put(connection: Connection, ids: Sequence[str], changes: Changes) -> None:
    """Set *changes*, values or what SQL makes of a row, on rows that this transaction has locked."""
    if not ids or not changes:
        return
    columns = VALUES.columns(changes)
    if any(isinstance(value, ClauseElement) for value in columns.values()):
        connection.execute(update(notification).where(_its.id.in_(ids)).values(**columns))
        return
    rows = [{"its_id": each, **columns} for each in ids]
    connection.execute(_updating(tuple(columns), ("id",)), rows)


def _set(connection: Connection, changes: Changes, same: Mapping[str, Any]) -> None:
    columns = VALUES.columns(changes)
    row = columns | {f"its_{name}": value for name, value in same.items()}
    if connection.execute(_updating(tuple(columns), tuple(same)), row).rowcount != 1:
        raise Overtaken


@cache
def _updating(changed: Sequence[str], same: Sequence[str]) -> Update:
    """Return what sets those columns where others are as given."""
    rows = update(notification).where(*(_its[name] == bindparam(f"its_{name}") for name in same))
    return rows.values({name: bindparam(name) for name in changed})


def next_numbers(connection: Connection, partners: Collection[str]) -> Mapping[str, int]:
    """
    Count one more for each of *partners*, and return it.

    Until the commit nobody else numbers anything for them, nor changes how they stand.
    """
    return _counted(connection, sorted(partners), first=1)


def turnstile(connection: Connection, partner: str) -> None:
    """Let nobody number anything for *partner* until the commit."""
    _counted(connection, [partner], first=0)


def _counted(connection: Connection, partners: Sequence[str], *, first: int) -> Mapping[str, int]:
    alone(connection)
    rows = [{"partner": each, "number": first} for each in partners]
    counted = connection.execute(_counting(connection.dialect.name, first), rows)
    return {row.partner: row.number for row in counted}


@cache
def _counting(dialect: str, first: int) -> Any:
    adding = _UPSERT[dialect](feed)
    again = {"number": feed.c.number + first}
    adding = adding.on_conflict_do_update(index_elements=[feed.c.partner], set_=again)
    return adding.returning(feed.c.partner, feed.c.number)


def newest(connection: Connection, partner: str) -> int:
    """Return the newest number of what *partner* is told, 0 before the first."""
    return connection.scalar(_NEWEST, {"partner": partner}) or 0


def already(connection: Connection, about: str, sequence: int, partners: Collection[str]) -> set[str]:
    """Return to whom of *partners* that picture has been told, or is to be."""
    asked = {"about": about, "partners": sorted(partners), "sequence": sequence}
    return set(connection.scalars(_ALREADY, asked))


def unsaid(connection: Connection, about: str, partners: Collection[str]) -> list[Notification]:
    """Return what those partners have not been told about it yet, in order; it stays so until the commit."""
    alone(connection)
    return read(connection, _UNSAID, about=about, partners=sorted(partners))


def lane(about: str, partners: Collection[str]) -> ColumnElement[bool]:
    """Return the condition of being one of those lanes."""
    return (_its.about == about) & _its.partner.in_(sorted(partners))


def read(connection: Connection, query: Select[Any], **asked: Any) -> list[Notification]:
    """Return the notifications that *query* selects."""
    return [VALUES.read(Notification, row) for row in connection.execute(query, asked)]


def receipts_of(connection: Connection, ids: Collection[str]) -> list[Heard]:
    """Return the receipts of those notifications, in the order they were heard."""
    return [VALUES.read(Heard, row) for row in connection.execute(_RECEIPTS, {"ids": list(ids)})]
