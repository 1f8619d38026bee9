"""Erasures and legal holds; moments as UTC text in ISO 8601, whose order is the order of time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, Row, Table, Text, func, insert, select, update

from contracts import Actor
from gateway.db import metadata

# Begun and not done is what a crash leaves: the next start goes on from there.
erasure = Table(
    "erasure",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("begun_at", Text, nullable=False),
    Column("done_at", Text),
    Column("actor", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("request", Text),
)

legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", Text, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("until", Text, nullable=False),
    Column("placed_at", Text, nullable=False),
    Column("lifted_at", Text),
)
Index(None, legal_hold.c.subject)


@dataclass(frozen=True, slots=True)
class Erasure:
    """An order to erase everything that names *subject*."""

    subject: str
    by: Actor
    request: str | None


@dataclass(frozen=True, slots=True)
class Hold:
    """*subject*'s data must stay until that time, or until somebody lifts it."""

    id: str
    subject: str
    reason: str
    until: datetime
    placed_at: datetime
    lifted_at: datetime | None = None


def begin_erasure(connection: Connection, order: Erasure, *, at: datetime) -> bool:
    """Note that the erasure has begun; say whether nobody had begun it before."""
    if erasure_begun(connection, order.subject):
        return False
    row = {"subject": order.subject, "begun_at": _text(at), "request": order.request}
    connection.execute(insert(erasure), [row | {"actor": order.by.id, "role": order.by.role}])
    return True


def end_erasure(connection: Connection, subject: str, *, at: datetime) -> bool:
    """Note that nothing is left; say whether that was not noted before."""
    open_ = (erasure.c.subject == subject) & erasure.c.done_at.is_(None)
    return connection.execute(update(erasure).where(open_).values(done_at=_text(at))).rowcount == 1


def erasure_begun(connection: Connection, subject: str) -> bool:
    """Say whether the erasure of *subject* has begun; it cannot be called back then."""
    return connection.scalar(select(erasure.c.subject).where(erasure.c.subject == subject)) is not None


def unfinished_erasures(connection: Connection, *, before: datetime) -> list[Erasure]:
    """Return what was begun *before* that time and is not done."""
    open_ = erasure.c.done_at.is_(None) & (erasure.c.begun_at < _text(before))
    rows = connection.execute(select(erasure).where(open_))
    return [Erasure(row.subject, Actor(row.actor, row.role), row.request) for row in rows]


def erased_subjects(connection: Connection) -> list[str]:
    """Return everybody ever erased."""
    return list(connection.scalars(select(erasure.c.subject).where(erasure.c.done_at.is_not(None))))


def count_erased(connection: Connection) -> int:
    """Return how many were ever erased."""
    done = erasure.c.done_at.is_not(None)
    return connection.scalar(select(func.count()).select_from(erasure).where(done)) or 0


def place_hold(connection: Connection, hold: Hold) -> None:
    """Add *hold*."""
    row = {"id": hold.id, "subject": hold.subject, "reason": hold.reason}
    row |= {"until": _text(hold.until), "placed_at": _text(hold.placed_at)}
    connection.execute(insert(legal_hold), [row])


def lift_hold(connection: Connection, hold_id: str, *, at: datetime) -> tuple[Hold | None, bool]:
    """Lift the hold of that id; return it, and whether it stood until now."""
    its = legal_hold.c.id == hold_id
    open_ = its & legal_hold.c.lifted_at.is_(None)
    lifted = connection.execute(update(legal_hold).where(open_).values(lifted_at=_text(at)))
    row = connection.execute(select(legal_hold).where(its)).first()
    return (None if row is None else _hold(row)), lifted.rowcount == 1


def standing_hold(connection: Connection, subject: str, *, at: datetime) -> Hold | None:
    """Return the hold on *subject* that lasts longest of those that stand."""
    stands = (legal_hold.c.subject == subject) & legal_hold.c.lifted_at.is_(None)
    lasting = select(legal_hold).where(stands & (legal_hold.c.until > _text(at)))
    row = connection.execute(lasting.order_by(legal_hold.c.until.desc()).limit(1)).first()
    return None if row is None else _hold(row)


def holds(connection: Connection) -> list[Hold]:
    """Return every hold ever placed, the newest first."""
    return [
        _hold(row) for row in connection.execute(select(legal_hold).order_by(legal_hold.c.placed_at.desc()))
    ]


def _hold(row: Row[Any]) -> Hold:
    lifted = None if row.lifted_at is None else _moment(row.lifted_at)
    return Hold(row.id, row.subject, row.reason, _moment(row.until), _moment(row.placed_at), lifted)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
