"""One hospital's reception: whoever asks it for a bed gets an answer here, some seconds later."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from sandbox.fhir.shelf import Resource

from .push import Push
from .sayings import Saying
from .wish import Step, Wish


class Desk(Protocol):
    """Where a hospital's Tasks lie: on its own server or on the platform."""

    def kept(self) -> dict[str, list[Resource]]:
        """Return everything this hospital was asked, by kind (`tasks`, `service_requests`)."""
        ...

    def say(self, task_id: str, saying: Saying) -> list[Resource]:
        """Write *saying* into the Task; return the Tasks changed, none if it does not fit its state."""
        ...

    def clear(self) -> None:
        """Forget everything this hospital was asked."""
        ...


class Reception:
    """Decides for one hospital: as the door wishes, else by its own mind."""

    def __init__(self, desk: Desk, *, now: Callable[[], datetime], after_s: float) -> None:
        self.desk = desk
        self.wish: Wish | None = None
        self.push: Push | None = None
        self._now = now
        self._after_s = after_s
        self._pending: dict[str, asyncio.Task[None]] = {}

    def asked(self, task_id: str, mind: Callable[[], Saying]) -> None:
        """Begin to think about a Task; *mind* is what it decides without a wish."""
        own: list[Step] = [(self._after_s, mind)]
        self._begin(task_id, own if self.wish is None else self.wish.steps(self._now, self._after_s))

    def asked_to_stop(self, task_id: str) -> None:
        """Begin to think about a request to abort; one who is to stay silent says nothing here either."""
        if self.wish and self.wish.decision == "silent":
            return
        after_s = self.wish.after_s if self.wish and self.wish.after_s is not None else self._after_s
        self._begin(task_id, [(after_s, lambda: Saying("abort"))])

    async def decide(self, task_id: str, wish: Wish) -> bool:
        """Carry out *wish* at once in place of what was pending; False if the Task's state forbids it."""
        self._forget(task_id)
        if wish.decision == "silent":
            return True
        (_, first), *rest = wish.steps(self._now, 0)
        fits = self._say(task_id, first())
        if fits and rest:
            self._begin(task_id, rest)
        return fits

    def close(self) -> None:
        """Decide nothing more, wish nothing, push nothing, keep nothing."""
        for task_id in list(self._pending):
            self._forget(task_id)
        self.wish = self.push = None
        self.desk.clear()

    def _begin(self, task_id: str, steps: Sequence[Step]) -> None:
        self._forget(task_id)
        if steps:
            self._pending[task_id] = asyncio.create_task(self._carry_out(task_id, steps))

    def _forget(self, task_id: str) -> None:
        pending = self._pending.pop(task_id, None)
        if pending is not None:
            pending.cancel()

    async def _carry_out(self, task_id: str, steps: Sequence[Step]) -> None:
        for seconds, what in steps:
            await asyncio.sleep(seconds)
            if not self._say(task_id, what()):
                break
        self._pending.pop(task_id, None)

    def _say(self, task_id: str, saying: Saying) -> bool:
        changed = self.desk.say(task_id, saying)
        for task in changed:
            if self.push is not None:
                self.push.send(task)
        return bool(changed)
