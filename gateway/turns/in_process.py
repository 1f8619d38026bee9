"""The executor of a house with one process: each turn is a task of it."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from gateway.alarms import Alarms

from .executor import AGAIN_S, AT_MOST, LIVE, Look, carried
from .kind import Due, Kind, limit_of

Row = tuple[str, str]  # a kind's name, and a row's id
Group = tuple[str, str]  # a kind's name, and a group's


class InProcess:
    """Carries turns as tasks, at most *at_most* at once; what a stop cuts off is due at the next start."""

    def __init__(self, alarms: Alarms, *, at_most: int = AT_MOST) -> None:
        """Take where a turn that fails again and again is told."""
        self.at_most = at_most
        self._alarms = alarms
        self._live: dict[Row, asyncio.Task[None]] = {}
        self._of: Counter[Group] = Counter()
        self._resting: dict[Row, float] = {}
        self._turned_away: set[Group] = set()  # somebody waits for a place of that group
        self._crowded: set[str] = set()  # kinds somebody of whom waits for any place at all
        self._look: Look = lambda kind: None

    def start(self, kind: Kind, rows: Sequence[Due]) -> int:
        """Start what is not under way and has a place; see `Executor`."""
        self._forget_rested()
        return sum(self._waits(kind, due) for due in rows if (kind.name, due.row) not in self._live)

    async def run(self, look: Look) -> None:
        """Keep the turns' tasks until cancelled; then they are too."""
        self._look = look
        try:
            await asyncio.Event().wait()
        finally:
            await self._end_all()

    def _waits(self, kind: Kind, due: Due) -> bool:
        """Start the row's turn, or say that it waits for a reason of its own."""
        if (kind.name, due.row) in self._resting:
            return True
        if self._is_full(kind, due.group):
            self._turned_away.add((kind.name, due.group))
            return True
        if len(self._live) < self.at_most:
            self._begin(kind, due)
        else:
            self._crowded.add(kind.name)
        return False

    def _is_full(self, kind: Kind, group: str) -> bool:
        limit = limit_of(kind, group)
        return limit is not None and self._of[kind.name, group] >= limit

    def _begin(self, kind: Kind, due: Due) -> None:
        task = asyncio.create_task(self._carry(kind, due), name=f"turn {kind.name}")
        self._live[kind.name, due.row] = task
        self._of[kind.name, due.group] += 1
        LIVE.set(len(self._live))
        task.add_done_callback(lambda _: self._ended(kind.name, due))

    async def _carry(self, kind: Kind, due: Due) -> None:
        if not await carried(kind, due.row, due.turn, self._alarms):
            self._resting[kind.name, due.row] = _now() + AGAIN_S

    def _ended(self, kind: str, due: Due) -> None:
        del self._live[kind, due.row]
        self._of[kind, due.group] -= 1
        if not self._of[kind, due.group]:
            del self._of[kind, due.group]  # groups come and go
        LIVE.set(len(self._live))
        if (kind, due.group) in self._turned_away:
            self._turned_away.discard((kind, due.group))
            self._look(kind)
        while self._crowded:
            self._look(self._crowded.pop())

    def _forget_rested(self) -> None:
        now = _now()
        self._resting = {row: until for row, until in self._resting.items() if until > now}

    async def _end_all(self) -> None:
        tasks = list(self._live.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _now() -> float:
    return asyncio.get_running_loop().time()
