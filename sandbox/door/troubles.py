"""The troubles in force, by target; the nearest target counts (a hospital before `hospitals`)."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace

from .modes import MODES


@dataclass(frozen=True, slots=True)
class Trouble:
    """A mode for the next *times* requests, for ever when None; *seconds* as the mode explains."""

    mode: str
    times: int | None = None
    seconds: float = 0.0


class Troubles:
    """What is to go wrong next."""

    def __init__(self) -> None:
        self._current: dict[str, Trouble] = {}

    def put(self, target: str, mode: str, *, times: int | None, seconds: float | None) -> Trouble:
        """Set the target's one trouble."""
        trouble = Trouble(mode, times, MODES[mode].seconds if seconds is None else seconds)
        self._current[target] = trouble
        return trouble

    def clear(self, target: str | None = None) -> None:
        """End the target's trouble, or all."""
        if target is None:
            self._current.clear()
        else:
            self._current.pop(target, None)

    def current(self) -> dict[str, Trouble]:
        """Return what is in force."""
        return dict(self._current)

    def take(self, targets: Sequence[str], modes: Container[str]) -> Trouble | None:
        """Return the trouble of the nearest target if it is one of *modes*, and count it as used."""
        target = next((name for name in targets if name in self._current), None)
        if target is None or self._current[target].mode not in modes:
            return None
        trouble = self._current[target]
        if trouble.times is not None:
            self._count_down(target, trouble, trouble.times - 1)
        return trouble

    def _count_down(self, target: str, trouble: Trouble, left: int) -> None:
        if left > 0:
            self._current[target] = replace(trouble, times=left)
        else:
            del self._current[target]
