"""The duty officer of one agency: reads, accepts, refuses, sends somebody, seconds after a message came."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from .callback import Callback
from .message import Message
from .saying import Saying, written
from .table import AgencyRow

# What the officer does with what may need somebody; of anything else a person only takes note.
SCRIPTS: dict[str, tuple[str, ...]] = {
    "silent": (),
    "machine": ("received", "integrated"),
    "reads": ("read",),
    "accepts": ("read", "accepted"),
    "refuses": ("read", "refused"),
    "handles": ("read", "accepted", "dispatched", "on_scene", "closed"),
}
_NEEDS_SOMEBODY = ("alert", "report", "update")
_NEEDS_NOBODY = ("test", "heartbeat")


@dataclass(frozen=True, slots=True)
class Script:
    """A row of SCRIPTS: the first step *after_s* seconds, each further one *every_s* after the one before."""

    name: str = "accepts"
    after_s: float = 4.0
    every_s: float = 4.0
    reason: str | None = None

    def steps(self, kind: str) -> tuple[str, ...]:
        """Return what is said to a message of *kind*."""
        steps = SCRIPTS[self.name]
        if kind in _NEEDS_NOBODY or kind.endswith("_changed"):
            return ()
        return steps if kind in _NEEDS_SOMEBODY else steps[:1]


class Duty:
    """Carries the script out for each message; says nothing while there is no *callback*."""

    def __init__(self, row: AgencyRow, *, now: Callable[[], datetime], script: Script) -> None:
        self.script = script
        self.callback: Callback | None = None
        self._row = row
        self._now = now
        self._pending: set[asyncio.Task[None]] = set()

    def begin(self, message: Message) -> None:
        """Start the script for a message that has just come."""
        steps = self.script.steps(message.kind)
        if steps and self.callback is not None:
            carrying = asyncio.create_task(self._carry_out(message, self.script, steps))
            self._pending.add(carrying)
            carrying.add_done_callback(self._pending.discard)

    async def say(self, message: Message, saying: Saying, *, patient: bool) -> tuple[int, str] | None:
        """Say it now; return how 112 answered, None if it could not be reached. Raises LookupError."""
        if self.callback is None:
            raise LookupError("no callback: PUT /door/agencies/<id>/callback")
        body = written(self._row, message, saying, self._now())
        return await self.callback.send(message.reply_to, body, patient=patient)

    def close(self) -> None:
        """Stop whatever was begun, and forget whom to tell."""
        for carrying in self._pending:
            carrying.cancel()
        self.callback = None

    async def _carry_out(self, message: Message, script: Script, steps: tuple[str, ...]) -> None:
        wait_s = script.after_s
        for step in steps:
            await asyncio.sleep(wait_s)
            if self.callback is None:
                return
            reason = script.reason if step == "refused" else None
            report = f"LP/{message.number}/CONTOH" if step == "closed" else None
            await self.say(message, Saying(step, reason=reason, report=report), patient=True)
            wait_s = script.every_s
