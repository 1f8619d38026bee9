"""
Recording what must not be held back by the log: to the database if it serves at once, else to the spool.

While the spool drains, newer entries may reach the database before older spooled ones. The chain's order is
the order of arrival; an entry's own `ts` says when it happened.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum

import structlog

from contracts.audit import Entry
from gateway.alarms import Alarms
from gateway.db import CannotWrite, Database

from .canonical import demand_canonical
from .spool import CannotSpool, Spool

log = structlog.get_logger(__name__)

CHUNK = 256
SPOOLING, DEGRADED, STUCK = "audit.spooling", "audit.degraded", "audit.stuck"


class Recorded(StrEnum):
    """How far an entry came before the answer left."""

    DURABLE = "durable"
    SPOOLED = "spooled"
    DEGRADED = "degraded"


class Recorder:
    """
    Writes entries down somewhere durable within bounds, and never raises.

    *bound_s* is how long the database, and then the spool, may take; *every_s* how often a database that
    failed is tried again and the spool is replayed.
    """

    def __init__(
        self,
        database: Database,
        spool: Spool,
        alarms: Alarms,
        *,
        bound_s: float = 0.25,
        every_s: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the started *database*; `start` opens the *spool*."""
        self._database = database
        self._spool = spool
        self._alarms = alarms
        self._bound_s = bound_s
        self._every_s = every_s
        self._monotonic = monotonic
        self._failed = False
        self._next_try = 0.0
        self._lost = 0
        self._replayed = 0
        self._replaying: asyncio.Task[None] | None = None
        self._late: set[asyncio.Future[None]] = set()

    async def start(self) -> None:
        """Open the spool and begin to replay it; without one it goes on, with an alarm, and tries again."""
        await self._open_spool()
        self._spool.start()
        self._replaying = asyncio.create_task(self._keep_replaying())

    async def close(self) -> None:
        """Stop replaying and close the spool; what it holds waits for the next start."""
        if self._replaying is not None:
            self._replaying.cancel()
            with suppress(asyncio.CancelledError):
                await self._replaying
        await self._spool.stop()
        await asyncio.sleep(0)  # whoever waited for the spool hears of its end

    @property
    def recording(self) -> Recorded:
        """How far entries come now; durable again only when nothing waits and nothing is owed."""
        if self._lost:
            return Recorded.DEGRADED
        settled = self._database.healthy and not self._spool.waiting
        return Recorded.DURABLE if settled else Recorded.SPOOLED

    async def record(self, *entries: Entry, within_s: float | None = None) -> Recorded:
        """
        Write *entries* down and say how far they came; takes at most twice the bound.

        With *within_s* the whole takes no longer than about that many seconds.
        """
        bound_s = self._bound_s if within_s is None else min(self._bound_s, within_s / 2)
        try:
            if self._database_may_serve() and await self._to_database(entries, bound_s):
                return Recorded.DURABLE
            return await self._to_spool(entries, bound_s)
        except Exception:  # a named edge: no answer fails because its entry does
            log.exception("audit.unrecordable", acts=[entry.act for entry in entries])
        self._note_lost(entries)
        return Recorded.DEGRADED

    async def record_later(self, *entries: Entry) -> Recorded:
        """
        Write down *entries* that the database failed to take, and that it may hold all the same.

        From the spool they come into the log once, whatever became of the first try.
        """
        try:
            return await self._to_spool(entries, self._bound_s)
        except Exception:  # a named edge, as in `record`
            log.exception("audit.unrecordable", acts=[entry.act for entry in entries])
        self._note_lost(entries)
        return Recorded.DEGRADED

    async def replay(self) -> int:
        """
        Bring what is spooled into the log, in order; return how many entries. Raises CannotWrite.

        With nothing spooled it finds out whether a sick database is back: perhaps nobody else asks.
        """
        appended = 0
        if not self._database.healthy:
            await self._database.replay(())
            self._failed = False
        while self._spool.waiting:
            entries, upto = await asyncio.to_thread(self._spool.read, self._replayed, at_most=CHUNK)
            if entries:
                appended += await self._database.replay(entries)
                self._replayed = upto
                self._failed = False
            elif await self._spool.reset(self._replayed):
                self._replayed = 0
        if appended:
            log.info("spool.replayed", entries=appended)
        self._alarms.clear(SPOOLING)
        self._alarms.clear(STUCK)
        return appended

    def _database_may_serve(self) -> bool:
        """While it is known to be sick, only one entry a second finds out whether it still is."""
        if self._database.healthy and not self._failed:
            return True
        now = self._monotonic()
        if now < self._next_try:
            return False
        self._next_try = now + self._every_s
        return True

    async def _to_database(self, entries: Sequence[Entry], bound_s: float) -> bool:
        try:
            async with asyncio.timeout(bound_s):
                await self._database.record(*entries)
        except (CannotWrite, TimeoutError):
            self._failed = True
            self._next_try = self._monotonic() + self._every_s
            return False
        self._failed = False
        return True

    async def _to_spool(self, entries: Sequence[Entry], bound_s: float) -> Recorded:
        """Say how far *entries* came in time; what is still on its way then is lost only if it fails."""
        for entry in entries:
            demand_canonical(entry)
        spooling = asyncio.ensure_future(self._spool.append(entries))
        done, _ = await asyncio.wait({spooling}, timeout=bound_s)
        if not done:
            self._late.add(spooling)
            spooling.add_done_callback(lambda ended: self._ended_late(ended, entries))
            return Recorded.DEGRADED
        return Recorded.SPOOLED if self._spooled(spooling, entries) else Recorded.DEGRADED

    def _ended_late(self, spooling: "asyncio.Future[None]", entries: Sequence[Entry]) -> None:
        self._late.discard(spooling)
        self._spooled(spooling, entries)

    def _spooled(self, ended: "asyncio.Future[None]", entries: Sequence[Entry]) -> bool:
        """Say whether *entries* are on disk, and note them as lost if not."""
        failure = CannotSpool("given up") if ended.cancelled() else ended.exception()
        if failure is not None:
            log.error("spool.refused", reason=str(failure) or type(failure).__name__)
            self._note_lost(entries)
            return False
        why = self._database.trouble or "too slow"
        text = f"the database cannot be written ({why}): {self._spool.waiting} entries spooled"
        self._alarms.raise_(SPOOLING, text)
        return True

    def _note_lost(self, entries: Sequence[Entry]) -> None:
        self._lost += len(entries)
        for entry in entries:
            log.error(
                "audit.lost", act=entry.act, outcome=entry.outcome, request=entry.request, key=entry.key
            )
        self._alarms.raise_(DEGRADED, f"{self._lost} audit entries could be written nowhere")

    async def _keep_replaying(self) -> None:
        while True:
            try:
                await self._open_spool()
                await self.replay()
                await self._own_up()
            except CannotWrite as exc:
                log.debug("spool.waits", reason=str(exc))
            except Exception as exc:  # a loop's edge: what failed now is tried again, and a person sees it
                log.exception("spool.stuck")
                self._alarms.raise_(STUCK, f"the spool cannot be replayed: {type(exc).__name__}")
            await asyncio.sleep(self._every_s)

    async def _open_spool(self) -> None:
        """Open the spool unless it is open; there may be room for it now."""
        if self._spool.is_open:
            return
        try:
            await asyncio.to_thread(self._spool.open)
        except OSError as exc:
            self._alarms.raise_(DEGRADED, f"no spool for audit entries: {exc.strerror}")

    async def _own_up(self) -> None:
        """Say in the log itself how many entries it lacks."""
        if self._lost:
            lost = self._lost
            await self._database.record(Entry("audit.gap", "lost", detail={"entries": lost}))
            self._lost -= lost
        if not self._lost and self._spool.is_open:
            self._alarms.clear(DEGRADED)
