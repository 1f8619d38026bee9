"""The one place where anything is changed: a batch of jobs, one transaction, one commit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Connection, Engine

from contracts.audit import Entry

from .batching import Pending
from .faults import CannotWrite, has_collided, is_sick, word
from .ledger import Ledger

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A *change*, and the audit entries that belong to it or a function that names them from its result."""

    change: Callable[[Connection], Any]
    entries: Sequence[Entry] | Callable[[Any], Sequence[Entry]]
    may_be_silent: bool = False

    def run(self, connection: Connection) -> tuple[Any, Sequence[Entry]]:
        """Make the change; return its result and its entries. ValueError when it leaves none."""
        result = self.change(connection)
        entries = self.entries(result) if callable(self.entries) else self.entries
        if not entries and not self.may_be_silent:
            raise ValueError("no change without its entry")
        return result, entries


Waiting = Pending[Job, Any]


class Writer:
    """The writing connection and the ledger; used by one thread only."""

    def __init__(self, engine: Engine, ledger: Ledger) -> None:
        """Take the *engine* to connect by; nothing is opened yet."""
        self._engine = engine
        self._ledger = ledger
        self._connection: Connection | None = None
        self.healthy = False
        self.trouble: str | None = None  # why the last batch could not be committed

    def perform(self, batch: list[Waiting]) -> None:
        """Do the batch bare; if a job raises, undo it all and do each in a savepoint of its own."""
        try:
            connection = self._connected()
            try:
                self._bare(connection, batch)
            except Exception as exc:
                self._ledger.rolled_back()
                if is_sick(exc):
                    raise
                self._one_by_one(connection, batch)
        except BaseException as exc:  # noqa: BLE001 - the writer's edge: every failure becomes an answer
            self._broke(batch, exc)
        else:
            self._recovered()

    def missing(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """Return those of *entries* the ledger does not hold; for use inside a job."""
        return self._ledger.missing(connection, entries)

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _bare(self, connection: Connection, batch: list[Waiting]) -> None:
        transaction = connection.begin()
        try:
            entries: list[Entry] = []
            for pending in _still_wanted(batch):
                result, its_own = pending.job.run(connection)
                pending.settle(result)
                entries.extend(its_own)
            self._ledger.append(connection, entries)
        except BaseException:
            transaction.rollback()
            raise
        self._commit(connection)

    def _one_by_one(self, connection: Connection, batch: list[Waiting]) -> None:
        transaction = connection.begin()
        try:
            for pending in _still_wanted(batch):
                self._in_savepoint(connection, pending)
        except BaseException:
            transaction.rollback()
            raise
        self._commit(connection)

    def _in_savepoint(self, connection: Connection, pending: Waiting) -> None:
        savepoint = connection.begin_nested()
        try:
            result, entries = pending.job.run(connection)
            # Last in the savepoint: if it raises, the ledger stands where it stood.
            self._ledger.append(connection, entries)
        except Exception as exc:
            if is_sick(exc):
                raise
            # Not by `with`: on a full disk SQLite has undone everything already, and that there is no
            # savepoint left must end the batch; going on, each job would commit by itself, off the chain.
            savepoint.rollback()
            pending.fail(_cannot_write(exc) if has_collided(exc) else exc)
        else:
            savepoint.commit()
            pending.settle(result)

    def _commit(self, connection: Connection) -> None:
        try:
            connection.commit()
        except Exception as exc:
            # Whether it happened is unknown until the log's end is read again.
            raise CannotWrite(word(exc), may_have_happened=True) from exc
        self._ledger.committed()

    def _broke(self, batch: list[Waiting], exc: BaseException) -> None:
        """Answer everybody, and trust neither the connection nor the ledger's memory any longer."""
        reason = word(exc)
        if reason != self.trouble:
            log.warning("database.unwritable", reason=reason, jobs=len(batch))
        self.healthy, self.trouble = False, reason
        self._ledger.rolled_back()
        self._discard()
        for pending in batch:
            if pending.error is None:
                pending.fail(_cannot_write(exc))

    def _discard(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except Exception as exc:  # noqa: BLE001 - it is being thrown away; how it complains changes nothing
            log.debug("database.discarded", reason=word(exc))

    def _recovered(self) -> None:
        if not self.healthy:
            log.info("database.writable")
        self.healthy, self.trouble = True, None


def _still_wanted(batch: list[Waiting]) -> Iterator[Waiting]:
    return (pending for pending in batch if not pending.given_up)


def _cannot_write(exc: BaseException) -> CannotWrite:
    may_have = isinstance(exc, CannotWrite) and exc.may_have_happened
    failure = CannotWrite(word(exc), may_have_happened=may_have)
    failure.__cause__ = exc
    return failure
