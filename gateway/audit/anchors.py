"""
The anchor file: every published checkpoint, only ever appended to, best on a disk of somebody else.

That disk may hang for hours: one daemon thread writes, nobody waits for it, and the process ends without it.
It is opened anew each time, so that it can be moved away at any moment.
"""

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread

PROMPT_S = 0.5  # how long a beat waits: a disk that works needs a millisecond
LATE_S = 10.0


class AnchorFile:
    """Notes one after the other with an empty line between, as `verify.py --anchor` reads them."""

    def __init__(self, path: Path, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Take the *path*; its folder must be there."""
        self._path = path
        self._monotonic = monotonic
        self._began: float | None = None
        self._failed: str | None = None
        self._torn = False

    @property
    def trouble(self) -> str | None:
        """Why notes wait, None while they do not."""
        began = self._began
        if began is not None and self._monotonic() - began > LATE_S:
            return "it does not answer"
        return self._failed

    async def append(self, notes: deque[str]) -> None:
        """Move *notes* to the file's end, unless that is under way; returns soon in any case."""
        if not notes or self._began is not None:
            return
        self._began = self._monotonic()
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def work() -> None:
            self._move(notes)
            with suppress(RuntimeError):  # the loop has closed: nobody waits any more
                loop.call_soon_threadsafe(_settle, done)

        Thread(target=work, name="anchors", daemon=True).start()
        with suppress(TimeoutError):
            await asyncio.wait_for(done, PROMPT_S)

    def _move(self, notes: deque[str]) -> None:
        waiting = len(notes)  # only this thread takes any away
        text = "".join(f"{notes[at]}\n" for at in range(waiting)).encode()
        try:
            self._write(b"\n\n" + text if self._torn else text)
        except OSError as exc:
            self._failed, self._torn = exc.strerror or type(exc).__name__, True
        else:
            self._failed, self._torn = None, False
            for _ in range(waiting):
                notes.popleft()
        self._began = None

    def _write(self, text: bytes) -> None:
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # A note torn by a full disk is skipped by whoever reads; it comes again, whole.
            while text:
                text = text[os.write(file, text) :]
            os.fdatasync(file)
        finally:
            os.close(file)


def _settle(done: "asyncio.Future[None]") -> None:
    if not done.done():
        done.set_result(None)
