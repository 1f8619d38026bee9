"""Who looks at a screen hears at once what has changed; in memory, for the screens of this process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

MOST_WAITING = 100  # ids a slow reader may be behind; beyond that it is told to look at everything
EVERYTHING = "*"


class Changes:
    """Tells ids of what has changed, referrals and incidents, to everybody who follows."""

    def __init__(self) -> None:
        self._followers: set[asyncio.Queue[str]] = set()

    def tell(self, changed: str) -> None:
        """Tell everybody that *changed* has."""
        for queue in self._followers:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(EVERYTHING)
            else:
                queue.put_nowait(changed)

    @property
    def followers(self) -> int:
        """How many follow now."""
        return len(self._followers)

    @contextmanager
    def follow(self) -> Iterator[AsyncIterator[str]]:
        """Hand out the ids of what changes from now on; `*` stands for more than could be kept."""
        queue: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._followers.add(queue)
        try:
            yield _Ids(queue)
        finally:
            self._followers.discard(queue)


class _Ids(AsyncIterator[str]):
    """What a follower has not heard yet; unlike a generator it goes on after a wait that was cancelled."""

    def __init__(self, queue: asyncio.Queue[str]) -> None:
        self._queue = queue

    async def __anext__(self) -> str:
        return await self._queue.get()
