"""What came of an attempt, in one change: the message's new state, its alarm, the next of its lane."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from contracts import Actor, Entry, Receipt
from gateway.exchange.outcome import Outcome

from . import arriving, entries, lanes, store
from .alarming import alarm
from .following import changed
from .room import NotificationRoom
from .rows import Delivery, Notification
from .superseding import ended
from .taking import People, Speaker, take

NOTHING_TO_SAY, NO_PARTNER = "nothing_to_say", "no_partner"
OPEN = frozenset({Delivery.QUEUED, Delivery.HELD, Delivery.DEAD, Delivery.EXPIRED})


class Settled(NamedTuple):
    """The entries of an attempt that has ended, and whether anything may be due now that was not before."""

    entries: list[Entry]
    calls: bool


def settle(
    room: NotificationRoom,
    connection: Connection,
    claimed: Notification,
    outcome: Outcome[Any],
    receipts: Sequence[Receipt],
    people: People,
    *,
    at: datetime,
) -> Settled:
    """
    Set what *outcome* makes of the notification whose turn was *claimed*.

    That it arrived is true whatever happened meanwhile; a failure counts only if nothing did.
    """
    row = store.locked(connection, [claimed.id])[claimed.id]
    said = [entries.conveyed(claimed, outcome, at=at)]
    if outcome.word == "answered":
        now, more = _arrived(room, connection, row, receipts, people, at=at)
    elif row.turn == claimed.turn and row.delivery is Delivery.QUEUED:
        now, more = _in_vain(room, connection, row, outcome, at=at)
    else:
        return Settled(said, calls=False)
    is_next = lanes.advance(connection, room.registry, row.partner, [row.about], at=at)
    heard = more + _shown(room, connection, row, now, at=at)
    return Settled(said + heard, calls=is_next or bool(heard))


def _arrived(
    room: NotificationRoom,
    connection: Connection,
    row: Notification,
    receipts: Sequence[Receipt],
    people: People,
    *,
    at: datetime,
) -> tuple[Notification, list[Entry]]:
    now = arrive(room, connection, row, "wire", at=at) if row.delivery in OPEN else row
    speaker = Speaker("wire", "machine", Actor(row.partner, "partner"))
    its = [receipt for receipt in receipts if receipt.alert == row.id]
    return take(room, connection, now, its, speaker, people, at=at)


def arrive(
    room: NotificationRoom, connection: Connection, row: Notification, channel: str, *, at: datetime
) -> Notification:
    """Set that it is there, and wake nobody any more because it was not; return the row then."""
    changes = arriving.arrived(row, room.rungs(row.partner), at=at, channel=channel)
    store.put(connection, [row.id], changes)
    if "alarm" in changes and not row.call:
        room.wakes.call_off(connection, about=row.id, at=at)
    return replace(row, **changes)


def _in_vain(
    room: NotificationRoom, connection: Connection, row: Notification, outcome: Outcome[Any], *, at: datetime
) -> tuple[Notification, list[Entry]]:
    changes = arriving.tried_in_vain(row, room.rungs(row.partner), outcome, at=at)
    return _with_alarm(room, connection, row, changes, arriving.failing(outcome).alarm, at=at)


def expire(room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime) -> list[Entry]:
    """End what was not taken in time; return the entries. Raises Overtaken."""
    changes = arriving.expired(row, at=at)
    return _ended(room, connection, row, changes, "expired", at=at)


def bury(room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime) -> list[Entry]:
    """End what is for a partner that is configured no more; return the entries. Raises Overtaken."""
    changes = arriving.dead(row, NO_PARTNER, at=at)
    return _ended(room, connection, row, changes, "undeliverable", at=at)


def cancel(room: NotificationRoom, connection: Connection, row: Notification, *, at: datetime) -> list[Entry]:
    """End what there is nothing left to say of; return the entries. Raises Overtaken."""
    changes = ended("cancelled", at=at, reason=NOTHING_TO_SAY) | {"turn": row.turn + 1}
    room.wakes.call_off(connection, about=row.id, at=at)
    return _ended(room, connection, row, changes, None, at=at)


def _ended(
    room: NotificationRoom,
    connection: Connection,
    row: Notification,
    changes: dict[str, Any],
    why: str | None,
    *,
    at: datetime,
) -> list[Entry]:
    store.change(connection, row, changes)
    now, more = _with_alarm(room, connection, row, changes, why, at=at)
    lanes.advance(connection, room.registry, row.partner, [row.about], at=at)
    said = [entries.ended(now, at=at), *more]
    return said + changed(room, connection, [now], at=at)


def _with_alarm(
    room: NotificationRoom,
    connection: Connection,
    row: Notification,
    changes: dict[str, Any],
    why: str | None,
    *,
    at: datetime,
) -> tuple[Notification, list[Entry]]:
    said: list[Entry] = []
    if why is not None:
        raised = alarm(room, connection, replace(row, **changes), why, at=at)
        changes |= raised.changes
        said = raised.entries
    store.put(connection, [row.id], changes)
    return replace(row, **changes), said


def _shown(
    room: NotificationRoom, connection: Connection, before: Notification, now: Notification, *, at: datetime
) -> list[Entry]:
    """Tell followers only what a ladder shows: another state or alarm, not one more attempt."""
    shown = [(row.delivery, row.progress, row.alarm, row.call, row.human) for row in (before, now)]
    return [] if shown[0] == shown[1] else changed(room, connection, [now], at=at)
