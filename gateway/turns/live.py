"""The turns under way in this process, by the queue's key; they outlive a connection to the queue."""

import asyncio

from gateway.alarms import Alarms

from .executor import LIVE, carried
from .kind import Kind


class Live:
    """Carries each turn in a task of its own; a turn handed out a second time is the one under way."""

    def __init__(self, alarms: Alarms) -> None:
        """Take where a turn that fails again and again is told."""
        self._alarms = alarms
        self._tasks: dict[str, asyncio.Task[bool]] = {}

    def turn(self, kind: Kind, row: str, turn: int) -> "asyncio.Task[bool]":
        """Return the task that carries this turn; its result is False when it failed."""
        key = f"{kind.name}/{row}.{turn}"
        task = self._tasks.get(key)
        if task is None:
            task = asyncio.create_task(carried(kind, row, turn, self._alarms), name=f"turn {kind.name}")
            self._tasks[key] = task
            task.add_done_callback(lambda _: self._ended(key))
            LIVE.set(len(self._tasks))
        return task

    async def cut_off(self) -> None:
        """Cancel everything that is under way: its rows are due again."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: str) -> None:
        del self._tasks[key]
        LIVE.set(len(self._tasks))
