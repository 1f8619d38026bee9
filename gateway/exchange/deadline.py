"""One moment by which a question is answered; everything done for it lives inside."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the running event loop's clock, seconds."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """Return the deadline *seconds* from now."""
        return cls(asyncio.get_running_loop().time() + seconds)

    def remaining(self) -> float:
        """Return the seconds left; negative when it has passed."""
        return self.at - asyncio.get_running_loop().time()
