"""
Turns: one attempt at one row that is due.

Domain rows are the truth; a crash anywhere leaves a row that is due. A kind's `carry` sets, by
compare-and-set on the row's turn, either a final state or the next time; nothing waits inside a turn. After a
commit that made something due `look` makes the next sweep now.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Connection

from gateway.alarms import Alarms
from gateway.db import CannotRead, CannotWrite, Database

AT_MOST = 200  # turns under way at once
AGAIN_S = 5.0  # before a row whose turn could not even be written down is tried again
STUCK = "turns.stuck"

TURNS = Counter("gerbang_turns_total", "Turns carried out by kind and how they ended.", ("kind", "outcome"))
LIVE = Gauge("gerbang_turns_live", "Turns under way.")

log = structlog.get_logger(__name__)

Due = tuple[str, int]  # a row's id, and the turn it is at


class Kind(Protocol):
    """One kind of row with `due_at` and `turn`."""

    @property
    def name(self) -> str:
        """A stable name for metrics and logs."""
        ...

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[Due]:
        """Return at most *limit* rows due at that time (microseconds since the epoch), the oldest first."""
        ...

    async def carry(self, row: str, turn: int) -> None:
        """Make one attempt. Raises CannotRead, CannotWrite: the row stays due."""
        ...


class Turns:
    """Carries out turns, at most *at_most* at once; *every_s* is the pause between two sweeps."""

    def __init__(
        self, database: Database, alarms: Alarms, *, every_s: float = 0.5, at_most: int = AT_MOST
    ) -> None:
        """Take the started *database*; kinds are added before `run`."""
        self._database = database
        self._alarms = alarms
        self._every_s = every_s
        self._at_most = at_most
        self._kinds: dict[str, Kind] = {}
        self._live: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._resting: dict[tuple[str, str], float] = {}
        self._wake = asyncio.Event()

    def add(self, kind: Kind) -> None:
        """Add a kind of row."""
        self._kinds[kind.name] = kind

    def look(self) -> None:
        """Say that something may have come due: the next sweep is now."""
        self._wake.set()

    def start(self, kind: str, row: str, turn: int) -> None:
        """Start a turn at once unless one at this row is under way or there is no room; then a sweep will."""
        key = (kind, row)
        if key in self._live or len(self._live) >= self._at_most or self._rests(key):
            return
        task = asyncio.create_task(self._carry(self._kinds[kind], row, turn), name=f"turn {kind}")
        self._live[key] = task
        LIVE.set(len(self._live))
        task.add_done_callback(lambda _: self._ended(key))

    async def run(self) -> None:
        """Sweep until cancelled; what is under way then is cancelled too, and due again at the next start."""
        try:
            while True:
                await self._sweep()
                await self._pause()
        finally:
            await self._end_all()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._every_s):
                await self._wake.wait()
        except TimeoutError:
            pass
        self._wake.clear()

    async def _sweep(self) -> None:
        at_us = int(datetime.now(UTC).timestamp() * 1_000_000)
        at_most = self._at_most + len(self._resting)  # rows that fail again and again hide none behind them
        for kind in self._kinds.values():
            try:
                rows = await self._database.read(lambda c, kind=kind: kind.due(c, at_us, at_most))  # type: ignore[misc]  # mypy cannot infer a lambda's default
            except CannotRead as exc:
                log.debug("turns.cannot_look", kind=kind.name, reason=str(exc))
                continue
            for row, turn in rows:
                self.start(kind.name, row, turn)

    async def _carry(self, kind: Kind, row: str, turn: int) -> None:
        outcome = "carried"
        try:
            await kind.carry(row, turn)
            self._alarms.clear(STUCK)
        except (CannotRead, CannotWrite) as exc:
            outcome = "not_written"
            self._rest((kind.name, row))
            log.warning("turn.not_written", kind=kind.name, row=row, reason=str(exc))
        except Exception:  # a turn's edge: the row stays due, and a person sees that something is wrong
            outcome = "broken"
            self._rest((kind.name, row))
            log.exception("turn.broken", kind=kind.name, row=row)
            self._alarms.raise_(STUCK, f"a turn of kind {kind.name} fails again and again: see the log")
        TURNS.labels(kind.name, outcome).inc()

    def _rest(self, key: tuple[str, str]) -> None:
        now = asyncio.get_running_loop().time()
        self._resting = {each: until for each, until in self._resting.items() if until > now}
        self._resting[key] = now + AGAIN_S

    def _rests(self, key: tuple[str, str]) -> bool:
        return self._resting.get(key, 0.0) > asyncio.get_running_loop().time()

    def _ended(self, key: tuple[str, str]) -> None:
        self._live.pop(key, None)
        LIVE.set(len(self._live))
        if len(self._live) == self._at_most - 1:
            self._wake.set()

    async def _end_all(self) -> None:
        tasks = list(self._live.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
