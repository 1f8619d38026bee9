"""Sealing: every entry names the hash of the one before it, so none can be changed, dropped or slipped in."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from contracts.audit import Entry
from gateway.db import CannotWrite

from . import store
from .canonical import NotCanonical, canonical, instant, leaf_of

__all__ = ["START", "Chain", "DamagedEnd", "NotCanonical", "Tip", "seal"]


@dataclass(frozen=True, slots=True)
class Tip:
    """The end of a chain: the newest entry's number and leaf."""

    seq: int
    leaf: str


START = Tip(0, "0" * 64)


class DamagedEnd(CannotWrite):
    """The log's newest entry does not carry its own seal; nothing may be added until a person has looked."""


def seal(
    entries: Sequence[Entry], *, log: str, tip: Tip, mono: int, first: bool = False
) -> tuple[list[store.Row], Tip]:
    """
    Chain *entries* behind *tip*; return their rows and the new tip. Raises NotCanonical.

    *mono* is in milliseconds since this process's *first* entry here, whose own is 0 and nobody else's is:
    a reader sees where a process began, and between two such places a clock that was set back.
    """
    rows = []
    seq, leaf = tip.seq, tip.leaf
    for entry in entries:
        seq, ts = seq + 1, instant(entry.at)
        record = canonical(entry, log=log, seq=seq, ts=ts, mono=0 if first else max(1, mono), prev=leaf)
        leaf = leaf_of(record)
        subj, partner, req = entry.subject, entry.partner, entry.request
        rows.append(store.Row(log, seq, ts, entry.act, subj, partner, req, entry.key, record.decode(), leaf))
        first = False
    return rows, Tip(seq, leaf)


class Chain:
    """The chain of one writer, named *log*: what the database's writer appends entries to."""

    def __init__(self, log: str, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take *monotonic*, a clock in seconds that is never set."""
        self.log = log
        self._monotonic = monotonic
        self._tip: Tip | None = None
        self._began: float | None = None
        self._beginning: float | None = None

    @property
    def tip(self) -> Tip:
        """The end as far as it was read or appended, START before."""
        return self._tip or START

    def append(self, connection: Connection, entries: Sequence[Entry]) -> list[bytes]:
        """Seal and insert *entries* in the open transaction; return their leaves. Raises as `Logbook`."""
        tip = self._tip or self._find_tip(connection)
        rows: list[store.Row] = []
        if entries:
            began = self._began if self._began is not None else self._beginning
            now = self._monotonic()
            mono = 0 if began is None else int((now - began) * 1000)
            rows, tip = seal(entries, log=self.log, tip=tip, mono=mono, first=began is None)
            store.add(connection, rows)
            self._beginning = now if began is None else began
        self._tip = tip
        return [bytes.fromhex(row.leaf) for row in rows]

    def stand_at(self, tip: Tip) -> None:
        """Go back to *tip*: what was appended behind it is undone, in a savepoint that ends."""
        self._tip = tip

    def missing(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """Return those of *entries* whose key no log holds yet, each key once, in order."""
        return store.missing(connection, entries)

    def committed(self) -> None:
        """Keep what was appended."""
        self._began = self._beginning

    def rolled_back(self) -> None:
        """Forget the end; it is read from the disk before the next entry."""
        self._tip = None
        self._beginning = self._began

    def _find_tip(self, connection: Connection) -> Tip:
        claim(connection, self.log)
        newest = store.last(connection, self.log)
        if newest is None:
            return START
        seq, leaf, record = newest
        if leaf_of(record.encode()) != leaf:
            raise DamagedEnd(f"entry {self.log}/{seq} does not carry its own seal")
        return Tip(seq, leaf)


def claim(connection: Connection, log: str) -> None:
    """On PostgreSQL, hold the chain for this session: a second process of the same name waits, then fails."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_lock(hashtextextended(%s, 112))", (f"audit/{log}",))


def is_claimed(connection: Connection, log: str) -> bool:
    """Say whether another session holds the chain."""
    if connection.dialect.name != "postgresql":
        return False
    name, key = (f"audit/{log}",), "hashtextextended(%s, 112)"
    is_free = connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({key})", name).scalar_one()
    if is_free:
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({key})", name)
    return not is_free
