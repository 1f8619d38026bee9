"""
What becomes of each held message once its partner may be told: pure.

Of what is still going on, the newest picture goes out. What is over and never arrived stands in one digest.
What came too late to be of use is closed with that reason. Nothing is dropped without its word.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from contracts import AlertKind
from gateway.partners.shape import Rungs

from . import ladder
from .beginning import LINK, set_watch, start_watch
from .digest import IN_DIGEST
from .rows import CHANGE, Delivery, Notification
from .superseding import ended

LAST_WORDS = frozenset({AlertKind.CLOSED, AlertKind.CANCEL})
DRILL_OVER, EXPIRED_WHILE_HELD = "drill_over", "expired_while_held"

_STANDS = frozenset({Delivery.HELD, Delivery.QUEUED, Delivery.DELIVERED})


class Fate(StrEnum):
    """How a held message ends, or that it goes out."""

    RELEASED = "released"
    SUPERSEDED = "superseded"  # a newer picture goes out, or has arrived
    IN_DIGEST = "in_digest"  # it is over, and the partner never knew of it
    OVER = "over"  # so was a drill, of which nobody need hear any more
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Lane:
    """
    What one partner has and has not been told of one object.

    *newest* is the newest picture that stands, *newest_change* what followers are told last. *has_had*: a
    picture has arrived; *may_have_had*: one has, or was on its way when nothing more was heard of it.
    """

    newest: Notification | None
    newest_change: Notification | None
    has_had: bool
    may_have_had: bool
    is_over: bool


def lane(rows: Sequence[Notification], *, ended: bool, at: datetime) -> Lane:
    """Return the lane of *rows*; *ended* is the object's own word, a last word among the rows counts, too."""
    pictures = [row for row in rows if row.kind != CHANGE]
    changes = [row for row in rows if row.kind == CHANGE]
    has_had = any(row.delivery is Delivery.DELIVERED for row in pictures)
    return Lane(
        newest=_newest(pictures, at=at),
        newest_change=_newest(changes, at=at),
        has_had=has_had,
        may_have_had=has_had or any(row.attempts for row in pictures),
        is_over=ended or any(row.kind in LAST_WORDS for row in pictures),
    )


def _newest(rows: Sequence[Notification], *, at: datetime) -> Notification | None:
    standing = [row for row in rows if row.delivery in _STANDS and not _comes_too_late(row, at=at)]
    return max(standing, key=lambda row: row.number, default=None)


def _comes_too_late(row: Notification, *, at: datetime) -> bool:
    """Say whether it is of no more use; a last word always is."""
    return row.delivery is Delivery.HELD and row.expires_at <= at and row.kind not in LAST_WORDS


def fate(row: Notification, its: Lane, *, at: datetime) -> Fate:
    """Return what becomes of a held *row* of that lane; who knows of it hears the last word, however late."""
    if _comes_too_late(row, at=at) or (row.expires_at <= at and not its.may_have_had):
        return Fate.EXPIRED
    if row.about == LINK:
        return Fate.RELEASED
    if row.kind == CHANGE:
        return _the_newest(row, its.newest_change)
    if its.is_over and not its.may_have_had:
        return Fate.OVER if row.drill else Fate.IN_DIGEST
    return _the_newest(row, its.newest)


def _the_newest(row: Notification, newest: Notification | None) -> Fate:
    return Fate.RELEASED if newest is not None and row.number == newest.number else Fate.SUPERSEDED


def end(which: Fate, *, newer: str | None, at: datetime) -> dict[str, Any]:
    """Return the changes that end a row so; to ring is still to be whom it expired for, and nobody else."""
    if which is Fate.EXPIRED:
        ending = ended("expired", at=at, reason=EXPIRED_WHILE_HELD)
        return {name: value for name, value in ending.items() if name not in ("call", "alarm")}
    if which is Fate.SUPERSEDED:
        return ended("superseded", at=at, reason=newer)
    return ended("cancelled", at=at, reason=IN_DIGEST if which is Fate.IN_DIGEST else DRILL_OVER)


def release(row: Notification, its: Lane, rungs: Rungs, *, at: datetime) -> dict[str, Any]:
    """
    Return the changes that send a held row on its way, late and said to be late.

    It is the first word where none has arrived. Whoever is to telephone still is, until a person confirms.
    """
    kind = _kind(row, its)
    watch = start_watch(replace(row, kind=kind), rungs, at=at)
    going = {"delivery": Delivery.QUEUED, "delayed": True, "kind": kind, "alarm": None, "alarm_at": None}
    useful = {"expires_at": max(row.expires_at, ladder.expires_at(rungs, kind, at=at))}
    return going | useful | (watch or {"call": False})


def first_word(its: Lane, rungs: Rungs, *, at: datetime) -> dict[str, Any] | None:
    """
    Return the changes that make the lane's newest, queued already, the first word, None where it need not.

    It was promised as an update of what was held then, and takes that one's place.
    """
    row = its.newest
    if row is None or row.delivery is not Delivery.QUEUED or row.attempts or _kind(row, its) == row.kind:
        return None
    return {"kind": str(AlertKind.ALERT)} | start_watch(replace(row, kind=AlertKind.ALERT), rungs, at=at)


def _kind(row: Notification, its: Lane) -> str:
    return str(AlertKind.ALERT) if row.kind == AlertKind.UPDATE and not its.has_had else row.kind


def hold(row: Notification, why: str, *, at: datetime) -> dict[str, Any]:
    """Return the changes that hold a queued row, for its partner is not to be told now."""
    held = {"delivery": Delivery.HELD, "held_since": row.held_since or at, "due_at": None} | set_watch(None)
    if row.topic != "incident" or row.kind == CHANGE or row.human:
        return held
    return held | {"call": True, "call_since": row.call_since or at, "alarm": why, "alarm_at": at}
