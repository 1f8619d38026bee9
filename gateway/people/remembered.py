"""The people of the last minute, in memory."""

import time
from collections import OrderedDict
from collections.abc import Callable

from .person import Person

KEPT = 10_000
KEEP_S = 60.0  # how soon a replica learns what another one erased


class Remembered:
    """At most KEPT people, each for KEEP_S seconds from when they were looked up; used in the event loop."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take the clock, in seconds."""
        self._monotonic = monotonic
        self._known: OrderedDict[bytes, tuple[Person, float]] = OrderedDict()  # the first to go comes first

    def get(self, index: bytes) -> Person | None:
        """Return the person of that index unless it was too long ago."""
        known = self._known.get(index)
        return None if known is None or known[1] <= self._monotonic() else known[0]

    def put(self, index: bytes, person: Person) -> None:
        """Remember the person; whoever's time is over goes, and the oldest when it gets too many."""
        now = self._monotonic()
        self._known[index] = (person, now + KEEP_S)
        self._known.move_to_end(index)
        while len(self._known) > KEPT or next(iter(self._known.values()))[1] <= now:
            self._known.popitem(last=False)

    def forget(self, pseudonym: str) -> None:
        """Remember that person no longer."""
        gone = [index for index, (person, _) in self._known.items() if person.pseudonym == pseudonym]
        for index in gone:
            del self._known[index]
