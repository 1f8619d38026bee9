"""
The log's own heartbeat: a checkpoint each second when there is news, an entry each minute when there is none.

Trouble with signing or anchoring is an alarm and holds nothing up.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import structlog

from contracts.audit import Entry
from gateway.alarms import Alarms
from gateway.db import CannotWrite, Database

from .anchors import AnchorFile
from .logbook import Logbook
from .recorder import Recorder

log = structlog.get_logger(__name__)

EVERY_S = 1.0
HEARTBEAT_S = 60.0
STEP_S = 2.0  # a wall clock that moves otherwise than time does has been set
LATE_S = 10.0  # signed that long after its entry, a checkpoint is late enough for a person
UNSIGNED, UNANCHORED = "audit.unsigned", "audit.unanchored"

# What the log leaves by itself; the house tests hold it against a running gateway.
DECLARED_SET = {
    "a new log": ("log.opened",),
    "heartbeat": ("log.heartbeat",),
    "clock is set": ("clock.stepped",),
}


class Pulse:
    """Keeps one replica's log signed, anchored and audibly alive."""

    def __init__(
        self,
        database: Database,
        logbook: Logbook,
        recorder: Recorder,
        alarms: Alarms,
        anchors: AnchorFile,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        """Take what is kept alive; *monotonic* and *wall* are clocks in seconds."""
        self._database = database
        self._logbook = logbook
        self._notary = logbook.notary
        self._recorder = recorder
        self._alarms = alarms
        self._anchors = anchors
        self._monotonic, self._wall = monotonic, wall
        self._alive_at = self._signed_at = monotonic()
        self._signed: tuple[str, int] | None = None
        self._offset = wall() - monotonic()

    async def run(self) -> None:
        """Beat until cancelled, and once more: what is written last is signed too."""
        try:
            while True:
                await asyncio.sleep(EVERY_S)
                await self.beat()
        finally:
            await self.beat()

    async def beat(self) -> None:
        """Sign, anchor, and say that the house is alive if it is time to."""
        try:
            await self._notice_the_clock()
            await self._say_alive()
            await self._sign()
            await self._anchor()
        except Exception:  # a loop's edge: the next beat comes in a second
            log.exception("audit.pulse_failed")

    async def _notice_the_clock(self) -> None:
        offset = self._wall() - self._monotonic()
        stepped = offset - self._offset
        self._offset = offset
        if abs(stepped) > STEP_S:
            await self._recorder.record(
                Entry("clock.stepped", "noticed", detail={"ms": round(stepped * 1000)})
            )

    async def _say_alive(self) -> None:
        now = self._monotonic()
        if now - self._alive_at >= HEARTBEAT_S:
            self._alive_at = now
            await self._recorder.record(Entry("log.heartbeat", "alive"))

    async def _sign(self) -> None:
        if self._logbook.owed:
            with suppress(CannotWrite):  # the database's own alarm stands already
                await self._database.maintain(self._logbook.sign)
        now, signed = self._monotonic(), self._logbook.signed
        if not self._logbook.owed or signed != self._signed:
            self._signed, self._signed_at = signed, now
            self._alarms.clear(UNSIGNED)
        elif now - self._signed_at > LATE_S and self._database.healthy:
            why = self._notary.trouble or "the database is too slow"
            self._alarms.raise_(UNSIGNED, f"{self._logbook.owed} audit entries are not signed: {why}")

    async def _anchor(self) -> None:
        await self._anchors.append(self._notary.published)
        if self._anchors.trouble:
            text = f"the anchor file cannot be written: {self._anchors.trouble}"
            self._alarms.raise_(UNANCHORED, text)
        else:
            self._alarms.clear(UNANCHORED)
