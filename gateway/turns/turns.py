"""
Turns: one attempt at one row that is due.

Domain rows are the truth; a crash anywhere leaves a row that is due. A kind's `carry` sets, by
compare-and-set on the row's turn, either a final state or the next time; nothing waits inside a turn. After a
commit that made something due `look` makes the next sweep now.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from gateway.alarms import Alarms
from gateway.db import CannotRead, Database

from .executor import Executor
from .in_process import InProcess
from .kind import Due, Kind

TOGETHER_S = 0.01  # calls that come within it are one sweep: under load each turn's end calls for some

log = structlog.get_logger(__name__)


class Turns:
    """Sweeps for what is due, *every_s* seconds apart at most, and hands it to the *executor*."""

    def __init__(
        self, database: Database, alarms: Alarms, *, executor: Executor | None = None, every_s: float = 0.5
    ) -> None:
        """Take the started *database*; kinds are added before `run`. Without an executor: in this process."""
        self._database = database
        self._executor = executor or InProcess(alarms)
        self._every_s = every_s
        self._kinds: dict[str, Kind] = {}
        self._waiting: dict[str, int] = {}  # by kind: how many rows were due and waited for their own reasons
        self._wanted: set[str] = set()
        self._wake = asyncio.Event()

    def add(self, kind: Kind) -> None:
        """Add a kind of row."""
        self._kinds[kind.name] = kind

    def look(self, *kinds: str) -> None:
        """Say that something of these *kinds* (or of any) may have come due: the next sweep is now."""
        self._wanted.update(kinds or self._kinds)
        self._wake.set()

    async def run(self) -> None:
        """Sweep until cancelled; what is under way then is cut off, and due again at the next start."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._executor.run(self.look))
            group.create_task(self._sweep_again_and_again())

    async def _sweep_again_and_again(self) -> None:
        while True:
            await self._sweep(list(self._kinds.values()))
            until = asyncio.get_running_loop().time() + self._every_s
            while len(wanted := await self._called_for(until)) < len(self._kinds):
                await self._sweep([self._kinds[name] for name in self._kinds if name in wanted])
                await asyncio.sleep(TOGETHER_S)

    async def _called_for(self, until: float) -> set[str]:
        """Wait until somebody calls to look, and return at which kinds; at that time of the loop at all."""
        try:
            async with asyncio.timeout_at(until):
                await self._wake.wait()
        except TimeoutError:
            self.look()
        self._wake.clear()
        wanted, self._wanted = self._wanted, set()
        return wanted

    async def _sweep(self, kinds: Sequence[Kind]) -> None:
        at_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        at_most = {kind.name: self._executor.at_most + 1 + self._waiting.get(kind.name, 0) for kind in kinds}

        def due(connection: Connection) -> list[Sequence[Due | tuple[str, int]]]:
            return [kind.due(connection, at_us, at_most[kind.name]) for kind in kinds]

        try:
            found = await self._database.read(due)
        except CannotRead as exc:
            log.debug("turns.cannot_look", reason=str(exc))
            return
        for kind, rows in zip(kinds, found, strict=True):
            self._start(kind, [Due(*row) for row in rows], at_most[kind.name])

    def _start(self, kind: Kind, rows: Sequence[Due], asked: int) -> None:
        before = self._waiting.get(kind.name, 0)
        self._waiting[kind.name] = waiting = self._executor.start(kind, rows)
        if len(rows) >= asked and waiting > before:
            self.look(kind.name)  # they may have hidden others
