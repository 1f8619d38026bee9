"""What the door wants a hospital to do with those who ask: in place of its own mind."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .sayings import Saying

DECISIONS = ("accept", "decline", "silent", "accept_then_fail", "decline_then_accept")
AT_ONCE = ("receive", "accept", "decline", "fail", "arrive", "accept_then_fail", "decline_then_accept")

Step = tuple[float, Callable[[], Saying]]  # seconds to wait, then what to say


@dataclass(frozen=True, slots=True)
class Wish:
    """
    One decision.

    *after_s* are seconds from being asked, *then_after_s* from the first answer to the second. A wish
    without *reason* declines as `full` and fails as `bed_not_free`; *bed_held_min* are minutes for which an
    acceptance keeps a bed.
    """

    decision: str
    after_s: float | None = None
    then_after_s: float = 1.0
    reason: str | None = None
    words: str | None = None
    bed_held_min: float | None = None

    def steps(self, now: Callable[[], datetime], default_after_s: float) -> list[Step]:
        """Return what the hospital says and when; nothing when it stays silent."""
        if self.decision == "silent":
            return []
        first, _, second = self.decision.partition("_then_")
        after_s = default_after_s if self.after_s is None else self.after_s
        steps: list[Step] = [(after_s, lambda: self._saying(first, now()))]
        if second:
            steps.append((self.then_after_s, lambda: self._saying(second, now())))
        return steps

    def _saying(self, kind: str, now: datetime) -> Saying:
        if kind in ("decline", "fail"):
            usual = "full" if kind == "decline" else "bed_not_free"
            return Saying(kind, reason=self.reason or usual, words=self.words)
        if kind == "accept" and self.bed_held_min is not None:
            return Saying(kind, held_until=now + timedelta(minutes=self.bed_held_min))
        return Saying(kind)
