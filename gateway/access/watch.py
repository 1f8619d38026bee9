"""Keys that are about to end: said 30, 7 and 1 days before, once each, to log, audit and alarms."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection

from gateway.alarms import Alarms
from gateway.db import CannotRead, CannotWrite, Database

from . import entries, store
from .door import GRACE_ALARM
from .keys import AccessKey
from .ring import KeyRing

THRESHOLDS = (1, 7, 30)  # days, the nearest first

HOURLY_S = 3_600.0
RETRY_S = 600.0
EXPIRING_ALARM = "key.expiring"

log = structlog.get_logger()


class _AlreadyNoticed(Exception):
    """Another replica gave this notice first."""


def due_notice(key: AccessKey, *, at: datetime) -> int | None:
    """Return which notice is due for *key* (30, 7 or 1 days), None if none or if it was given already."""
    if key.revoked_at is not None or at >= key.expires_at:
        return None
    left = key.expires_at - at
    reached = next((days for days in THRESHOLDS if left <= timedelta(days=days)), None)
    given = key.warned_days
    return reached if reached is not None and (given is None or reached < given) else None


class ExpiryWatch:
    """Looks at every key at the start and once an hour; alarms follow every change of the keys."""

    def __init__(self, database: Database, ring: KeyRing, alarms: Alarms) -> None:
        """Take where notices are written and raised."""
        self._database = database
        self._ring = ring
        self._alarms = alarms
        ring.heard = self.show

    async def run(
        self,
        *,
        every_s: float = HOURLY_S,
        retry_s: float = RETRY_S,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Look now and again, sooner when the database failed; ends when cancelled."""
        while True:
            complete = await self.look(at=now())
            await asyncio.sleep(every_s if complete else retry_s)

    async def look(self, *, at: datetime) -> bool:
        """Give every notice that is due; return False if the database took none of one."""
        complete = True
        for key in self._ring.keys:
            days = due_notice(key, at=at)
            if days is not None:
                complete = await self._notice(key, days) and complete
        complete = await self._reread() and complete
        self.show(at)
        return complete

    def show(self, at: datetime) -> None:
        """Let the alarms stand for what is so now, also where an earlier process gave the notice."""
        ending = [key for key in self._ring.keys if key.state(at) == "expiring"]
        if ending:
            said = ", ".join(f"{key.id} ({key.role}) on {key.expires_at:%Y-%m-%d}" for key in ending)
            self._alarms.raise_(EXPIRING_ALARM, f"Access keys end soon: {said}. Make new ones.")
        else:
            self._alarms.clear(EXPIRING_ALARM)
        if not self._ring.in_grace(at):
            self._alarms.clear(GRACE_ALARM)

    async def _notice(self, key: AccessKey, days: int) -> bool:
        def change(connection: Connection) -> None:
            if not store.mark_warned(connection, key.id, days=days):
                raise _AlreadyNoticed

        try:
            await self._database.write(change, entries=[entries.expiring(key, days)])
        except _AlreadyNoticed:
            return True
        except CannotWrite:
            return False
        log.warning("key.expiring", key=key.id, role=str(key.role), days=days, expires_at=key.expires_at)
        return True

    async def _reread(self) -> bool:
        try:
            await self._ring.load()
        except CannotRead:
            return False
        return True
