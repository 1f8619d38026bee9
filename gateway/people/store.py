"""
The key database: a row a person, and nothing in it that opens anything without the secrets folder.

Apart from the main database, so that a copy of that one holds no key; deleting here is deleting for good.

SQLite: `secure_delete` writes zeros over what is deleted, and the journal is cut to nothing at each commit;
a write-ahead log would keep old pages. With FULL the cut is on the disk before a commit returns, so no power
cut brings an erased row back (EXTRA adds that only for a journal that is unlinked). Cells that a page once
handed to its neighbour stay in its free space: 2 of 36,000 erased rows were still there, which VACUUM ends.
What the file system and the drive keep in blocks they have freed is beyond that.

PostgreSQL: VACUUM ends dead rows, but free space in a page is not written over (1 of 20 was still there) and
a transaction left open holds VACUUM off; the server's own log, its standbys and backups keep all of them.

Whatever stays is a wrapped key, and worthless once the key that wraps it is gone: `rotation`.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    bindparam,
    delete,
    event,
    func,
    inspect,
    select,
    text,
    update,
)

from gateway.db import engine

tables = MetaData()

person_key = Table(
    "person_key",
    tables,
    Column("hmac", LargeBinary, primary_key=True),
    Column("pseudonym", Text, nullable=False, unique=True),
    Column("kek", Text, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Text, nullable=False),
)

# `id` (of this key database), `subject_key` (mark of the index key), `kek` (id of the key that wraps now),
# `kek-<id>` (what has become of each key it ever had: `rotation`).
key_meta = Table(
    "key_meta", tables, Column("name", Text, primary_key=True), Column("value", Text, nullable=False)
)

_ADD = text(
    "INSERT INTO person_key (hmac, pseudonym, kek, wrapped, created_at)"
    " VALUES (:hmac, :pseudonym, :kek, :wrapped, :created_at) ON CONFLICT DO NOTHING"
)
_NOTE = text(
    "INSERT INTO key_meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
_KEK = "kek-"
_ALONE = 0x6B65_7902  # the PostgreSQL advisory lock of whoever changes anything here
_NOTED = select(key_meta.c.value).where(key_meta.c.name == bindparam("name"))
_BY_HMAC = select(person_key).where(person_key.c.hmac == bindparam("hmac"))
_BY_PSEUDONYM = select(person_key).where(person_key.c.pseudonym == bindparam("pseudonym"))


@dataclass(frozen=True, slots=True)
class KeyRow:
    """One person's wrapped key."""

    hmac: bytes
    pseudonym: str
    kek: str
    wrapped: bytes


def connector(url: str) -> Engine:
    """Return the engine for changes in the key database at *url*."""
    made = engine.writing(url)
    if made.dialect.name == "sqlite":
        event.listen(made, "connect", _keep_no_trace)
    return made


def _keep_no_trace(driver_connection: sqlite3.Connection, _record: object) -> None:
    (mode,) = driver_connection.execute("PRAGMA journal_mode=TRUNCATE").fetchone()
    if mode != "truncate":
        raise sqlite3.OperationalError(f"journal mode {mode}: somebody else holds the key database open")
    driver_connection.execute("PRAGMA secure_delete=ON")
    driver_connection.execute("PRAGMA temp_store=MEMORY")  # VACUUM's copy of everything, never on a disk


def alone(connection: Connection) -> None:
    """
    Let nobody else change anything until this transaction ends; the first thing in every change.

    On SQLite the transaction's beginning has done it. Without it two replicas that make the same people in
    another order wait for each other, and a key could be chosen that another replica is just giving up.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_ALONE,))


def create(connection: Connection) -> None:
    """Make the tables unless they are there."""
    tables.create_all(connection)


def is_made(connection: Connection) -> bool:
    """Say whether there is a key database."""
    return inspect(connection).has_table(key_meta.name)


def note(connection: Connection, name: str, value: str) -> None:
    """Put *value* under *name*."""
    connection.execute(_NOTE, {"name": name, "value": value})


def noted(connection: Connection, name: str) -> str | None:
    """Return what stands under *name*."""
    value: str | None = connection.scalar(_NOTED, {"name": name})
    return value


def find(connection: Connection, hmac: bytes) -> KeyRow | None:
    """Return the person found by that index."""
    return _row(connection.execute(_BY_HMAC, {"hmac": hmac}).first())


def with_pseudonym(connection: Connection, pseudonym: str) -> KeyRow | None:
    """Return the person of that pseudonym."""
    return _row(connection.execute(_BY_PSEUDONYM, {"pseudonym": pseudonym}).first())


def add(connection: Connection, row: KeyRow) -> bool:
    """Add a person unless somebody was first; say whether it was added."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    values = {"hmac": row.hmac, "pseudonym": row.pseudonym, "kek": row.kek, "wrapped": row.wrapped}
    return connection.execute(_ADD, values | {"created_at": now}).rowcount == 1


def erase(connection: Connection, pseudonym: str) -> bool:
    """Delete the person's key and what they are found by; say whether they were there."""
    alone(connection)
    return connection.execute(delete(person_key).where(person_key.c.pseudonym == pseudonym)).rowcount == 1


def leave_no_trace(connector: Engine) -> None:
    """End what deleting leaves in the files, over a connection of its own; 1.5 us a row on SQLite."""
    with connector.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM person_key")
        else:
            # The driver's own: through SQLAlchemy a transaction would be open already.
            driver_connection: Any = connection.connection.driver_connection
            driver_connection.execute("VACUUM")


def wrapping_key(connection: Connection) -> str | None:
    """Return the id of the key that wraps now; after `alone` it stays that to this transaction's end."""
    return noted(connection, "kek")


def keks(connection: Connection) -> dict[str, str]:
    """Return what has become of each wrapping key that is or was ever meant to be this database's."""
    known = connection.execute(select(key_meta).where(key_meta.c.name.startswith(_KEK)))
    return {row.name.removeprefix(_KEK): row.value for row in known}


def note_kek(connection: Connection, kek: str, what: str) -> None:
    """Note what has become of the wrapping key of that id."""
    note(connection, f"{_KEK}{kek}", what)


def keks_in_use(connection: Connection) -> set[str]:
    """Return the ids of the keys that wrap anything."""
    return set(connection.scalars(select(person_key.c.kek).distinct()))


def wrapped_otherwise(connection: Connection, kek: str, *, at_most: int) -> list[KeyRow]:
    """Return some of those that another key than *kek* wraps."""
    others = select(person_key).where(person_key.c.kek != kek).limit(at_most)
    return [row for found in connection.execute(others) if (row := _row(found))]


def rewrap(connection: Connection, row: KeyRow, *, kek: str, wrapped: bytes) -> None:
    """Put the key wrapped anew in its place."""
    its = person_key.c.hmac == row.hmac
    connection.execute(update(person_key).where(its).values(kek=kek, wrapped=wrapped))


def one_of_each(connection: Connection) -> Sequence[KeyRow]:
    """Return a row of each key that wraps anything."""
    firsts = select(func.min(person_key.c.pseudonym)).group_by(person_key.c.kek)
    rows = connection.execute(select(person_key).where(person_key.c.pseudonym.in_(firsts)))
    return [row for found in rows if (row := _row(found))]


def _row(row: Row[Any] | None) -> KeyRow | None:
    return None if row is None else KeyRow(bytes(row.hmac), row.pseudonym, row.kek, bytes(row.wrapped))
