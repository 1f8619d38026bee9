"""Rows in memory, and turns over them by either executor: in this process, or through a real queue."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from inspect import Signature, signature
from typing import Any, cast

import pytest

from gateway.alarms import Alarms
from gateway.db import CannotRead, Database
from gateway.turns import Due, Executor, InProcess, Turns
from gateway.turns.queued import Queued
from tests.virtual_time import JumpingLoop, now


class Rows:
    """A kind of turn, and the database that is asked for its rows."""

    def __init__(self, *names: str, name: str = "row") -> None:
        self.name = name
        self.due_now: dict[str, Due] = {}
        self.carried: list[tuple[str, int]] = []
        self.at: list[float] = []
        self.faults: dict[str, Exception] = {}
        self.limits: dict[str, int] = {}
        self.held = asyncio.Event()
        self.held.set()
        self.under_way: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.away = False
        self.add(names)

    def add(self, names: Iterable[str], *, group: str = "") -> None:
        """Have rows of that *group* come due."""
        self.due_now |= {name: Due(name, 0, group) for name in names}

    async def read(self, query: Callable[[Any], Any]) -> Any:
        """Stand in for Database.read."""
        if self.away:
            raise CannotRead("away")
        return query(None)

    def due(self, connection: Any, at_us: int, limit: int) -> Sequence[Due]:
        """Return what is due, the oldest first."""
        return list(self.due_now.values())[:limit]

    def limit(self, group: str) -> int | None:
        """Return how many of a group may be under way."""
        return self.limits.get(group)

    async def carry(self, row: str, turn: int) -> None:
        """Carry it, and have it done."""
        self.carried.append((row, turn))
        self.at.append(now())
        group = self.due_now[row].group
        for each in {group, ""}:
            self.under_way[each] += 1
            self.most[each] = max(self.most[each], self.under_way[each])
        try:
            await self.held.wait()
            await asyncio.sleep(0.01)
            if row in self.faults:
                raise self.faults[row]
        finally:
            for each in {group, ""}:
                self.under_way[each] -= 1
        self.due_now.pop(row, None)


class Bench:
    """Makes turns for one play."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.queued = not url.startswith("sqlite")

    @asynccontextmanager
    async def running(
        self, rows: Rows, *, at_most: int = 200, **more: Any
    ) -> AsyncIterator[tuple[Turns, Alarms]]:
        """Run turns over *rows* for a while."""
        alarms = Alarms()
        turns = Turns(cast(Database, rows), alarms, executor=self._executor(alarms, at_most), **more)
        turns.add(rows)
        task = asyncio.create_task(turns.run())
        try:
            yield turns, alarms
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _executor(self, alarms: Alarms, at_most: int) -> Executor:
        if self.queued:
            return Queued(self.url, alarms, at_most=at_most)
        return InProcess(alarms, at_most=at_most)


async def until(condition: Callable[[], object], *, within: float) -> None:
    """Wait until *condition* holds; fail when it takes longer than *within* seconds."""
    deadline = now() + within
    while not condition():
        assert now() < deadline, "it does not come"
        await asyncio.sleep(0.01)


def on_both(play: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Play it with the executor of one process, in virtual time, and with the queue of many, in real time."""

    @pytest.mark.parametrize("executor", ["in_process", "queued"])
    def test(executor: str, request: pytest.FixtureRequest, **given: Any) -> None:
        queued = executor == "queued"
        bench = Bench(request.getfixturevalue("postgres_url") if queued else "sqlite://")
        with asyncio.Runner(loop_factory=None if queued else JumpingLoop) as runner:
            runner.run(play(bench, **given))

    asked = [each for each in signature(play).parameters.values() if each.name != "bench"]
    own = list(signature(test).parameters.values())[:2]
    test.__signature__ = Signature([*own, *asked])
    test.__name__, test.__doc__, test.__module__ = play.__name__, play.__doc__, play.__module__
    return cast(Callable[..., None], test)
