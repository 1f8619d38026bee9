"""What waits for a duty officer: one item an incident, its newest picture and what is asked. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts import Alert, AlertKind, Progress
from gateway.notifications.rows import Notification

LAST_WORDS: Final = frozenset({AlertKind.CLOSED, AlertKind.CANCEL})
# What may be said next, by how far the agency is; nothing after it is finished.
STEPS: Final = (Progress.DISPATCHED, Progress.ON_SCENE, Progress.CLOSED)
_ORDER: Final = {each: number for number, each in enumerate(Progress)}


class Asks(StrEnum):
    """What an item asks of the officer."""

    ACCEPT = "accept"  # a person there has not confirmed it yet
    READ = "read"  # news of what was confirmed, or that it is over
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Item:
    """
    One incident as its agency was told of it: *rows* from first to last, *alert* what the newest says.

    *alert* is None where whom it named was erased.
    """

    rows: tuple[Notification, ...]
    alert: Alert | None

    @property
    def about(self) -> str:
        """The incident's id, or what else the lane is about."""
        return self.rows[-1].about

    @property
    def newest(self) -> Notification:
        """The newest picture."""
        return self.rows[-1]

    @property
    def main(self) -> Notification:
        """The message that receipts are for: the one with which the agency is furthest, else the first."""
        return max(self.rows, key=lambda row: (_rank(row), -row.number))

    @property
    def progress(self) -> Progress | None:
        """How far the agency is, by a person's word."""
        return self.main.progress if self.main.human else None

    @property
    def unread(self) -> tuple[Notification, ...]:
        """What no person there has confirmed."""
        return tuple(row for row in self.rows if not row.human)

    @property
    def is_over(self) -> bool:
        """Whether the incident is over, or the agency has finished or refused."""
        return self.newest.kind in LAST_WORDS or self.progress in (Progress.CLOSED, Progress.REFUSED)

    @property
    def asks(self) -> Asks:
        """What is asked of the officer now."""
        if self.newest.human or self.progress is Progress.REFUSED:
            return Asks.NOTHING
        if self.newest.kind in LAST_WORDS or self.progress is not None:
            return Asks.READ
        return Asks.ACCEPT

    @property
    def is_loud(self) -> bool:
        """Whether it sounds until somebody presses: it is urgent and no person has confirmed it."""
        return self.newest.urgent and self.asks is Asks.ACCEPT

    @property
    def steps(self) -> tuple[Progress, ...]:
        """What may be said next of what was accepted."""
        if self.progress is None or self.is_over:
            return ()
        return tuple(each for each in STEPS if _ORDER[each] > _ORDER[self.progress])

    @property
    def confirmed_at(self) -> datetime | None:
        """When a person there first confirmed it."""
        return self.main.confirmed_at


def by_lane(rows: Iterable[Notification]) -> list[tuple[Notification, ...]]:
    """Return the lanes of *rows*, each from first to last."""
    lanes: dict[str, list[Notification]] = {}
    for row in sorted(rows, key=lambda row: row.number):
        lanes.setdefault(row.about, []).append(row)
    return [tuple(lane) for lane in lanes.values()]


def in_order(items: Sequence[Item]) -> list[Item]:
    """Return *items* with what is asked on top: to accept before to read, urgent first, then the newest."""
    asked = {each: number for number, each in enumerate(Asks)}
    return sorted(
        items,
        key=lambda item: (asked[item.asks], not item.is_loud, item.newest.drill, -item.newest.number),
    )


def _rank(row: Notification) -> int:
    return -1 if row.progress is None or not row.human else _ORDER[row.progress]
