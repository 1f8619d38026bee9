"""Changes as they come, and a sign of life when none does."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress


async def news(ids: AsyncIterator[str], *, every_s: float) -> AsyncGenerator[str | None, None]:
    """
    Yield each id as it comes, and None whenever *every_s* seconds have brought none.

    *ids* must go on after a wait that was cancelled, as those of `Changes.follow` do; a generator does not.
    """
    while True:
        found = None
        with suppress(TimeoutError):
            async with asyncio.timeout(every_s):
                found = await anext(ids)
        yield found
