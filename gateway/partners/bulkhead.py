"""How many exchanges one partner may have at once, and how many may wait for that."""

import asyncio
from types import TracebackType


class BulkheadFull(Exception):
    """As many exchanges as may wait for this partner are waiting already."""


class Bulkhead:
    """
    Lets *concurrency* in and *queue* wait, the longest waiting first.

    `async with bulkhead:` holds one place and raises BulkheadFull at once when too many wait. Waiting
    counts against the waiter's own deadline.
    """

    def __init__(self, *, concurrency: int, queue: int) -> None:
        self._room = asyncio.Semaphore(concurrency)
        self._queue = queue
        self.waiting = 0

    async def __aenter__(self) -> None:
        """Take a place, or wait for one. Raises BulkheadFull."""
        if not self._room.locked():
            await self._room.acquire()  # does not wait
            return
        if self.waiting >= self._queue:
            raise BulkheadFull
        self.waiting += 1
        try:
            await self._room.acquire()
        finally:
            self.waiting -= 1

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Give the place back."""
        self._room.release()
