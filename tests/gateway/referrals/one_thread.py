"""
The gateway's own writer over a real SQLite file, in the thread of the test, with an end at any moment.

What is asked of it happens at once and always in the same order, so that a test may stop the clock, and end
the life of a process before or after any commit, reading or message.
"""

import asyncio
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event

from contracts import Entry
from gateway.db import engine
from gateway.db.batching import Pending
from gateway.db.writer import Job, Writer

R = TypeVar("R")


class Killed(BaseException):
    """The process has ended; no handler of its own runs any more."""


class Life:
    """One process: it ends after so many *checkpoints*, and what it tries after that does not happen."""

    def __init__(self) -> None:
        self.checkpoints_left: int | None = None
        self.over = False

    def checkpoint(self) -> None:
        """Go on, or end. Raises Killed."""
        if self.checkpoints_left is not None:
            self.checkpoints_left -= 1
            self.over = self.over or self.checkpoints_left < 0
        if self.over:
            raise Killed


class Ledger:
    """The audit log: what has been committed, in order."""

    def __init__(self, heard: Callable[[Entry], None]) -> None:
        self._heard = heard
        self._appended: list[Entry] = []

    def append(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Keep them until the commit."""
        self._appended += entries

    def missing(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """Miss all of them."""
        return list(entries)

    def committed(self) -> None:
        """Tell each."""
        for each in self._appended:
            self._heard(each)
        self._appended.clear()

    def rolled_back(self) -> None:
        """Forget what was not committed."""
        self._appended.clear()


class OneThread:
    """Stands where a Database stands, for one *life*."""

    def __init__(self, url: str, ledger: Ledger, life: Life) -> None:
        writing = engine.writing(url)
        event.listen(writing, "connect", _fast)
        self._writer = Writer(writing, ledger)
        self._reading = engine.reading(url, connections=1)
        self._life = life

    async def write(
        self, change: Callable[[Connection], R], *, entries: Sequence[Entry] | Callable[[R], Sequence[Entry]]
    ) -> R:
        """Commit, as Database does."""
        return await self._submit(Job(change, entries))  # type: ignore[no-any-return]  # what the job returns

    async def record(self, *entries: Entry) -> None:
        """Commit entries alone."""
        await self._submit(Job(lambda _: None, entries))

    async def maintain(self, upkeep: Callable[[Connection], None]) -> None:
        """Commit what has no entry."""
        await self._submit(Job(upkeep, (), may_be_silent=True))

    async def read(self, query: Callable[[Connection], R]) -> R:
        """Answer a question."""
        await asyncio.sleep(0)  # whoever else is under way may come in between
        self._life.checkpoint()
        return self.look(query)

    def look(self, query: Callable[[Connection], R]) -> R:
        """Answer at once, to a test."""
        with self._reading.connect() as connection:
            return query(connection)

    async def _submit(self, job: Job) -> Any:
        await asyncio.sleep(0)
        self._life.checkpoint()
        pending: Pending[Job, Any] = Pending(job, asyncio.get_running_loop().create_future())
        self._writer.perform([pending])
        pending.tell()
        self._life.checkpoint()
        return await pending.future

    def close(self) -> None:
        """Close the file."""
        self._writer.close()
        self._reading.dispose()


def _fast(driver_connection: Any, _: object) -> None:
    driver_connection.execute("PRAGMA synchronous=OFF")  # the end of a process takes no page with it


def copied(template: Path, folder: Path) -> str:
    """Return the URL of a fresh copy of a migrated database."""
    return f"sqlite:///{shutil.copy(template, folder)}"
