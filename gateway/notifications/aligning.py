"""
One partner's rows brought in line with how it stands: what it may be told goes out, the rest is held.

Each call takes at most a chunk and is whole by itself, so that a crash between two leaves rows for the next
sweep and loses nothing. For use inside a change; until its commit nobody else numbers or aligns this partner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select, true

from contracts import AlertKind, Entry
from gateway.partners.registry import Partner
from gateway.partners.shape import Standing

from . import digest, store
from .chunk import Chunk, Doing
from .room import NotificationRoom
from .rows import CHANGE, Delivery, Notification
from .tables import notification
from .ways import placed, ways

AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Aligned:
    """What one call did: how many rows by what became of them; *more*: others are not in line yet."""

    counts: Mapping[str, int]
    entries: Sequence[Entry]
    more: bool


def align(
    room: NotificationRoom,
    connection: Connection,
    partner: Partner,
    standing: Standing,
    ended: Mapping[str, bool],
    doing: Doing,
) -> Aligned:
    """
    Align the next chunk; *ended* says of the incidents that were asked about whether they are over.

    What nobody asked about waits for the next call. The last call adds the digest.
    """
    doing = replace(doing, at=digest.after_the_last(connection, partner.id, doing.at))
    query = select(notification).where(out_of_line(partner, standing)).order_by(notification.c.number)
    found = store.read(connection, query.limit(AT_MOST + 1).with_for_update())
    rows = [row for row in found[:AT_MOST] if row.about in ended or not _is_asked_about(row)]
    chunk = Chunk(room, connection, partner, doing)
    chunk.hold([row for row in rows if row.delivery is Delivery.QUEUED], standing)
    chunk.release([row for row in rows if row.delivery is Delivery.HELD], ended)
    more = len(rows) < len(found)
    if not more:
        chunk.leave_digest()
    return Aligned(chunk.counts, chunk.said, more)


def _is_asked_about(row: Notification) -> bool:
    return row.delivery is Delivery.HELD and row.topic == "incident"


def ahead(connection: Connection, partner: Partner, standing: Standing) -> list[str]:
    """Return the incidents of what the next call may release: how they stand is asked before it."""
    its = out_of_line(partner, standing) & (notification.c.topic == "incident")
    its &= notification.c.delivery == str(Delivery.HELD)
    query = select(notification.c.about).where(its).order_by(notification.c.number).limit(AT_MOST)
    return list(dict.fromkeys(connection.scalars(query)))


def is_in_line(connection: Connection, partner: Partner) -> bool:
    """Say whether nothing waits that is to go out, and nothing is queued that is to wait."""
    wrong = select(notification.c.id).where(out_of_line(partner, partner.standing)).limit(1)
    return connection.scalar(wrong) is None


def out_of_line(partner: Partner, standing: Standing) -> ColumnElement[bool]:
    """Return the condition of a row that waits where it is to go out, or the other way round."""
    goes_out = [drill for drill in (False, True) if placed(standing, drill=drill) is Delivery.QUEUED]
    held = and_(notification.c.delivery == str(Delivery.HELD), _is_drill(goes_out), _has_way(partner))
    stays = [drill for drill in (False, True) if drill not in goes_out]
    queued = and_(notification.c.delivery == str(Delivery.QUEUED), _is_drill(stays))
    wrong = queued if not goes_out else held if not stays else or_(held, queued)
    return and_(notification.c.partner == partner.id, wrong)


def _is_drill(either: Sequence[bool]) -> ColumnElement[bool]:
    return true() if len(either) == 2 else notification.c.drill.in_(either)


def _has_way(partner: Partner) -> ColumnElement[bool]:
    """Return the condition of what some way leads there for; what has none waits for one."""
    is_change = notification.c.kind == CHANGE
    reached = [is_change] if ways(partner, CHANGE) else []
    reached += [~is_change] if ways(partner, AlertKind.ALERT) else []
    return true() if len(reached) == 2 else or_(false(), *reached)
