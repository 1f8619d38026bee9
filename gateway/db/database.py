"""What rooms see of the database: write with an entry, record an entry, read."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from contracts.audit import Entry

from . import engine
from .batching import BatchThread, Overrun, Stalled
from .faults import CannotRead, CannotWrite, is_sick, word
from .ledger import Ledger
from .writer import Job, Writer

R = TypeVar("R")

READS_AT_MOST = 1000
PATIENCE_S = 5.0  # a server that stalls behind a live connection answers neither yes nor no, for hours
SWITCH_S = 0.0005


def _nothing(_: Connection) -> None:
    return None


_PROBE = Job(_nothing, (), may_be_silent=True)


class Database:
    """
    The database behind *url*: one writer thread, *readers* reading connections.

    *waiting* bounds the jobs that queue for the writer; *busy_ms* how long it waits for a lock, *patience_s*
    how long anybody waits for an answer.
    """

    def __init__(
        self,
        url: str,
        ledger: Ledger,
        *,
        readers: int = 4,
        batch: int = 256,
        waiting: int = 10_000,
        patience_s: float = PATIENCE_S,
        busy_ms: int = engine.BUSY_MS,
    ) -> None:
        """Take the SQLAlchemy *url* of a migrated database; nothing is opened yet."""
        self._writer = Writer(engine.writing(url, busy_ms=busy_ms), ledger)
        self._thread = BatchThread[Job, Any](
            "db-writer",
            self._writer.perform,
            at_most=batch,
            room=waiting,
            patience_s=patience_s,
            on_stop=self._writer.close,
        )
        self._patience_s = patience_s
        self._reading = engine.reading(url, connections=readers, busy_ms=busy_ms)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="db-reader")
        self._questions = 0

    async def start(self) -> None:
        """
        Start the writer and find the end of the log.

        Raises CannotWrite when that fails; the writer runs all the same and connects when it can.
        """
        # With Python's 5 ms a busy event loop starves the writer: commits took 2-4 s, with this 0.06 s.
        sys.setswitchinterval(min(sys.getswitchinterval(), SWITCH_S))
        self._thread.start()
        await self._submit(_PROBE)

    async def close(self) -> None:
        """Finish what is queued and close every connection."""
        await self._thread.stop()
        self._readers.shutdown(wait=self.healthy, cancel_futures=True)
        self._reading.dispose()

    @property
    def healthy(self) -> bool:
        """Whether the last batch could be committed, and none has been under way for too long."""
        return self._writer.healthy and not self._thread.stalls

    @property
    def trouble(self) -> str | None:
        """Why it is not healthy, in one line for the log and alarms."""
        return "no answer" if self._thread.stalls else self._writer.trouble

    async def write(
        self,
        change: Callable[[Connection], R],
        *,
        entries: Sequence[Entry] | Callable[[R], Sequence[Entry]],
    ) -> R:
        """
        Commit *change* and its audit *entries* in one transaction; return what *change* returned.

        *change* is SQLAlchemy Core without I/O or await; it may run twice, the first time undone.
        What it raises reaches only this caller, and nothing of it is kept. Raises CannotWrite, or
        ValueError without an entry. When the caller gives up before it has begun, it does not happen;
        later it may.
        """
        if not callable(entries) and not entries:
            raise ValueError("no change without its entry")
        return cast(R, await self._submit(Job(change, entries)))

    async def record(self, *entries: Entry) -> None:
        """Commit *entries* that belong to no change. Raises as `write`."""
        await self.write(_nothing, entries=entries)

    async def replay(self, entries: Sequence[Entry]) -> int:
        """Commit those of *entries* that the log does not hold yet; return how many. Raises CannotWrite."""

        def missing(connection: Connection) -> list[Entry]:
            return self._writer.missing(connection, entries)

        return len(await self._submit(Job(missing, list, may_be_silent=True)))

    async def maintain(self, upkeep: Callable[[Connection], None]) -> None:
        """Commit what the log does for itself, which has no entry: its checkpoints. Raises CannotWrite."""
        await self._submit(Job(upkeep, (), may_be_silent=True))

    async def read(self, query: Callable[[Connection], R]) -> R:
        """Return what *query* returns, from one transaction of its own. Raises CannotRead."""
        if self._questions >= READS_AT_MOST:
            raise CannotRead("too many questions are waiting")
        self._questions += 1
        try:
            async with asyncio.timeout(self._patience_s):
                return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, query)
        except TimeoutError:
            raise CannotRead(f"no answer within {self._patience_s:.0f} s") from None
        finally:
            self._questions -= 1

    def _read(self, query: Callable[[Connection], R]) -> R:
        try:
            with self._reading.connect() as connection:
                return query(connection)
        except DBAPIError as exc:
            if is_sick(exc):
                raise CannotRead(word(exc)) from exc
            raise

    async def _submit(self, job: Job) -> Any:
        try:
            return await self._thread.submit(job)
        except Overrun as exc:
            raise CannotWrite("the writer's queue is full or closed") from exc
        except Stalled as exc:
            reason = f"no answer within {self._patience_s:.0f} s"
            raise CannotWrite(reason, may_have_happened=True) from exc
