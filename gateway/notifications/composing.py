"""What a message says comes from the room it is about; who it goes to, and when, is decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from contracts import Alert, AlertKind, Change, Earlier, Over
from gateway.partners.registry import Partner

from .rows import Notification

M = TypeVar("M", Alert, Change)


class Composer(Protocol):
    """Knows the objects of one topic: incidents, referrals, or the link itself."""

    def gather(self, connection: Connection, row: Notification) -> Any:
        """Return what `compose` needs of the database for *row*, from the question that reads the row."""
        ...

    async def compose(self, row: Notification, partner: Partner, gathered: Any) -> Alert | Change | None:
        """
        Return the message for that very partner, thinned to what it may know; the same at every attempt.

        None: the person behind it was erased, or nothing is left to say. Raises CannotRead.
        """
        ...

    async def is_over(self, abouts: Sequence[str]) -> Mapping[str, Over | None]:
        """Return for each object how it ended, None while it goes on. Raises CannotRead."""
        ...


def addressed(
    alert: Alert,
    row: Notification,
    *,
    earlier: Sequence[Earlier],
    live: bool,
    callback: str | None,
    reply_to: str,
    anchor: str | None,
) -> Alert:
    """Return *alert* with what the notification itself says of it, whatever its composer said."""
    return replace(
        alert,
        id=row.id,
        number=row.number,
        kind=AlertKind(row.kind),
        sent_at=row.accepted_at,
        expires_at=row.expires_at,
        urgent=row.urgent,
        drill=row.drill,
        live=live,
        delayed=row.delayed,
        held_since=row.held_since if row.delayed else None,
        replaces=tuple(earlier),
        callback=callback,
        reply_to=reply_to,
        anchor=anchor,
    )


def followed(change: Change, row: Notification, *, live: bool, anchor: str | None) -> Change:
    """Return *change* with what the notification itself says of it."""
    return replace(
        change,
        id=row.id,
        number=row.number,
        about=row.about,
        topic=row.topic,
        sent_at=row.accepted_at,
        expires_at=row.expires_at,
        drill=row.drill,
        live=live,
        anchor=anchor,
    )
