"""What of the rows that are due stands in the queue already, as far as this process has put it there."""

from collections import Counter
from collections.abc import Sequence

from .executor import AGAIN_S
from .kind import Due, Kind, limit_of

SLOW_S = 2.0  # still due that long after it was offered, a row rests or waits for others: it is no measure
AHEAD = 2  # times a group's limit: as many as may be under way, and as many that begin when those have ended

Crowd = str | None  # a group with a limit; None is everybody else


class Offers:
    """
    Decides what to offer of one kind: each turn once, and no more than somebody will take soon.

    Rows that are carried leave the list of what is due, so what still stands on it waits in the queue. After
    AGAIN_S a row is offered anew, should it have got lost; the queue knows those it still has.
    """

    def __init__(self, kind: Kind, at_most: int) -> None:
        """Take how many of those in no group with a limit may wait at once."""
        self._kind = kind
        self._at_most = at_most
        self._made: dict[Due, float] = {}
        self._turned_away: set[Crowd] = set()

    def choose(self, rows: Sequence[Due], *, now: float) -> tuple[list[Due], int]:
        """Return which of the *rows* due to offer *now*, and how many wait for reasons of their own."""
        standing = {due: at for due in rows if (at := self._made.get(due, 0.0)) > now - AGAIN_S}
        limits = {group: limit_of(self._kind, group) for group in {due.group for due in rows}}
        taken: Counter[Crowd] = Counter()
        chosen, waiting = [], 0
        for due in sorted(rows, key=lambda due: due not in standing):  # what stands there has its place
            limit = limits[due.group]
            crowd = None if limit is None else due.group
            if due in standing:
                is_slow = limit is None and standing[due] < now - SLOW_S
                taken[crowd] += not is_slow
                waiting += is_slow or limit is not None
            elif taken[crowd] < (self._at_most if limit is None else AHEAD * limit):
                taken[crowd] += 1
                chosen.append(due)
            else:
                self._turned_away.add(crowd)
                waiting += limit is not None
        self._made = standing | dict.fromkeys(chosen, now)
        return chosen, waiting

    def was_turned_away(self, crowd: Crowd) -> bool:
        """Say, once, whether somebody of that group, or of none with a limit, found no place."""
        if crowd not in self._turned_away:
            return False
        self._turned_away.discard(crowd)
        return True
