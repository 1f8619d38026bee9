"""The tables beside the entries: which logs there are, what was signed of each, and by which keys."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    insert,
    select,
)

from gateway.db import metadata

from .store import audit_entry

# `ordinal` counts a replica's logs: a clock once set years ahead must not hide the newer log.
audit_log = Table(
    "audit_log",
    metadata,
    Column("log", Text, primary_key=True),
    Column("replica", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    Column("opened_at", Text, nullable=False),
    UniqueConstraint("replica", "ordinal"),
)

# Its primary key is what makes a second tree head of one size impossible. `peaks` is where the tree goes on.
audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("log", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
)

# A key signs from the checkpoint of size `since` on, until the next one does.
audit_key = Table(
    "audit_key",
    metadata,
    Column("log", Text, primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("vkey", Text, nullable=False),
    UniqueConstraint("log", "vkey"),
)


@dataclass(frozen=True, slots=True)
class LogRow:
    """One log: the chain of one replica in one year."""

    log: str
    replica: str
    ordinal: int
    origin: str
    opened_at: str


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """One signed tree head, and the tree's peaks at that size."""

    log: str
    size: int
    note: str
    peaks: bytes


def add_log(connection: Connection, row: LogRow) -> None:
    """Note a new log."""
    values = {name: getattr(row, name) for name in LogRow.__slots__}
    connection.execute(insert(audit_log), [values])


def newest_log(connection: Connection, replica: str) -> LogRow | None:
    """Return the log that *replica* writes now."""
    its = select(audit_log).where(audit_log.c.replica == replica)
    row = connection.execute(its.order_by(audit_log.c.ordinal.desc()).limit(1)).first()
    return None if row is None else LogRow(**row._mapping)


def log_before(connection: Connection, row: LogRow) -> LogRow | None:
    """Return the log that the same replica wrote before *row*'s."""
    older = (audit_log.c.replica == row.replica) & (audit_log.c.ordinal == row.ordinal - 1)
    found = connection.execute(select(audit_log).where(older)).first()
    return None if found is None else LogRow(**found._mapping)


def logs(connection: Connection) -> list[LogRow]:
    """Return every log, by replica and age."""
    ordered = select(audit_log).order_by(audit_log.c.replica, audit_log.c.ordinal)
    return [LogRow(**row._mapping) for row in connection.execute(ordered)]


def add_checkpoint(connection: Connection, row: CheckpointRow) -> None:
    """Keep a signed tree head."""
    values = {name: getattr(row, name) for name in CheckpointRow.__slots__}
    connection.execute(insert(audit_checkpoint), [values])


def newest_checkpoint(connection: Connection, log: str) -> CheckpointRow | None:
    """Return the largest tree head signed of *log*."""
    its = select(audit_checkpoint).where(audit_checkpoint.c.log == log)
    row = connection.execute(its.order_by(audit_checkpoint.c.size.desc()).limit(1)).first()
    return None if row is None else CheckpointRow(row.log, row.size, row.note, bytes(row.peaks))


def notes(connection: Connection, log: str, *, page: int = 1000) -> Iterator[str]:
    """Yield every signed tree head of *log*, the smallest first, read *page* at a time."""
    ordered = select(audit_checkpoint.c.size, audit_checkpoint.c.note).order_by(audit_checkpoint.c.size)
    size = -1
    while True:
        its = (audit_checkpoint.c.log == log) & (audit_checkpoint.c.size > size)
        rows = connection.execute(ordered.where(its).limit(page)).all()
        yield from (row.note for row in rows)
        if len(rows) < page:
            return
        size = rows[-1].size


def first_checkpoint_from(connection: Connection, log: str, size: int) -> str | None:
    """Return the note of the smallest tree head of *log* that covers *size* entries."""
    covers = (audit_checkpoint.c.log == log) & (audit_checkpoint.c.size >= size)
    wanted = select(audit_checkpoint.c.note).where(covers).order_by(audit_checkpoint.c.size).limit(1)
    note: str | None = connection.scalar(wanted)
    return note


def add_key(connection: Connection, log: str, *, since: int, vkey: str) -> None:
    """Note that *vkey* signs *log* from the tree head of that size on."""
    connection.execute(insert(audit_key), [{"log": log, "since": since, "vkey": vkey}])


def newest_key(connection: Connection, log: str) -> str | None:
    """Return the verifier key that signs *log* now."""
    its = select(audit_key.c.vkey).where(audit_key.c.log == log)
    vkey: str | None = connection.scalar(its.order_by(audit_key.c.since.desc()).limit(1))
    return vkey


def keys(connection: Connection, log: str) -> list[tuple[int, str]]:
    """Return (since, verifier key) of every key that signed *log*, the first one first."""
    its = select(audit_key.c.since, audit_key.c.vkey).where(audit_key.c.log == log)
    return [(row.since, row.vkey) for row in connection.execute(its.order_by(audit_key.c.since))]


def leaves_behind(connection: Connection, log: str, size: int) -> list[bytes]:
    """Return the leaves of *log* behind its first *size* entries, in order."""
    behind = (audit_entry.c.log == log) & (audit_entry.c.seq > size)
    wanted = select(audit_entry.c.leaf).where(behind).order_by(audit_entry.c.seq)
    return [bytes.fromhex(leaf) for leaf in connection.scalars(wanted)]
