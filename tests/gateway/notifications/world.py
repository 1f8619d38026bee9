"""
A world in virtual time: one room over a real database whose process may end at any step, and its partners.

What is asked of it happens at once and in the same order each time, so that a test may end the process before
or after any commit, reading or message, and start another over the same file.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import time_machine
from sqlalchemy import select

from contracts import Alert, Conveyed, Entry, NoAnswer, PartnerError, Unreachable
from gateway.notifications import store
from gateway.notifications.rows import Notification
from gateway.notifications.tables import notification
from gateway.partners.breaker import Breaker
from gateway.partners.registry import NOTIFY
from tests.gateway.referrals.one_thread import Killed, Ledger, Life, OneThread, copied
from tests.virtual_time import JumpingLoop

from .office import FIRE, POLICE, Office, partner

START = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)
R = TypeVar("R")
Mood = Callable[[], str]  # well, away, loses


class System:
    """A partner's system: what it has been sent, in order; it outlives our processes."""

    def __init__(self, mood: Mood) -> None:
        self.mood = mood
        self.came: list[Alert] = []

    @property
    def taken(self) -> list[Alert]:
        """Return each message once, in the order in which they first came."""
        return list({alert.id: alert for alert in reversed(self.came)}.values())[::-1]


class Line:
    """A system as one process reaches it: when the process ends, nothing more is sent."""

    def __init__(self, system: System, life: Life) -> None:
        self._system = system
        self._life = life

    async def convey_alert(self, alert: Alert, *, key: str) -> Conveyed:
        """Send it, and hear the answer."""
        await asyncio.sleep(0)
        self._life.checkpoint()
        mood = self._system.mood()
        if mood == "away":
            raise Unreachable("refused")
        self._system.came.append(alert)
        self._life.checkpoint()
        if mood == "loses":
            raise NoAnswer("reset")
        return Conveyed()


class World:
    """One room and two partners; *entries* is the log."""

    def __init__(self, template: Path, mood: Mood = lambda: "well") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="notifications-"))
        self._clock = time_machine.travel(START, tick=False)
        travelling = self._clock.start()
        self.loop = JumpingLoop(travelling.shift)
        self.loop.set_exception_handler(lambda loop, context: None)  # of those who were killed
        self.systems = {name: System(mood) for name in (POLICE, FIRE)}
        self.entries: list[Entry] = []
        self._url = copied(template, self.folder)
        self._begin()

    def _begin(self) -> None:
        self.life = Life()
        self.database = OneThread(self._url, Ledger(self.entries.append), self.life)
        lines = {name: Line(system, self.life) for name, system in self.systems.items()}
        self.office = Office(
            self.database, self.database, [partner(name, line) for name, line in lines.items()]
        )
        for each in self.office.room.registry.partners.values():
            each.breakers[NOTIFY] = Breaker(now=self.loop.time, jitter=lambda low, _: low)

    def do(self, work: Coroutine[Any, Any, R]) -> R | None:
        """Do *work*; None where the process ended."""
        return self.loop.run_until_complete(_until_killed(work))

    def sweep(self) -> int:
        """Carry everything that is due, one turn after the other; return how many."""
        return self.do(self._sweep()) or 0

    async def _sweep(self) -> int:
        made = 0
        for kind in (self.office.deliveries, self.office.watches):
            at_us = int(datetime.now(UTC).timestamp() * 1_000_000)
            due = await self.database.read(lambda c, kind=kind, at_us=at_us: kind.due(c, at_us, 200))  # type: ignore[misc]  # a lambda's defaults
            for each in due:
                await kind.carry(each.row, each.turn)
            made += len(due)
        return made

    def rest(self, seconds: float) -> None:
        """Let time pass."""
        self.do(asyncio.sleep(seconds))

    def run(self, seconds: int) -> None:
        """Sweep each second for so long; one that ended is started again."""
        for _ in range(seconds):
            self.sweep()
            if self.life.over:
                self.crash()
            self.rest(1)

    def crash(self) -> None:
        """End the process now, and start another over the same database."""
        self.life.over = True
        self.rest(0)
        self.database.close()
        self._begin()

    def rows(self) -> list[Notification]:
        """Return every row, by partner and number."""
        query = select(notification).order_by(notification.c.partner, notification.c.number)
        return self.database.look(lambda connection: store.read(connection, query))

    def close(self) -> None:
        """End everything."""
        self.life.over = True
        self.rest(0)
        self.database.close()
        self.loop.close()
        self._clock.stop()
        shutil.rmtree(self.folder)


async def _until_killed(work: Coroutine[Any, Any, R]) -> R | None:
    try:
        return await work
    except Killed:
        return None
    finally:
        for _ in range(5):
            await asyncio.sleep(0)  # what it left behind hears of its end


def failing(error: PartnerError) -> str:
    """Return the mood of a system that fails so."""
    return "loses" if isinstance(error, NoAnswer) else "away"
