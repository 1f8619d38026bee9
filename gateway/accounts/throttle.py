"""
Guessing gets slower the longer it goes on; nobody is locked out for good, least of all the only approver.

Counted by account and neighbourhood, so that a stranger elsewhere cannot keep the head of the unit out;
by neighbourhood, for one password tried on many accounts; and by account alone, with a short wait only. The
owner's own browser (`browsers`) is counted by itself: whoever else guesses does not keep it waiting.

A guess is counted when it begins and taken back when it was right: guesses made at once wait for one another.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

FORGET_US = 15 * 60 * 1_000_000
MOST_KEPT = 10_000


@dataclass(slots=True)
class _Record:
    failures: int
    last_us: int


@dataclass(frozen=True, slots=True)
class Patience:
    """So many failures are free, then the wait doubles from a second up to *longest_s*."""

    free: int
    longest_s: int

    def wait_us(self, failures: int) -> int:
        """Return how long one waits after that many failures, microseconds."""
        beyond = failures - self.free
        return 0 if beyond < 0 else min(2 ** min(beyond, 10), self.longest_s) * 1_000_000


HERE = Patience(free=3, longest_s=60)
NEIGHBOURHOOD = Patience(free=20, longest_s=60)
ANYWHERE = Patience(free=10, longest_s=5)
# Only whoever has the password gets this far, and a million codes are few: 5 s would try 50,000 in a day.
CODES_ANYWHERE = Patience(free=10, longest_s=60)

COUNTED_BY_ITSELF = "browser "  # before the name of a browser, where others have a neighbourhood
_LOGIN, _CODE = "login ", "code "


def for_password(login: str) -> str:
    """Return by what tries of a password are counted."""
    return _LOGIN + login


def for_code(account: str) -> str:
    """Return by what tries of a second proof are counted; *account* is its id."""
    return _CODE + account


class Throttle:
    """Remembers failures for 15 minutes, in memory, of the last 10,000 it heard of."""

    def __init__(self) -> None:
        """Start with a clean slate."""
        self._records: OrderedDict[tuple[str, str], _Record] = OrderedDict()

    def wait_s(self, who: str, source: str, *, at_us: int) -> int:
        """Return the seconds until *who* (`for_password`, `for_code`) may try again from *source*, 0: now."""
        left = (
            each.last_us + patience.wait_us(each.failures) - at_us
            for key, patience in self._counted(who, source)
            if (each := self._fresh(key, at_us)) is not None
        )
        longest = max((0, *left))
        return -(-longest // 1_000_000)  # rounded up

    def failed(self, who: str, source: str, *, at_us: int) -> None:
        """Count one failure."""
        for key, _ in self._counted(who, source):
            known = self._fresh(key, at_us)
            self._records[key] = _Record(1 if known is None else known.failures + 1, at_us)
            self._records.move_to_end(key)
        while len(self._records) > MOST_KEPT:
            self._records.popitem(last=False)

    def succeeded(self, who: str, source: str) -> None:
        """Forget what *who* got wrong from *source*; what others tried there or elsewhere stays counted."""
        self.taken_back(who, source)
        self._records.pop((who, source), None)

    def taken_back(self, who: str, source: str) -> None:
        """Count one failure less: it was right, or nobody could say."""
        for key, _ in self._counted(who, source):
            if (known := self._records.get(key)) is not None:
                known.failures = max(0, known.failures - 1)

    def _counted(self, who: str, source: str) -> Iterator[tuple[tuple[str, str], Patience]]:
        yield (who, source), HERE
        if not source.startswith(COUNTED_BY_ITSELF):
            yield ("", source), NEIGHBOURHOOD
            yield (who, ""), CODES_ANYWHERE if who.startswith(_CODE) else ANYWHERE

    def _fresh(self, key: tuple[str, str], at_us: int) -> _Record | None:
        known = self._records.get(key)
        return None if known is None or at_us - known.last_us > FORGET_US else known
