"""The audit log's tables and the few statements that touch them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
    tuple_,
)

from gateway.db import metadata

# INSERT only: triggers of the first migration refuse everything else on both dialects.
# `log` is one writer's chain; a merged order, checkpoints and sealed data come as tables beside this one.
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("log", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("ts", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("subj", Text),
    Column("partner", Text),
    Column("req", Text),
    Column("key", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("leaf", Text, nullable=False),
    UniqueConstraint("key"),
)
Index(None, audit_entry.c.ts)

# Who a pseudonym is: an HMAC under a key outside the database, never the number itself.
subject = Table(
    "subject",
    metadata,
    Column("hmac", LargeBinary, primary_key=True),
    Column("pseudonym", Text, nullable=False, unique=True),
    Column("created_at", Text, nullable=False),
)


MOST_AT_ONCE = 256  # rows: SQLite takes 32,766 parameters a statement, PostgreSQL 65,535


class Row(NamedTuple):
    """One sealed entry as it lies in the table: the record's exact text, and what is searched for."""

    log: str
    seq: int
    ts: str
    act: str
    subj: str | None
    partner: str | None
    req: str | None
    key: str
    record: str
    leaf: str


@lru_cache(maxsize=32)
def _insertion(dialect: Dialect, rows: int) -> str:
    """Compile the one hot statement for so many *rows*; the parameters are Row's fields in their order."""
    compiled = insert(audit_entry).compile(dialect=dialect)
    if compiled.positiontup != list(Row._fields):
        raise TypeError("rows travel by position")
    head, values, row = str(compiled).partition(" VALUES ")
    return head + values + ", ".join([row] * rows)


def add(connection: Connection, rows: Sequence[Row]) -> None:
    """
    Insert *rows*, by statements for 1, 2, 4 ... of them, so that few different ones are ever prepared.

    Row by row the driver gives Python's lock away and waits for it behind a busy event loop each time.
    """
    start = 0
    while start < len(rows):
        count = min(MOST_AT_ONCE, 1 << (len(rows) - start).bit_length() - 1)
        values = tuple(chain.from_iterable(rows[start : start + count]))
        connection.exec_driver_sql(_insertion(connection.dialect, count), values)
        start += count


def last(connection: Connection, log: str) -> tuple[int, str, str] | None:
    """Return `seq`, `leaf` and `record` of the newest entry of *log*, None when it has none."""
    newest = (
        select(audit_entry.c.seq, audit_entry.c.leaf, audit_entry.c.record)
        .where(audit_entry.c.log == log)
        .order_by(audit_entry.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(newest).first()
    return None if row is None else (row.seq, row.leaf, row.record)


def known_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Return those of *keys* that some log holds."""
    held = select(audit_entry.c.key).where(audit_entry.c.key.in_(list(keys)))
    return set(connection.scalars(held))


@lru_cache(maxsize=8)
def _look_up(dialect: Dialect) -> str:
    wanted = select(subject.c.pseudonym).where(subject.c.hmac == bindparam("hmac"))
    return str(wanted.compile(dialect=dialect))


def pseudonym(connection: Connection, index: bytes) -> str | None:
    """Return the pseudonym under an HMAC; asked in every change about a person, so compiled once."""
    found: str | None = connection.exec_driver_sql(_look_up(connection.dialect), (index,)).scalar()
    return found


def pages(connection: Connection, *, size: int = 1000) -> Iterator[Sequence[tuple[str, int, str, str]]]:
    """Yield (log, seq, leaf, record) of everything, by log and number, *size* at a time."""
    wanted = select(audit_entry.c.log, audit_entry.c.seq, audit_entry.c.leaf, audit_entry.c.record)
    position = tuple_(audit_entry.c.log, audit_entry.c.seq)
    page = wanted.order_by(audit_entry.c.log, audit_entry.c.seq).limit(size)
    rows = [tuple(row) for row in connection.execute(page)]
    while rows:
        yield rows
        rows = [tuple(row) for row in connection.execute(page.where(position > rows[-1][:2]))]
