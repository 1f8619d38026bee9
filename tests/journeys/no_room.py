"""Taking the room away that the gateway writes to, and giving it back: a lock, a full disk, a size limit."""

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

from tests.running import House

BLOCK = bytes(1 << 16)


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Let another program hold the database's lock for writing."""
    other = sqlite3.connect(house.data / "gerbang.db", isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


class Room(Protocol):
    """The room of a house on its disk."""

    def take(self, house: House) -> None:
        """Leave none."""
        ...

    def give(self, house: House) -> None:
        """Give all of it back."""
        ...


class Disk:
    """A small disk of its own, filled by a file of somebody else."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def take(self, house: House) -> None:
        """Write until the disk refuses the last byte."""
        del house
        with self._filler.open("ab", buffering=0) as filler:
            for size in (len(BLOCK), 4096, 1):
                with suppress(OSError):
                    while True:
                        filler.write(BLOCK[:size])

    def give(self, house: House) -> None:
        """Remove the file."""
        del house
        self._filler.unlink()


class FileLimit:
    """A limit on the size of any file, which the spool's reserved space lies within."""

    def __init__(self, size: int) -> None:
        self._size = size

    def take(self, house: House) -> None:
        """Let the running gateway write no file beyond the limit."""
        self._limit(house, self._size)

    def give(self, house: House) -> None:
        """Lift the limit."""
        self._limit(house, resource.RLIM_INFINITY)

    def _limit(self, house: House, soft: int) -> None:
        assert house.process is not None
        resource.prlimit(house.process.popen.pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Path]:
    """Mount a disk of that size at *folder*; skips, with the reason, where that is not allowed."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk; the file size limit stands in for it")
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk; the file size limit stands in for it")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607  found on root's PATH
