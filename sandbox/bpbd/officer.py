"""BPBD's duty officer: reads, accepts, refuses, sends somebody, seconds after a message came."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from .acks import Saying, ack
from .cap import Message

SCRIPTS: dict[str, tuple[str, ...]] = {
    "silent": (),
    "machine": ("received", "integrated"),
    "reads": ("read",),
    "accepts": ("read", "accepted"),
    "refuses": ("read", "refused"),
    "handles": ("read", "accepted", "dispatched", "on_scene", "closed"),
}
_NEEDS_SOMEBODY = ("alert", "update")
_NEEDS_NOBODY = ("test", "heartbeat")
_PAUSES_S = (0.2, 0.5, 1.0)  # between one attempt and the next: four in all


@dataclass(frozen=True, slots=True)
class Script:
    """A row of SCRIPTS: the first step *after_s* seconds, each further one *every_s* after the one before."""

    name: str = "accepts"
    after_s: float = 4.0
    every_s: float = 4.0
    reason: str | None = None

    def steps(self, message: Message) -> tuple[str, ...]:
        """Return what is said: of what needs nobody a person only takes note, of the link nothing."""
        steps = () if message.kind in _NEEDS_NOBODY else SCRIPTS[self.name]
        return steps if message.kind in _NEEDS_SOMEBODY else steps[:1]


@dataclass(slots=True)
class Callback:
    """Where Acks go: with *token*, to *url* or to where the message says. Counts Acks, not attempts."""

    token: str
    url: str | None = None
    delivered: int = 0
    failed: int = 0

    async def send(self, message: Message, body: bytes, *, patient: bool) -> tuple[int, str] | None:
        """Return the last answer's status and text; a *patient* sender tries again what was not heard."""
        answer = None
        for pause_s in (*(_PAUSES_S if patient else ()), None):
            answer = await self._attempt(self.url or message.reply_to or "", body)
            if answer is not None and 200 <= answer[0] < 300:
                self.delivered += 1
                return answer
            if pause_s is not None:
                await asyncio.sleep(pause_s)
        self.failed += 1
        return answer

    async def _attempt(self, url: str, body: bytes) -> tuple[int, str] | None:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/cap+xml"}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                answer = await client.post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return answer.status_code, answer.text


class Officer:
    """Carries the script out for each message; says nothing while there is no *callback*."""

    def __init__(self, *, now: Callable[[], datetime], script: Script) -> None:
        self.script = script
        self.callback: Callback | None = None
        self._now = now
        self._pending: set[asyncio.Task[None]] = set()

    def begin(self, message: Message) -> None:
        """Start the script for a message that has just come."""
        if self.callback is not None and self.script.steps(message):
            carrying = asyncio.create_task(self._carry_out(message, self.script))
            self._pending.add(carrying)
            carrying.add_done_callback(self._pending.discard)

    async def say(self, message: Message, saying: Saying, *, patient: bool) -> tuple[int, str] | None:
        """Say it now; return how 112 answered, None if it could not be reached. Raises LookupError."""
        if self.callback is None:
            raise LookupError("no callback: PUT /door/bpbd/callback")
        return await self.callback.send(message, ack(message, saying, self._now()), patient=patient)

    def close(self) -> None:
        """Stop whatever was begun, and forget whom to tell."""
        for carrying in self._pending:
            carrying.cancel()
        self.callback = None

    async def _carry_out(self, message: Message, script: Script) -> None:
        wait_s = script.after_s
        for step in script.steps(message):
            await asyncio.sleep(wait_s)
            if self.callback is None:
                return
            reason = script.reason or "tidak ada petugas" if step == "refused" else None
            reference = f"PUSDALOPS/CONTOH/{message.number}" if step == "accepted" else None
            await self.say(message, Saying(step, reason=reason, reference=reference), patient=True)
            wait_s = script.every_s
