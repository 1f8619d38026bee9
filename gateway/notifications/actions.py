"""What people do with a notification: take its alarm, have it told again, enter what a partner said."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, exists, select

from contracts import AlertKind, Entry, Receipt
from gateway.access.guard import Principal
from gateway.partners.shape import Rungs
from gateway.problems import Problem

from . import entries, ladder, lanes, store
from .accepting import told
from .beginning import start_watch
from .following import changed
from .hearing import hear
from .room import NotificationRoom
from .rows import Delivery, Notification
from .tables import notification

NEVER_SAID = frozenset({Delivery.DEAD, Delivery.EXPIRED})


class _Unchanged(Exception):
    """Somebody else has done it: there is nothing to write."""


async def enter(
    room: NotificationRoom, receipt: Receipt, *, channel: str, by: Principal, request: str
) -> Notification:
    """
    Enter what a person at the partner said to an operator; it counts as the partner's own word.

    Raises Problem `no-such-notification`, CannotRead, CannotWrite.
    """
    heard = await hear(
        room, [receipt], channel=channel, proof="operator_statement", by=by, partner=None, request=request
    )
    return heard[0]


async def see_alarm(
    room: NotificationRoom, notification_id: str, *, by: Principal, request: str
) -> Notification:
    """
    Take the alarm off the screens; that somebody is to telephone stays until a person there has confirmed.

    Raises Problem `no-such-notification`, CannotWrite.
    """

    def see(connection: Connection) -> tuple[Notification, list[Entry]]:
        row = _locked(connection, notification_id)
        if row.alarm is None:
            raise _Unchanged
        at = datetime.now(UTC)
        store.put(connection, [row.id], {"alarm": None})
        if not row.call:
            room.wakes.call_off(connection, about=row.id, at=at)
        now = replace(row, alarm=None)
        said = [entries.of("notification.alarm_seen", row.alarm, row, actor=by.actor, request=request, at=at)]
        return now, said + changed(room, connection, [now], at=at, actor=by.actor, request=request)

    return await _written(room, notification_id, see)


async def replay(
    room: NotificationRoom, notification_id: str, *, by: Principal, request: str
) -> Notification:
    """
    Have told once more what never arrived, under the same id and with both clocks wound up.

    Raises Problem `no-such-notification`, `not-now`, CannotWrite.
    """

    def again(connection: Connection) -> tuple[Notification, list[Entry]]:
        row = _locked(connection, notification_id)
        if row.delivery not in NEVER_SAID:
            raise Problem("not-now", detail="Only what is dead or expired is told again.")
        if row.kind == AlertKind.UPDATE and _has_newer(connection, row):
            raise Problem("not-now", detail="The partner has a newer picture.")
        at = datetime.now(UTC)
        changes = wound_up(row, room.rungs(row.partner), at=at)
        store.put(connection, [row.id], changes)
        lanes.advance(connection, room.registry, row.partner, [row.about], at=at)
        now = replace(row, **changes)
        entry = entries.of(
            "notification.replayed",
            str(row.delivery),
            row,
            actor=by.actor,
            request=request,
            at=at,
            code=row.trouble,
        )
        return now, [entry, *changed(room, connection, [now], at=at, actor=by.actor, request=request)]

    return await _written(room, notification_id, again)


def wound_up(row: Notification, rungs: Rungs, *, at: datetime) -> dict[str, Any]:
    """Return the changes that queue what had ended, as if it had just been accepted; pure."""
    changes: dict[str, Any] = {
        "delivery": Delivery.QUEUED,
        "due_at": None,
        "turn": row.turn + 1,
        "failures": row.attempts,
        "trouble": None,
        "expires_at": ladder.expires_at(rungs, row.kind, at=at),
        "alarm": None,
        "ended_at": None,
        "reason": None,
        "watch_turn": row.watch_turn + 1,
    }
    return changes | start_watch(replace(row, **changes), rungs, at=at)


def _has_newer(connection: Connection, row: Notification) -> bool:
    newer = store.lane(row.about, [row.partner]) & (notification.c.number > row.number)
    newer &= notification.c.delivery == str(Delivery.DELIVERED)
    return bool(connection.scalar(select(exists().where(newer))))


def _locked(connection: Connection, notification_id: str) -> Notification:
    row = store.locked(connection, [notification_id]).get(notification_id)
    if row is None:
        raise Problem("no-such-notification")
    return row


async def _written(room: NotificationRoom, notification_id: str, change: Any) -> Notification:
    try:
        now, _ = await room.database.write(change, entries=lambda written: written[1])
    except _Unchanged:
        found = await room.database.read(lambda connection: store.get(connection, notification_id))
        assert found is not None  # noqa: S101  it was there a moment ago, and nothing deletes one
        return found
    told(room, now.about)
    row: Notification = now
    return row
