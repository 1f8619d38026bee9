"""An alarm to the operators about one notification: on screen, in the log, in their pockets if urgent."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from contracts import Actor, Entry
from contracts.audit import SYSTEM

from . import entries
from .accepting import waking
from .room import NotificationRoom
from .rows import CHANGE, Notification

TELEPHONED = frozenset({"call_now", "refused", "undeliverable", "expired"})  # the wire will not do it


class Alarmed(NamedTuple):
    """What an alarm changes of its notification, and the entry of it."""

    changes: dict[str, Any]
    entries: list[Entry]


def alarm(
    room: NotificationRoom,
    connection: Connection,
    row: Notification,
    why: str,
    *,
    at: datetime,
    actor: Actor = SYSTEM,
    request: str | None = None,
) -> Alarmed:
    """Raise it, unless it stands already or a person there has confirmed and has not refused."""
    if row.alarm == why or (row.human and why != "refused"):
        return Alarmed({}, [])
    changes: dict[str, Any] = {"alarm": why, "alarm_at": at}
    if why in TELEPHONED and _is_telephoned(row, why):
        changes |= {"call": True, "call_since": row.call_since or at}
    if row.urgent:
        room.wakes.operators(connection, why, waking(row, at=at))
    raised = replace(row, **changes)
    return Alarmed(changes, [entries.alarmed(raised, why, at=at, actor=actor, request=request)])


def _is_telephoned(row: Notification, why: str) -> bool:
    """Say whether somebody there is to be rung: about what has happened and is urgent, or was refused."""
    has_happened = row.topic == "incident" and row.kind != CHANGE
    return has_happened and (row.urgent or why == "refused")
