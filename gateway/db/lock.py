"""One process per data folder: a second one would use the first one's spool and fork its log."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

LOCK_NAME = "gerbang.lock"


class AlreadyRunning(Exception):
    """Another process holds the data folder; the message names it."""


class ProcessLock:
    """
    The lock on *data_dir*, held from `take` (or `with`) until `release` or the process's end.

    The kernel drops it with the process, so a crash leaves nothing to clean up.
    """

    def __init__(self, data_dir: Path) -> None:
        """Take the folder; it is made when the lock is taken."""
        self._path = data_dir / LOCK_NAME
        self._file: int | None = None

    def take(self) -> None:
        """Take the lock or raise AlreadyRunning."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            holder = os.read(file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise AlreadyRunning(f"{self._path} is held by process {holder}") from exc
        # The name is only for people; the lock is what counts, so a stale number does no harm.
        with suppress(OSError):  # on a full disk there is no room for it
            os.ftruncate(file, 0)
            os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def release(self) -> None:
        """Let go; the file stays, since removing it would let two processes lock two files of one name."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        """Take the lock."""
        self.take()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Release it."""
        self.release()
