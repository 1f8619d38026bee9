"""How much waits for somebody: the numbers in the navigation and the alarms, counted in the background."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, func, select

from gateway.changes import Changes
from gateway.db import CannotRead, Database
from gateway.incidents import tables as incidents
from gateway.incidents.rows import State as IncidentState
from gateway.referrals import tables
from gateway.referrals.states import State

from .alarmed import Alarmed, alarmed, how_many, referrals_alarmed

AT_MOST_EVERY_S: Final = 0.5
AT_LEAST_EVERY_S: Final = 3.0  # another process may have changed something: no alarm waits for it
COUNTED: Final = "counted"  # told to every screen when a number or an alarm has changed, whoever changed it


@dataclass(frozen=True, slots=True)
class Counts:
    """
    Referrals that wait for a decision, reviews and confirmations owed, and alarms to act on.

    *notices* are notifications whose alarm nobody has taken, *to_ring* the first of them, *ringing* the
    referrals of *alarms*; *proposals* are incidents that a warning proposes.
    """

    decisions: int = 0
    owed: int = 0
    alarms: int = 0
    notices: int = 0
    proposals: int = 0
    to_ring: tuple[Alarmed, ...] = ()
    ringing: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Every referral that waits for somebody."""
        return self.decisions + self.owed + self.alarms

    @property
    def loud(self) -> int:
        """Every alarm that sounds until a person takes it."""
        return self.notices + self.alarms


_IS_SUBMITTED = tables.referral.c.state == str(State.SUBMITTED)
_WAITING = (
    _IS_SUBMITTED,
    tables.owed.c.done_at_us.is_(None),
    tables.referral.c.alarm.is_not(None) & ~_IS_SUBMITTED,
    incidents.incident.c.state == str(IncidentState.PROPOSED),
)
_COUNTED = select(*(select(func.count()).where(which).scalar_subquery() for which in _WAITING))
KEPT: Final = 500  # changes that a page which is just beginning to listen is told of
NOTHING: Final = Counts()


def count(connection: Connection) -> Counts:
    """Return how much waits now."""
    decisions, owed, alarms, proposals = connection.execute(_COUNTED).one()
    return Counts(
        decisions=decisions,
        owed=owed,
        alarms=alarms,
        notices=how_many(connection),
        proposals=proposals,
        to_ring=tuple(alarmed(connection)),
        ringing=tuple(referrals_alarmed(connection, but=(str(State.SUBMITTED),))),
    )


class CountKeeper:
    """Counts at each change and every 3 s; `app.state.console_counts` is where pages find it."""

    def __init__(self, database: Database, changes: Changes) -> None:
        self.now = NOTHING
        self._database = database
        self._changes = changes
        self._lately: deque[tuple[datetime, str]] = deque(maxlen=KEPT)
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Keep the counts until cancelled; while nothing can be read, the last ones stand."""
        with self._changes.follow() as ids:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._note(ids))
                tasks.create_task(self._keep())

    def since(self, at: datetime) -> list[str]:
        """Return what has changed since *at*: a page hears nothing between its making and its listening."""
        return list(dict.fromkeys(changed for when, changed in self._lately if when >= at))

    async def _note(self, ids: AsyncIterator[str]) -> None:
        async for changed in ids:
            self._lately.append((datetime.now(UTC), changed))
            if changed != COUNTED:  # that is by ourselves
                self._changed.set()

    async def _keep(self) -> None:
        await self._count()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(AT_LEAST_EVERY_S):
                    await self._changed.wait()
            self._changed.clear()
            await self._count()
            await asyncio.sleep(AT_MOST_EVERY_S)

    async def _count(self) -> None:
        before = self.now
        with suppress(CannotRead):
            self.now = await self._database.read(count)
        if self.now != before:
            self._changes.tell(COUNTED)
