"""
How far a partner is, and what that does to what waits for it.

The change and the first chunk of rows are one commit; what is left follows in chunks. Whatever a crash, or a
message accepted elsewhere in the same moment, leaves out of line is aligned by the sweep.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection

from contracts import Entry
from gateway.access.guard import Principal
from gateway.db import CannotRead, CannotWrite
from gateway.partners import standing_store
from gateway.partners.registry import Partner
from gateway.partners.shape import Standing
from gateway.partners.standing import follow
from gateway.partners.standing_store import Stands
from gateway.problems import Problem

from . import standing_entries, store
from .aligning import Aligned, align
from .chunk import Doing
from .room import NotificationRoom
from .sweeping import align_all, ended_of, stands

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Released:
    """
    What a change of standing did: how many notifications, by what became of them.

    *in_digest* counts incidents that were over before they could be told, *digests* the messages that tell of
    them; *over* are drills that are; *held* what waits from now on. Not *finished*: the sweep goes on.
    """

    partner: Partner
    before: Standing
    standing: Standing
    since: datetime
    released: int
    superseded: int
    in_digest: int
    digests: int
    over: int
    expired: int
    held: int
    finished: bool


async def change_standing(
    room: NotificationRoom,
    partner_id: str,
    standing: Standing,
    *,
    reason: str,
    by: Principal,
    request: str,
) -> Released:
    """
    Have the partner stand so, and bring what waits for it in line.

    Raises Problem `no-such-partner`, CannotRead, CannotWrite: then it stands as before.
    """
    partner = room.registry.partners.get(partner_id)
    if partner is None:
        raise Problem("no-such-partner")
    doing = Doing(datetime.now(UTC), by.actor, request)
    before, said, first = await _begin(room, partner, standing, reason, doing)
    follow(room.registry, said)
    counts, finished = Counter(first.counts), True
    if first.more:
        rest, finished = await _the_rest(room, partner, doing)
        counts += rest
    room.turns.look()
    room.changes.tell(partner.id)
    return _released(partner, before, said, counts, finished=finished)


async def _begin(
    room: NotificationRoom, partner: Partner, standing: Standing, reason: str, doing: Doing
) -> tuple[Standing, Stands, Aligned]:
    """Commit the change, and the first chunk with it; return how it stood, what was said, what was done."""
    ended = await ended_of(room, partner, standing)
    wanted = Stands(partner.id, standing, doing.at, doing.actor.id, reason)

    def change(connection: Connection) -> tuple[Standing, Stands, Aligned]:
        store.turnstile(connection, partner.id)
        before = stands(connection, partner)
        said = standing_store.put(connection, wanted)
        return before, said, align(room, connection, partner, standing, ended, doing)

    def written(done: tuple[Standing, Stands, Aligned]) -> list[Entry]:
        before, said, first = done
        request = doing.request or ""
        return [standing_entries.changed(said, before, actor=doing.actor, request=request), *first.entries]

    return await room.database.write(change, entries=written)


async def _the_rest(room: NotificationRoom, partner: Partner, doing: Doing) -> tuple[Counter[str], bool]:
    """Align what is left; what cannot be written now is left to the sweep."""
    try:
        return await align_all(room, partner, doing), True
    except (CannotRead, CannotWrite) as exc:
        log.warning("standing.not_aligned", partner=partner.id, reason=str(exc))
        return Counter(), False


def _released(
    partner: Partner, before: Standing, said: Stands, counts: Counter[str], *, finished: bool
) -> Released:
    return Released(
        partner=partner,
        before=before,
        standing=said.standing,
        since=said.since,
        released=counts["released"],
        superseded=counts["superseded"],
        in_digest=counts["gathered"],
        digests=counts["digests"],
        over=counts["over"],
        expired=counts["expired"],
        held=counts["held"],
        finished=finished,
    )
