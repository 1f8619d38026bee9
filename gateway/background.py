"""Work that goes on beside the questions for as long as the gateway runs."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from gateway.alarms import Alarms

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Background:
    """Starts work; *stack* ends it, in the reverse order."""

    stack: AsyncExitStack
    alarms: Alarms

    def run(self, work: Coroutine[Any, Any, None], *, may_end: bool = False) -> None:
        """Run *work* until the application ends; should it end by itself, somebody must see that."""
        task = asyncio.create_task(work, name=getattr(work, "__qualname__", None))
        task.add_done_callback(lambda ended: self._tell_of_end(ended, may_end=may_end))

        async def end() -> None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        self.stack.push_async_callback(end)

    def _tell_of_end(self, task: "asyncio.Task[None]", *, may_end: bool) -> None:
        if task.cancelled() or (may_end and task.exception() is None):
            return
        log.error("background.ended", exc_info=task.exception(), name=task.get_name())
        text = "A background task of the gateway has ended: restart it, and tell."
        self.alarms.raise_("background.ended", text)
