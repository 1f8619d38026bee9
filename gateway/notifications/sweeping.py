"""
Keeping what waits in line with how each partner stands, chunk by chunk, whoever changed what, and where.

A crash between two chunks, a partner file with other ways, another replica's change: what is out of line is
found at the start and every few seconds, by whichever replica is first.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from contracts.audit import SYSTEM
from gateway.db import CannotRead, CannotWrite
from gateway.partners import standing_store
from gateway.partners.registry import Partner
from gateway.partners.shape import Standing

from . import store
from .aligning import Aligned, ahead, align, is_in_line
from .chunk import Doing
from .room import NotificationRoom

EVERY_S = 2.0

log = structlog.get_logger(__name__)


class _NothingToDo(Exception):
    """It stands otherwise by now, or nothing is out of line: whoever was first has seen to it."""


class _LookAgain(Exception):
    """Another replica has aligned what was asked about; what is left was not."""


async def keep_in_line(room: NotificationRoom, *, every_s: float = EVERY_S) -> None:
    """Align, at once and then from time to time, whatever is out of line; until cancelled."""
    while True:
        try:
            await sweep(room)
        except (CannotRead, CannotWrite) as exc:
            log.debug("standing.not_aligned", reason=str(exc))
        except Exception:  # a loop's edge: what failed now is tried again
            log.exception("standing.sweep_failed")
        await asyncio.sleep(every_s)


async def sweep(room: NotificationRoom) -> None:
    """Align every partner that is not. Raises CannotRead, CannotWrite."""
    for partner in await room.database.read(lambda connection: _out_of_line(room, connection)):
        counts = await align_all(room, partner, Doing(datetime.now(UTC), SYSTEM, None))
        if counts:
            log.info("standing.aligned", partner=partner.id, rows=sum(counts.values()))
            room.turns.look()


def _out_of_line(room: NotificationRoom, connection: Connection) -> list[Partner]:
    return [each for each in room.registry.partners.values() if not is_in_line(connection, each)]


async def align_all(room: NotificationRoom, partner: Partner, doing: Doing) -> Counter[str]:
    """Align until nothing is out of line; return how many rows by what became of them. Raises as `sweep`."""
    counts: Counter[str] = Counter()
    standing, more = partner.standing, True
    while more:
        try:
            done = await _align_once(room, partner, standing, doing)
        except _NothingToDo:
            break
        except _LookAgain:
            continue
        counts.update(done.counts)
        more = done.more
    return counts


async def _align_once(room: NotificationRoom, partner: Partner, standing: Standing, doing: Doing) -> Aligned:
    ended = await ended_of(room, partner, standing)

    def change(connection: Connection) -> Aligned:
        store.turnstile(connection, partner.id)
        if stands(connection, partner) is not standing:
            raise _NothingToDo
        done = align(room, connection, partner, standing, ended, doing)
        if not done.entries:
            raise _LookAgain if done.more else _NothingToDo
        return done

    return await room.database.write(change, entries=lambda done: done.entries)


async def ended_of(room: NotificationRoom, partner: Partner, standing: Standing) -> Mapping[str, bool]:
    """Return of each incident that is about to be released whether it is over. Raises CannotRead."""
    abouts = await room.database.read(lambda connection: ahead(connection, partner, standing))
    known = await room.composers["incident"].is_over(abouts) if abouts else {}
    return {about: known.get(about) is not None for about in abouts}


def stands(connection: Connection, partner: Partner) -> Standing:
    """Return how it stands by the database; what partners.toml says counts where nobody has said anything."""
    said = standing_store.load(connection, partner.id)
    return partner.standing if said is None else said.standing
