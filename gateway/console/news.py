"""Changes as they come, and a sign of life when none does."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Final

from gateway.changes import EVERYTHING
from gateway.db import CannotRead

LOOK_S: Final = 2.0  # between two looks without news: another process may have changed something
BREATH_S: Final = 0.25  # between two looks while news keep coming

Looks = Callable[[], Awaitable[object]]


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


async def noticed(
    ids: AsyncIterator[str],
    look: Looks,
    *,
    sign_s: float,
    look_s: float = LOOK_S,
    breath_s: float = BREATH_S,
) -> AsyncGenerator[str | None, None]:
    """Yield `*` when what *look* returns has changed, and None when *sign_s* seconds have brought nothing."""
    time = asyncio.get_running_loop().time
    seen, said_at = await _looked(look, None), time()
    async with aclosing(news(ids, every_s=look_s)) as heard:
        async for _ in heard:
            before, seen = seen, await _looked(look, seen)
            if seen != before or time() - said_at >= sign_s:
                yield EVERYTHING if seen != before else None
                said_at = time()
            await asyncio.sleep(breath_s)


async def watched(
    ids: AsyncIterator[str], look: Looks, name: str, *, sign_s: float, look_s: float = LOOK_S
) -> AsyncGenerator[str | None, None]:
    """
    Yield each id as it comes, *name* when what *look* returns has changed by another process, else as `news`.

    None comes only when *sign_s* seconds have brought nothing.
    """
    time = asyncio.get_running_loop().time
    seen, said_at = await _looked(look, None), time()
    async with aclosing(news(ids, every_s=look_s)) as heard:
        async for told in heard:
            before = seen
            if told is None or told == name:
                seen = await _looked(look, seen)
            if told is None and seen != before:
                told = name
            if told is not None or time() - said_at >= sign_s:
                yield told
                said_at = time()


async def _looked(look: Looks, otherwise: object) -> object:
    """Return what *look* finds; while nothing can be read, what was found before."""
    try:
        return await look()
    except CannotRead:
        return otherwise
