"""How much waits for somebody: the numbers in the navigation, counted in the background."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from gateway.db import CannotRead, Database
from gateway.referrals import tables
from gateway.referrals.changes import Changes
from gateway.referrals.states import State

from .news import news

AT_MOST_EVERY_S: Final = 0.5
AT_LEAST_EVERY_S: Final = 15.0  # another process may have changed something


@dataclass(frozen=True, slots=True)
class Counts:
    """Referrals that wait for a decision, reviews and confirmations owed, and alarms to act on."""

    decisions: int = 0
    owed: int = 0
    alarms: int = 0

    @property
    def total(self) -> int:
        """Everything that waits for somebody."""
        return self.decisions + self.owed + self.alarms


NOTHING: Final = Counts()


def count(connection: Connection) -> Counts:
    """Return how much waits now."""
    waits = tables.referral.c.state == str(State.SUBMITTED)
    alarms = tables.referral.c.alarm.is_not(None) & ~waits
    return Counts(
        decisions=connection.scalar(select(func.count()).select_from(tables.referral).where(waits)) or 0,
        owed=connection.scalar(select(func.count()).where(tables.owed.c.done_at_us.is_(None))) or 0,
        alarms=connection.scalar(select(func.count()).select_from(tables.referral).where(alarms)) or 0,
    )


class CountKeeper:
    """Counts at each change and every 15 s; `app.state.console_counts` is where pages find it."""

    def __init__(self, database: Database, changes: Changes) -> None:
        self.now = NOTHING
        self._database = database
        self._changes = changes

    async def run(self) -> None:
        """Keep the counts until cancelled; while nothing can be read, the last ones stand."""
        with self._changes.follow() as ids:
            await self._count()
            async for _ in news(ids, every_s=AT_LEAST_EVERY_S):
                await self._count()
                await asyncio.sleep(AT_MOST_EVERY_S)

    async def _count(self) -> None:
        with suppress(CannotRead):
            self.now = await self._database.read(count)
