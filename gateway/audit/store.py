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
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)

from contracts.audit import Entry
from gateway.db import metadata

# INSERT only, as its three neighbours in `evidence_store`: triggers refuse all else on both dialects.
# `log` is one writer's chain; a merged order of several comes as a table beside this one.
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
# Only entries about somebody: what an auditor asks about a person must not cost every bed answer a page.
_SOMEBODYS = audit_entry.c.subj.is_not(None)
Index(None, audit_entry.c.subj, audit_entry.c.ts, sqlite_where=_SOMEBODYS, postgresql_where=_SOMEBODYS)

LARGEST = 2**53 - 1
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


def log_names(connection: Connection) -> set[str]:
    """Return the names of all logs that hold an entry."""
    return set(connection.scalars(select(audit_entry.c.log).distinct()))


def missing(connection: Connection, given: Sequence[Entry]) -> list[Entry]:
    """Return those of *given* whose key no log holds, each key once, in order."""
    known = known_keys(connection, [entry.key for entry in given])
    return list({entry.key: entry for entry in given if entry.key not in known}.values())


def one(connection: Connection, log: str, seq: int) -> str | None:
    """Return the record of one entry."""
    place = (audit_entry.c.log == log) & (audit_entry.c.seq == seq)
    record: str | None = connection.scalar(select(audit_entry.c.record).where(place))
    return record


def entries(
    connection: Connection, log: str, *, upto: int = LARGEST, page: int = 1000
) -> Iterator[tuple[int, str, str]]:
    """Yield (seq, leaf, record) of the entries of *log* to number *upto*, in order, *page* at a time."""
    columns = select(audit_entry.c.seq, audit_entry.c.leaf, audit_entry.c.record)
    wanted = (audit_entry.c.log == log) & (audit_entry.c.seq <= upto)
    ordered = columns.where(wanted).order_by(audit_entry.c.seq).limit(page)
    last: int | None = None
    while True:
        rows = connection.execute(ordered if last is None else ordered.where(audit_entry.c.seq > last)).all()
        yield from (tuple(row) for row in rows)
        if len(rows) < page:
            return
        last = rows[-1].seq
