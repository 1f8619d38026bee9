"""
The two clocks as pure plans: when a delivery is tried again, and what is done next if no person confirms.

The person's clock has rungs at fixed moments; which one is next follows from the row alone, so that a restart
skips none but reminders that nobody would need any more.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from contracts import AlertKind
from gateway.partners.shape import Rungs

from .rows import CHANGE, Notification

FOLLOWED_FOR = timedelta(days=7)  # a picture of what was asked for; the newest is worth waiting for


class Step(StrEnum):
    """What is done at a rung; two at the same moment are done in this order."""

    UNDELIVERED = "undelivered"  # it has not arrived: the next channel, and an alarm
    CALL = "call"  # no person has confirmed: the operator is to telephone
    REMIND = "remind"  # it has arrived and no person has confirmed: wake the duty officers, again and again


class Rung(NamedTuple):
    """One step of the person's clock and its moment."""

    at: datetime
    step: Step


_ORDER = {step: number for number, step in enumerate(Step)}


def is_watched(topic: str, kind: str, *, urgent: bool) -> bool:
    """Say whether a person must confirm it: the first word of what is urgent; pictures after it inform."""
    return urgent and topic == "incident" and kind == AlertKind.ALERT


def expires_at(rungs: Rungs, kind: str, *, at: datetime) -> datetime:
    """Return until when it is of use."""
    useful = timedelta(seconds=rungs.deliver_for_s)
    return at + (max(useful, FOLLOWED_FOR) if kind == CHANGE else useful)


def next_attempt(
    row: Notification, rungs: Rungs, *, begun_at: datetime, at: datetime, asked_s: float | None = None
) -> datetime:
    """
    Return when to try again after a failed attempt that was begun at *begun_at* and is counted in *row*.

    *asked_s* is what the partner asked us to wait from now. Not after the end of its use: then it is ended.
    """
    again = max(begun_at + timedelta(seconds=_pause_s(row.attempts, rungs)), at)
    if asked_s is not None:
        again = max(again, at + timedelta(seconds=min(asked_s, rungs.deliver_for_s)))
    return min(again, row.expires_at)


def _pause_s(made: int, rungs: Rungs) -> float:
    """Return the seconds from the last of *made* attempts to the next."""
    if 0 < made < len(rungs.attempts_s):
        return max(0.0, rungs.attempts_s[made] - rungs.attempts_s[made - 1])
    return rungs.each_s


def first_rung(row: Notification, rungs: Rungs, *, at: datetime) -> Rung | None:
    """Return the rung the person's clock begins with when it is started at that time."""
    ahead = _ahead(row, rungs, since=at)
    return min(ahead, key=_place, default=None)


def next_rung(row: Notification, rungs: Rungs, *, after: Rung | None, at: datetime) -> Rung | None:
    """
    Return what comes after the rung *after* for the row as it stands, None where the ladder ends.

    Of reminders whose moment has passed only the last is made up for; that the operator is to telephone is
    never left out.
    """
    ahead = [rung for rung in _ahead(row, rungs, since=row.accepted_at) if _is_ahead(rung, after)]
    missed = [rung for rung in ahead if rung.step is Step.REMIND and rung.at <= at]
    return min((rung for rung in ahead if rung not in missed[:-1]), key=_place, default=None)


def _ahead(row: Notification, rungs: Rungs, *, since: datetime) -> list[Rung]:
    if row.human:
        return []
    found = [Rung(at, Step.REMIND) for at in _reminders(row, rungs)]
    if row.delivered_at is None:
        found.append(Rung(since + timedelta(seconds=rungs.undelivered_s), Step.UNDELIVERED))
    if row.call_since is None:
        found.append(Rung(since + timedelta(seconds=rungs.call_s), Step.CALL))
    return found


def _reminders(row: Notification, rungs: Rungs) -> list[datetime]:
    if row.delivered_at is None:
        return []
    first = row.delivered_at + timedelta(seconds=rungs.unconfirmed_s)
    more = int(rungs.again_for_s // rungs.again_s)
    return [first + timedelta(seconds=rungs.again_s * number) for number in range(more + 1)]


def _is_ahead(rung: Rung, after: Rung | None) -> bool:
    """Say whether it comes after; the telephone is ahead as long as it has not been told to be used."""
    return rung.step is Step.CALL or after is None or _place(rung) > _place(after)


def _place(rung: Rung) -> tuple[datetime, int]:
    return rung.at, _ORDER[rung.step]
