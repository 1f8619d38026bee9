"""
The executor of a house with several processes on PostgreSQL: PgQueuer hands each turn to one of them.

Every process sweeps, and offers what is due once, as `<kind>/<row>.<turn>`; any of them takes it. While the
queue cannot be reached nothing is lost: rows stay due, and are offered again.
"""

import asyncio
from collections.abc import Sequence

import structlog

from gateway.alarms import Alarms

from .executor import AT_MOST, Look
from .kind import Due, Kind
from .live import Live
from .queue import opened
from .shift import Shift

RECONNECT_S = 1.0
AWAY = "turns.queue_away"

log = structlog.get_logger(__name__)


class Queued:
    """Offers turns to every process on the database at *url*, and carries what it takes of all offers."""

    def __init__(self, url: str, alarms: Alarms, *, at_most: int = AT_MOST) -> None:
        """Take how many turns this process carries *at_most* at once, two at least."""
        self.at_most = at_most
        self._url = url
        self._alarms = alarms
        self._live = Live(alarms)
        self._shift: Shift | None = None

    def start(self, kind: Kind, rows: Sequence[Due]) -> int:
        """Offer what was not offered yet; see `Executor`."""
        return 0 if self._shift is None else self._shift.offer(kind, rows)

    async def run(self, look: Look) -> None:
        """Take part until cancelled; what was under way then is handed to another process at once."""
        while True:
            try:
                await self._take_part(look)
            except Exception as exc:  # noqa: BLE001  a loop's edge: a person sees it, and it is tried again
                log.warning("turns.queue_away", reason=type(exc).__name__)
                text = f"no turn can be handed out, whatever is due waits: {type(exc).__name__}"
                self._alarms.raise_(AWAY, text)
            await asyncio.sleep(RECONNECT_S)

    async def _take_part(self, look: Look) -> None:
        async with opened(self._url) as queries:
            self._shift = Shift(queries, self._live, look, at_most=self.at_most)
            self._alarms.clear(AWAY)
            try:
                await self._shift.run()
            finally:
                self._shift = None
