"""
A breaker per partner and operation: after repeated failure nobody asks for a while, then one probe does.

For a question somebody waits for it opens after 5 failures in a row, or when half of at least 20 attempts
within 10 s failed; lets one probe through after 5 s, doubled at each failed probe, at most 60 s (5: the
default of Finagle and of Envoy, read 2026-11-23). For what is told until it has arrived it opens only at a
partner that is gone, and finds out sooner that it is back: one that fails half of the time is told twice.
"""

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_S = 10.0
LEAST_IN_WINDOW = 20
JITTER = 0.25  # a pause is never shorter than said, and up to this share longer

Permit = int


@dataclass(frozen=True, slots=True)
class Patience:
    """
    When a breaker opens, and how long it stays so.

    After *in_a_row* failures, or a *share* of those within ten seconds; probes after *first_pause_s*, at most
    *longest_pause_s* apart.
    """

    in_a_row: int
    share: float
    first_pause_s: float
    longest_pause_s: float


ASKING = Patience(in_a_row=5, share=0.5, first_pause_s=5.0, longest_pause_s=60.0)
TELLING = Patience(in_a_row=20, share=0.95, first_pause_s=2.0, longest_pause_s=10.0)


class Breaker:
    """
    Gives out permits and is told what became of each attempt made under one.

    A permit is good for the state it was given in: what an attempt from before the opening brings
    back, good or bad, no longer counts. *now* is a monotonic clock in seconds, *jitter* draws from a
    range, *on_turn* hears whether it is open each time it opens or closes.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        jitter: Callable[[float, float], float] = random.uniform,
        on_turn: Callable[[bool], None] = lambda is_open: None,
        patience: Patience = ASKING,
    ) -> None:
        self._now = now
        self._jitter = jitter
        self._on_turn = on_turn
        self._patience = patience
        self._permit: Permit = 1
        self._in_a_row = 0
        self._window = _Window()
        self._pauses = 0
        self._probe_at: float | None = None
        self._probing = False

    @property
    def state(self) -> str:
        """Say closed, open, or half_open while a probe is due or under way."""
        if self._probe_at is None:
            return "closed"
        return "half_open" if self._probing or self._now() >= self._probe_at else "open"

    def would_admit(self) -> bool:
        """Say whether `admit` would give a permit now."""
        return self._probe_at is None or (not self._probing and self._now() >= self._probe_at)

    def admit(self) -> Permit | None:
        """Give a permit, or None while open. Whoever gets the probe's must tell what became of it."""
        if not self.would_admit():
            return None
        if self._probe_at is not None:
            self._probing = True
            self._permit += 1
        return self._permit

    def allows_another(self, permit: Permit) -> bool:
        """Say whether one more attempt may be made under *permit*: a probe is a single attempt."""
        return permit == self._permit and self._probe_at is None

    def succeeded(self, permit: Permit) -> None:
        """Count an answer; a probe's closes the breaker."""
        if permit != self._permit:
            return
        if self._probing:
            self._close()
        self._in_a_row = 0
        self._window.add(self._now(), good=True)

    def failed(self, permit: Permit) -> None:
        """Count a failure; open when there were too many, for longer after each failed probe."""
        if permit != self._permit:
            return
        at = self._now()
        self._in_a_row += 1
        self._window.add(at, good=False)
        if self._probing or self._too_many(at):
            self._open(at)

    def gave_up(self, permit: Permit) -> None:
        """Forget an attempt that told nothing of the partner, so that another may be the probe."""
        if permit == self._permit:
            self._probing = False

    def _too_many(self, at: float) -> bool:
        total, failures = self._window.counts(at)
        most = self._patience.share * total
        return self._in_a_row >= self._patience.in_a_row or (total >= LEAST_IN_WINDOW and failures >= most)

    def _open(self, at: float) -> None:
        longest = self._patience.longest_pause_s / (1 + JITTER)
        pause = min(longest, self._patience.first_pause_s * 2.0**self._pauses)
        self._probe_at = at + self._jitter(pause, pause * (1 + JITTER))
        if not self._probing:
            self._on_turn(True)
        self._pauses = min(self._pauses + 1, 10)
        self._probing = False
        self._permit += 1

    def _close(self) -> None:
        self._pauses = 0
        self._probe_at = None
        self._probing = False
        self._window = _Window()
        self._on_turn(False)


class _Window:
    """Counts of the last WINDOW_S seconds, kept second by second, so that load costs no memory."""

    def __init__(self) -> None:
        self._seconds: deque[list[float]] = deque()  # second, attempts, failures

    def add(self, at: float, *, good: bool) -> None:
        if not self._seconds or self._seconds[-1][0] != at // 1:
            self._seconds.append([at // 1, 0, 0])
            self._drop_old(at)
        self._seconds[-1][1] += 1
        self._seconds[-1][2] += not good

    def counts(self, at: float) -> tuple[float, float]:
        self._drop_old(at)
        return sum(each[1] for each in self._seconds), sum(each[2] for each in self._seconds)

    def _drop_old(self, at: float) -> None:
        while self._seconds and self._seconds[0][0] <= at - WINDOW_S:
            self._seconds.popleft()
