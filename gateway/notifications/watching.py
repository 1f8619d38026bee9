"""
The turn of the person's clock: nobody there has confirmed yet, and this is what is done about it.

A machine's receipt never stands in for a person, and the last step is always the telephone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, bindparam, select

from contracts import Entry
from gateway.partners.shape import Channel
from gateway.turns import Due

from . import entries, ladder, store
from .accepting import told, waking
from .alarming import alarm
from .beginning import set_watch
from .following import changed
from .ladder import Rung, Step
from .room import NotificationRoom
from .rows import Delivery, Notification
from .store import Overtaken
from .tables import notification
from .ways import ways

_DUE = (
    select(notification.c.id, notification.c.watch_turn)
    .where(notification.c.watch_due_at_us <= bindparam("at"))
    .order_by(notification.c.watch_due_at_us)
    .limit(bindparam("most"))
)

log = structlog.get_logger(__name__)


class WatchTurns:
    """The kind of row `watch`."""

    name = "watch"

    def __init__(self, room: NotificationRoom) -> None:
        """Take the room."""
        self._room = room

    def due(self, connection: Connection, at_us: int, limit: int) -> Sequence[Due]:
        """Return what nobody has confirmed in time, the longest due first."""
        rows = connection.execute(_DUE, {"at": at_us, "most": limit})
        return [Due(row.id, row.watch_turn) for row in rows]

    async def carry(self, row: str, turn: int) -> None:
        """Do what is next. Raises CannotWrite."""
        at = datetime.now(UTC)
        try:
            now, _ = await self._room.database.write(
                lambda connection: climb(self._room, connection, row, turn, at=at),
                entries=lambda written: written[1],
            )
        except Overtaken:
            log.debug("watch.overtaken", row=row)  # somebody there has confirmed, or it was done already
        else:
            told(self._room, now.about)


def climb(
    room: NotificationRoom, connection: Connection, row_id: str, turn: int, *, at: datetime
) -> tuple[Notification, list[Entry]]:
    """Do the step that is next and set the one after; return the row then, and entries. Raises Overtaken."""
    row = store.locked(connection, [row_id]).get(row_id)
    if row is None or row.watch_turn != turn or row.watch is None or row.watch_due_at is None:
        raise Overtaken
    rung = Rung(row.watch_due_at, Step(row.watch))
    changes, said = _STEPS[rung.step](room, connection, row, at=at)
    now = replace(row, **changes)
    after = ladder.next_rung(now, room.rungs(row.partner), after=rung, at=at)
    changes |= set_watch(after) | {"watch_turn": row.watch_turn + 1}
    store.put(connection, [row.id], changes)
    now = replace(row, **changes)
    return now, said + changed(room, connection, [now], at=at)


class _Doing(Protocol):
    """Does one step; returns what it changes, and the entries."""

    def __call__(
        self, room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime
    ) -> tuple[dict[str, Any], list[Entry]]: ...


def _tell_of_undelivered(
    room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime
) -> tuple[dict[str, Any], list[Entry]]:
    """Take the next way to the partner, and alarm the operators while the first is still tried."""
    _wake_duty(room, connection, row, at=at)
    if row.delivery is not Delivery.QUEUED:
        return {}, [entries.reminded(row, Step.UNDELIVERED, at=at)]
    raised = alarm(room, connection, row, "undelivered", at=at)
    return raised.changes, raised.entries or [entries.reminded(row, Step.UNDELIVERED, at=at)]


def _have_called(
    room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime
) -> tuple[dict[str, Any], list[Entry]]:
    """Tell the operators to telephone now, whatever else goes on."""
    raised = alarm(room, connection, row, "call_now", at=at)
    return raised.changes, raised.entries


def _remind(
    room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime
) -> tuple[dict[str, Any], list[Entry]]:
    """Wake the duty officers again; the operators where there are none to wake."""
    if not _wake_duty(room, connection, row, at=at) and row.call:
        room.wakes.operators(connection, "call_now", waking(row, at=at))
    return {}, [entries.reminded(row, Step.REMIND, at=at)]


def _wake_duty(room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime) -> bool:
    """Wake them if a message is a way to that partner; say whether it is."""
    partner = room.registry.partners.get(row.partner)
    if partner is None or Channel.MESSAGE not in ways(partner, row.kind):
        return False
    room.wakes.duty(connection, row.partner, "alert_waiting", waking(row, at=at))
    return True


_STEPS: Mapping[Step, _Doing] = {
    Step.UNDELIVERED: _tell_of_undelivered,
    Step.CALL: _have_called,
    Step.REMIND: _remind,
}
