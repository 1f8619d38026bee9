"""A database that is away, or serves, as a test wants it."""

import asyncio
from typing import Any

from contracts.audit import Entry
from gateway.db import CannotRead, CannotWrite, Database


class Sick:
    """A database that does as it is told: nothing, or what the real one does."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.trouble: Exception | None = CannotWrite("disk full")
        self.cannot_read = False
        self.hangs = False

    async def write(self, change: Any, **more: Any) -> Any:
        """Write, or not."""
        await self._ail(self.trouble)
        return await self.database.write(change, **more)

    async def record(self, *entries: Entry) -> None:
        """Write, or not."""
        await self._ail(self.trouble)
        await self.database.record(*entries)

    async def maintain(self, upkeep: Any) -> None:
        """Write, or not."""
        await self._ail(self.trouble)
        await self.database.maintain(upkeep)

    async def replay(self, entries: Any) -> int:
        """Write, or not."""
        await self._ail(self.trouble)
        return await self.database.replay(entries)

    async def read(self, query: Any) -> Any:
        """Read, or not."""
        await self._ail(CannotRead("disk I/O error") if self.cannot_read else None)
        return await self.database.read(query)

    async def _ail(self, trouble: Exception | None) -> None:
        if self.hangs:
            await asyncio.sleep(3600)
        if trouble:
            raise trouble

    @property
    def healthy(self) -> bool:
        """Whether it serves."""
        return self.trouble is None

    def heal(self) -> None:
        """Serve from now on."""
        self.trouble, self.cannot_read, self.hangs = None, False, False
