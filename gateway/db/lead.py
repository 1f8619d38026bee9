"""What only one of several processes may do: ask every hospital each minute, mail the daily report."""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg
import structlog
from sqlalchemy import make_url

from .engine import connecting

EVERY_S = 2.0
PATIENCE_S = 5.0
_ADVISORY_KEY = 0x6765_7262_616E_68  # the one after the migration's

Elsewhere = Callable[[], Awaitable[bool]]

log = structlog.get_logger(__name__)


async def alone() -> bool:
    """Say of a process that has no other beside it that nobody else leads."""
    return False


class Lead:
    """
    The lead among the processes on the database at *url*: whoever asks first has it until it ends.

    On SQLite there is one process only. The server holds the lead, as a lock of a session; where it cannot be
    asked nobody is known to lead, and each process does for itself what must not be left undone.
    """

    def __init__(self, url: str, *, every_s: float = EVERY_S) -> None:
        """Take how often to ask; nothing is connected yet."""
        self._url = url
        self._every_s = every_s
        self._is_alone = make_url(url).get_backend_name() != "postgresql"
        self._asked = asyncio.Event()
        self._elsewhere = False

    async def is_elsewhere(self) -> bool:
        """Say whether another process is known to lead; soon after the start, as soon as that was asked."""
        await self._asked.wait()
        return self._elsewhere

    async def keep(self) -> None:
        """Ask for the lead until it is ours, then hold it, until cancelled."""
        while not self._is_alone:
            try:
                await self._hold()
            except (psycopg.Error, OSError) as exc:
                log.debug("lead.unknown", reason=type(exc).__name__)
            self._elsewhere = False
            self._asked.set()
            await asyncio.sleep(self._every_s)
        self._asked.set()

    async def _hold(self) -> None:
        """Ask again and again on one connection: the lock is its session's. Raises psycopg.Error, OSError."""
        async with await psycopg.AsyncConnection.connect(**connecting(self._url), autocommit=True) as session:
            question = "SELECT pg_try_advisory_lock(%s)"
            while True:
                async with asyncio.timeout(PATIENCE_S):
                    answer = await session.execute(question, (_ADVISORY_KEY,))
                    found = await answer.fetchone()
                self._hear(is_ours=bool(found and found[0]))
                await asyncio.sleep(self._every_s)

    def _hear(self, *, is_ours: bool) -> None:
        if self._elsewhere == is_ours:
            log.info("lead.changed", word="ours" if is_ours else "elsewhere")
        self._elsewhere = not is_ours
        self._asked.set()
