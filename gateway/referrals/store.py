"""Rows of referrals, in and out."""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)

from gateway.db.values import Changes, Values

from .rows import Ask, Happening, Owed, Referral
from .states import ENDED, State
from .tables import ask, event, owed, referral

R = TypeVar("R", Referral, Ask, Happening, Owed)

VALUES = Values({Referral: referral, Ask: ask, Happening: event, Owed: owed})
read = VALUES.read


def add(connection: Connection, *rows: Referral | Ask | Happening | Owed) -> None:
    """Insert *rows*; a database error when one is there already."""
    for row in rows:
        connection.execute(insert(VALUES.table(type(row))), [VALUES.whole(row)])


class Overtaken(Exception):
    """Somebody else changed the row first."""


class Past(Exception):
    """The turn was made by somebody else, or nothing calls for it any more: trying again changes nothing."""


def change(connection: Connection, row: Ask | Owed, changes: Changes) -> None:
    """Set *changes* on the row, unless it has had another turn since *row* was read: Overtaken."""
    table = VALUES.table(type(row))
    same = (table.c.id == row.id) & (table.c.turn == row.turn)
    _update(connection, table, same, changes)


def change_referral(connection: Connection, row: Referral, changes: Changes) -> None:
    """Set *changes* and count the version, unless it was changed since *row* was read: Overtaken."""
    same = (referral.c.id == row.id) & (referral.c.version == row.version)
    _update(connection, referral, same, {**changes, "version": row.version + 1})


def _update(connection: Connection, table: Table, same: ColumnElement[bool], changes: Changes) -> None:
    if connection.execute(update(table).where(same).values(**VALUES.columns(changes))).rowcount != 1:
        raise Overtaken


def get(connection: Connection, kind: type[R], row_id: str) -> R | None:
    """Return the row with that id, None where there is none."""
    table = VALUES.table(kind)
    row = connection.execute(select(table).where(table.c.id == row_id)).one_or_none()
    return None if row is None else read(kind, row)


def asks_of(connection: Connection, referral_id: str) -> list[Ask]:
    """Return every hospital the referral was put to, in the order they were asked."""
    query = select(ask).where(ask.c.referral == referral_id).order_by(ask.c.position)
    return [read(Ask, row) for row in connection.execute(query)]


def history_of(connection: Connection, referral_id: str) -> list[Happening]:
    """Return what happened to the referral, the oldest first."""
    query = select(event).where(event.c.referral == referral_id).order_by(event.c.number)
    return [read(Happening, row) for row in connection.execute(query)]


def owed_for(connection: Connection, referral_id: str) -> list[Owed]:
    """Return what is or was owed for the referral."""
    query = select(owed).where(owed.c.referral == referral_id)
    return [read(Owed, row) for row in connection.execute(query)]


def all_owed(connection: Connection) -> list[Owed]:
    """Return what is owed now, the oldest first."""
    query = select(owed).where(owed.c.done_at_us.is_(None)).order_by(owed.c.deadline_us)
    return [read(Owed, row) for row in connection.execute(query)]


def next_number(connection: Connection, referral_id: str) -> int:
    """Return the number of the referral's next happening."""
    last = connection.scalar(select(func.max(event.c.number)).where(event.c.referral == referral_id))
    return (last or 0) + 1


def clear_place(connection: Connection, subject: str) -> None:
    """Take out where an erased patient was: the one thing of theirs that stands here unsealed."""
    nowhere = {"latitude": None, "longitude": None}
    connection.execute(update(referral).where(referral.c.subject == subject).values(nowhere))


def with_source(connection: Connection, system: str, ticket: str) -> Referral | None:
    """Return the referral of that ticket of the dispatch system."""
    same = (referral.c.source_system == system) & (referral.c.source_ticket == ticket)
    row = connection.execute(select(referral).where(same)).one_or_none()
    return None if row is None else read(Referral, row)


