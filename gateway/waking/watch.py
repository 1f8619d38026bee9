"""The alarm that nobody could be woken: it stands while something waits for people whom no way reaches."""

import asyncio
from contextlib import suppress

from sqlalchemy import Connection

from gateway.db import CannotRead, CannotWrite

from . import store
from .room import WakingRoom, now_us

EVERY_S = 5.0
TIDY_EVERY_S = 3600.0
NOBODY = "waking.nobody"
NAMED = 5  # numbers an alarm's text names


async def watch(room: WakingRoom, *, every_s: float = EVERY_S) -> None:
    """Look every *every_s* seconds, and tidy up at the start and every hour; ends when cancelled."""
    time = asyncio.get_running_loop().time
    tidy_at = time()
    while True:
        await look(room)
        if time() >= tidy_at:
            await tidy(room)
            tidy_at = time() + TIDY_EVERY_S
        await asyncio.sleep(every_s)


async def tidy(room: WakingRoom) -> None:
    """Forget the wakes that have long ended; where that cannot be written, the next hour does it."""

    def forget(connection: Connection) -> None:
        store.forget_ended(connection, at_us=now_us())

    with suppress(CannotWrite):
        await room.database.maintain(forget)  # each of them ended with an entry: no act


async def look(room: WakingRoom) -> None:
    """Let the alarm stand for what is so now; while the database is away it stays as it is."""
    try:
        waiting = await room.database.read(lambda connection: store.unreached(connection, now_us()))
    except CannotRead:
        return
    if waiting:
        more = f" and {len(waiting) - NAMED} more" if len(waiting) > NAMED else ""
        said = ", ".join(waiting[:NAMED]) + more
        room.alarms.raise_(NOBODY, f"Nobody could be woken for {said}: ring the people in charge.")
    else:
        room.alarms.clear(NOBODY)
