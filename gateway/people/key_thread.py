"""The one thread with the one connection to the key database."""

import sqlite3
from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from gateway.db import CannotWrite
from gateway.db.batching import BatchThread, Overrun, Pending, Stalled
from gateway.db.faults import word

from .secret_files import WrongKeys

R = TypeVar("R")
Job = Callable[[Connection], Any]
Waiting = Pending[Job, Any]

log = structlog.get_logger(__name__)


class KeyThread:
    """Does what is waiting in one transaction with one commit; an answer within *patience_s* seconds."""

    def __init__(self, connector: Engine, *, patience_s: float) -> None:
        """Take the *connector*; nothing is connected before the first job."""
        self._connector = connector
        self._connection: Connection | None = None
        self.trouble: str | None = None  # why the last batch could not be committed
        self._patience_s = patience_s
        self._thread = BatchThread[Job, Any](
            "people", self._perform, patience_s=patience_s, on_stop=self._disconnect
        )

    def start(self) -> None:
        """Start the thread, in the running event loop."""
        self._thread.start()

    async def stop(self) -> None:
        """Finish what is waiting and disconnect."""
        await self._thread.stop()

    async def submit(self, job: Callable[[Connection], R]) -> R:
        """
        Commit what *job* does and return what it returned. Raises CannotWrite.

        It shares its transaction with others: what it raises is a file's fault (OSError, WrongKeys), before
        it has changed anything, or undoes them all.
        """
        try:
            return cast(R, await self._thread.submit(job))
        except Overrun as exc:
            raise CannotWrite("the key database's queue is full or closed") from exc
        except Stalled as exc:
            reason = f"no answer of the key database within {self._patience_s:.0f} s"
            raise CannotWrite(reason, may_have_happened=True) from exc

    def _perform(self, batch: list[Waiting]) -> None:
        wanted = [pending for pending in batch if not pending.given_up]
        committing = False
        try:
            transaction = self._connected().begin()
            for pending in wanted:
                _do(pending, self._connected())
            committing = True
            transaction.commit()
        except Exception as exc:  # noqa: BLE001  the thread's edge: every failure becomes an answer
            self._broke(wanted, exc, may_have_happened=committing)
        else:
            self._recovered()

    def _broke(self, batch: list[Waiting], exc: Exception, *, may_have_happened: bool) -> None:
        """Answer everybody, and trust the connection no longer: closing it undoes what was not committed."""
        reason = _reason(exc)
        if reason != self.trouble:
            log.warning("people.unavailable", reason=reason, jobs=len(batch))
        self.trouble = reason
        self._disconnect()
        for pending in batch:
            pending.fail(_cannot(exc, may_have_happened=may_have_happened))

    def _recovered(self) -> None:
        if self.trouble is not None:
            log.info("people.available")
        self.trouble = None

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._connector.connect()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.invalidate()
            connection.close()
        except Exception as exc:  # noqa: BLE001  it is being thrown away; how it complains changes nothing
            log.debug("people.disconnected", reason=_reason(exc))


def _do(pending: Waiting, connection: Connection) -> None:
    try:
        pending.settle(pending.job(connection))
    except (OSError, WrongKeys) as exc:
        pending.fail(_cannot(exc))


def _cannot(exc: Exception, *, may_have_happened: bool = False) -> CannotWrite:
    failure = CannotWrite(f"the key database: {_reason(exc)}", may_have_happened=may_have_happened)
    failure.__cause__ = exc
    return failure


def _reason(exc: Exception) -> str:
    """Name the failure; of an unexpected one only the kind, for nobody knows what its words tell."""
    known = isinstance(exc, DBAPIError | sqlite3.Error | OSError | WrongKeys)
    return word(exc) if known else type(exc).__name__
