"""
What a receipt means for a notification; pure.

Only a named person or duty post ends the person's clock, and nothing starts it again. How far a partner is
only ever moves forward; a refusal stands until a person there says otherwise later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from contracts import Progress, Receipt
from gateway.partners.shape import Rungs

from .arriving import arrived
from .rows import Delivery, Heard, Notification

PROVES_ARRIVAL = frozenset({"wire", "callback", "inbox"})
CONFIRMS = frozenset(Progress) - {Progress.RECEIVED, Progress.INTEGRATED, Progress.REFUSED}
TAKES_BACK = CONFIRMS - {Progress.READ}  # what a person may say after a refusal that changes it

_RANK: Mapping[Progress, int] = {each: number for number, each in enumerate(Progress)}

Changes = dict[str, Any]


def is_known(said: Receipt, known: Sequence[Heard], names: Mapping[int, str | None] | None) -> bool:
    """
    Say whether the same was heard before, by whatever way.

    *names* are who said it, by number; None where nobody's name can be kept, and so none tells them apart.
    """
    return any(
        (each.progress, each.post, each.reference) == (said.progress, said.post, said.reference)
        and (names is None or names.get(each.number) == said.by)
        for each in known
    )


def confirmed(
    row: Notification, said: Receipt, *, channel: str, rungs: Rungs, at: datetime, refused_at: datetime | None
) -> Changes:
    """
    Return what *said*, heard *at* that time, changes; *refused_at* is when it was refused before.

    Whether an alarm is to be raised is for the caller: `refuses`.
    """
    changes = _arrival(row, channel=channel, rungs=rungs, at=at)
    now = replace(row, **changes)
    progress = forward(now, said, at=at, refused_at=refused_at)
    changes |= {"progress": progress}
    if said.reference:
        changes["reference"] = said.reference
    if said.is_human and _ends_the_clock(said, progress):
        changes |= _stopped(now, at=at)
    if said.is_human and progress in CONFIRMS and said.progress in CONFIRMS:
        changes |= {"call": False, "alarm": None}
    return changes


def refuses(row: Notification, changes: Mapping[str, Any], said: Receipt) -> bool:
    """Say whether *said* is a refusal that somebody must hear of now."""
    return said.progress is Progress.REFUSED and changes["progress"] is Progress.REFUSED


def _ends_the_clock(said: Receipt, progress: Progress | None) -> bool:
    return said.progress in CONFIRMS or (said.progress is Progress.REFUSED and progress is Progress.REFUSED)


def _stopped(row: Notification, *, at: datetime) -> Changes:
    return {
        "human": True,
        "confirmed_at": row.confirmed_at or at,
        "watch": None,
        "watch_due_at": None,
        "watch_turn": row.watch_turn + 1,
    }


def _arrival(row: Notification, *, channel: str, rungs: Rungs, at: datetime) -> Changes:
    """Return what it proves of the delivery: a partner's word of what we do not know to have arrived."""
    if channel not in PROVES_ARRIVAL:
        return {} if row.channel else {"channel": channel}
    if row.delivery is Delivery.QUEUED:
        return arrived(row, rungs, at=at, channel="inbox" if channel == "inbox" else "wire")
    return {}


def forward(
    row: Notification, said: Receipt, *, at: datetime, refused_at: datetime | None
) -> Progress | None:
    """Return how far the partner is after *said*."""
    word, now = _counts_as(row, said), row.progress
    if now is None:
        return word
    if now is Progress.CLOSED:
        return now
    if now is Progress.REFUSED:
        is_later = refused_at is None or (said.at or at) > refused_at
        return word if said.is_human and word in TAKES_BACK and is_later else now
    if word is Progress.REFUSED:
        return word
    return max(now, word, key=_RANK.__getitem__)


def _counts_as(row: Notification, said: Receipt) -> Progress:
    """Return what a word counts for: a machine's, before any person's, says no more than that it is there."""
    if said.is_human or row.human or said.progress is Progress.REFUSED:
        return said.progress
    return min(said.progress, Progress.INTEGRATED, key=_RANK.__getitem__)
