"""How a notification begins: queued or held, due at once or behind another, watched or not; pure."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.partners.registry import Partner
from gateway.partners.shape import Channel, Rungs, Standing

from . import ladder, lanes
from .rows import CHANGE, Delivery, Notification
from .ways import placed, ways, why_held

LINK = "-"  # what is about nothing but the link itself; it may be said as often as anybody likes
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none can be mistaken for another when read aloud
_LENGTH = 13


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What is to be told: the picture *sequence* of *about*, an object of that *topic*.

    *kind* is what the picture is by itself; what it is to one partner is said beside that partner.
    """

    topic: str
    about: str
    sequence: int
    kind: str
    urgent: bool
    drill: bool
    subject: str | None


@dataclass(frozen=True, slots=True)
class Listener:
    """Whom it is told, as what: *partner* None is one that partners.toml no longer names."""

    id: str
    partner: Partner | None
    standing: Standing
    kind: str
    number: int

    @property
    def rungs(self) -> Rungs:
        """Return its ladder."""
        return self.partner.ladder if self.partner else Rungs()

    @property
    def ways(self) -> Sequence[Channel]:
        """Return what leads there."""
        return ways(self.partner, self.kind) if self.partner else ()


def begin(
    wanted: Wanted, listener: Listener, waiting: Sequence[Notification], *, at: datetime
) -> Notification:
    """Return the new notification; *waiting* is what its lane still holds, nothing of it superseded."""
    row = Notification(
        id=new_id(wanted, listener),
        partner=listener.id,
        number=listener.number,
        topic=wanted.topic,
        about=wanted.about,
        sequence=wanted.sequence,
        kind=listener.kind,
        urgent=wanted.urgent,
        drill=wanted.drill,
        subject=wanted.subject,
        delivery=_placed(wanted, listener),
        accepted_at=at,
        expires_at=ladder.expires_at(listener.rungs, listener.kind, at=at),
    )
    if row.delivery is Delivery.HELD:
        return _held(row, listener, at=at)
    return _queued(row, listener, waiting, at=at)


def _placed(wanted: Wanted, listener: Listener) -> Delivery:
    if not listener.ways:
        return Delivery.HELD
    return placed(listener.standing, drill=wanted.drill or listener.kind == "test")


def _held(row: Notification, listener: Listener, *, at: datetime) -> Notification:
    """Have an operator ring at once about an incident: the partner knows nothing."""
    kept_until = max(row.expires_at, at + timedelta(seconds=listener.rungs.hold_for_s))
    held = replace(row, held_since=at, expires_at=kept_until)
    if row.topic != "incident" or row.kind == CHANGE:
        return held
    return replace(held, call=True, call_since=at, alarm=why_held(listener.standing), alarm_at=at)


def _queued(
    row: Notification, listener: Listener, waiting: Sequence[Notification], *, at: datetime
) -> Notification:
    is_next = lanes.head(waiting) is None
    due_at = at if is_next and Channel.WIRE in listener.ways else None
    return replace(row, due_at=due_at, **start_watch(row, listener.rungs, at=at))


def start_watch(row: Notification, rungs: Rungs, *, at: datetime) -> dict[str, Any]:
    """Return the changes that start the person's clock now, none where nobody need confirm."""
    if row.human or not ladder.is_watched(row.topic, row.kind, urgent=row.urgent):
        return {}
    return set_watch(ladder.first_rung(row, rungs, at=at))


def set_watch(rung: ladder.Rung | None) -> dict[str, Any]:
    """Return the changes that let *rung* be next, None: the clock stands still."""
    if rung is None:
        return {"watch": None, "watch_due_at": None}
    return {"watch": str(rung.step), "watch_due_at": rung.at}


def new_id(wanted: Wanted, listener: Listener) -> str:
    """Return its id: the same for the same picture, so that nothing is promised twice."""
    if wanted.about == LINK or listener.kind == CHANGE:
        return _spelt(secrets.token_bytes(16))
    said = f"{wanted.about}\n{wanted.sequence}\n{listener.id}"
    return _spelt(hashlib.sha256(said.encode()).digest())


def _spelt(seed: bytes) -> str:
    number, letters = int.from_bytes(seed), ""
    for _ in range(_LENGTH):
        number, at = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[at]
    return f"n-{letters}"