def in_states(connection: Connection, states: Sequence[State], *, limit: int) -> list[Referral]:
    """Return at most *limit* referrals in one of *states*, the last changed first."""
    query = select(referral).where(referral.c.state.in_([str(state) for state in states]))
    rows = connection.execute(query.order_by(referral.c.changed_at_us.desc()).limit(limit))
    return [read(Referral, row) for row in rows]


def urgent_first(connection: Connection, states: Sequence[State], *, limit: int) -> list[Referral]:
    """Return at most *limit* referrals in one of *states*: alarms, timers, then the longest untouched."""
    query = select(referral).where(referral.c.state.in_([str(state) for state in states]))
    order = (
        referral.c.alarm.is_(None),
        referral.c.due_at_us.is_(None),
        referral.c.due_at_us,
        referral.c.changed_at_us,
    )
    rows = connection.execute(query.order_by(*order).limit(limit))
    return [read(Referral, row) for row in rows]


def alarmed(connection: Connection) -> list[str]:
    """Return the ids of the referrals with an alarm that nobody has seen to; ended ones, too."""
    return list(connection.scalars(select(referral.c.id).where(referral.c.alarm.is_not(None))))


def with_ids(connection: Connection, ids: Sequence[str]) -> list[Referral]:
    """Return the referrals with those ids."""
    query = select(referral).where(referral.c.id.in_(list(ids)))
    return [read(Referral, row) for row in connection.execute(query)]


def named(connection: Connection, name: str, *, limit: int) -> list[Referral]:
    """Return the referrals with that id or that ticket, the last changed first."""
    its = (referral.c.id == name) | (referral.c.source_ticket == name)
    query = select(referral).where(its).order_by(referral.c.changed_at_us.desc()).limit(limit)
    return [read(Referral, row) for row in connection.execute(query)]


def owed_at(connection: Connection, ids: Sequence[str]) -> list[Owed]:
    """Return what is or was owed for those referrals."""
    query = select(owed).where(owed.c.referral.in_(list(ids))).order_by(owed.c.owed_since_us)
    return [read(Owed, row) for row in connection.execute(query)]


def asks_at(connection: Connection, ids: Sequence[str]) -> list[Ask]:
    """Return the asks of those referrals."""
    query = select(ask).where(ask.c.referral.in_(list(ids))).order_by(ask.c.referral, ask.c.position)
    return [read(Ask, row) for row in connection.execute(query)]


def open_at(connection: Connection, hospital: str) -> list[Ask]:
    """Return what a hospital was asked and may still change its mind about."""
    ended = [str(state) for state in ENDED]
    query = (
        select(ask)
        .join(referral, referral.c.id == ask.c.referral)
        .where(ask.c.hospital == hospital, referral.c.state.not_in(ended))
    )
    return [read(Ask, row) for row in connection.execute(query)]


def due(table: Table, connection: Connection, at_us: int, limit: int) -> list[tuple[str, int]]:
    """Return id and turn of at most *limit* rows of *table* that are due, the oldest first."""
    rows = connection.execute(_due(table.c.due_at_us, table.c.turn), {"at": at_us, "most": limit})
    return [(row.id, row.turn) for row in rows]


@cache
def _due(due_at_us: Column[int], turn: Column[int]) -> Select[Any]:
    """Return what selects the first rows whose time has come; built once, since it is asked all the time."""
    query = select(due_at_us.table.c.id, turn.label("turn")).where(due_at_us <= bindparam("at"))
    return query.order_by(due_at_us).limit(bindparam("most"))


def change_coverage(connection: Connection, referral_id: str, turn: int, changes: Changes) -> None:
    """Set what is known of the patient's coverage, which is no other version: Overtaken if another has."""
    same = (referral.c.id == referral_id) & (referral.c.coverage_turn == turn)
    _update(connection, referral, same, changes)


def coverage_due(connection: Connection, at_us: int, limit: int) -> list[tuple[str, int]]:
    """Return the referrals whose patient's coverage is to be asked for."""
    query = _due(referral.c.coverage_due_at_us, referral.c.coverage_turn)
    return [(row.id, row.turn) for row in connection.execute(query, {"at": at_us, "most": limit})]
