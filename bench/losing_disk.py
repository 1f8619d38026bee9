"""
`python -m bench.losing_disk`: the gateway on a disk that has what was synced, and nothing else.

A killed process leaves its writes in the machine's cache, where they outlive it; a pulled plug does not. Here
a file's writes stay in the process until SQLite syncs the file, so that with the process dies what a power
cut takes. Memory of `-shm` and locks stay the machine's own.
"""

import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType

import apsw
import sqlalchemy

from gateway import __main__ as gerbang
from gateway.db import engine
from tests.gateway.db.power import dbapi

NAME = "losing"
NOTHING: Mapping[str, str] = MappingProxyType({})
_KEPT = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL


class Cached:
    """What the connections of this process see of one file, and which of it the disk has not."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unsynced: list[tuple[int, int]] = []
        with suppress(FileNotFoundError):
            self.content = bytearray(path.read_bytes())
            return
        self.content = bytearray()

    def write(self, data: bytes, offset: int) -> None:
        """Write into memory."""
        end = offset + len(data)
        self.content.extend(bytes(max(0, end - len(self.content))))
        self.content[offset:end] = data
        self._unsynced.append((offset, end))

    def sync(self) -> None:
        """Let the disk have what it has not."""
        with self._path.open("r+b") as file:
            for start, end in self._unsynced:
                file.seek(start)
                file.write(self.content[start:end])
            file.truncate(len(self.content))
        self._unsynced.clear()


class LosingVFS(apsw.VFS):
    """The machine's file system, whose named files are `Cached`."""

    def __init__(self) -> None:
        """Register it."""
        super().__init__(NAME, "")
        self._files: dict[str, Cached] = {}

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  SQLite's
        """Open a file."""
        if name is None or not flags[0] & _KEPT:
            return apsw.VFSFile("", name, flags)
        path = name if isinstance(name, str) else name.filename()
        file = LosingFile("", name, flags)
        if path not in self._files:
            self._files[path] = Cached(Path(path))
        file.cached = self._files[path]
        return file

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  SQLite's
        """Delete a file."""
        self._files.pop(filename, None)
        super().xDelete(filename, syncdir)


class LosingFile(apsw.VFSFile):
    """One open file."""

    cached: Cached

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802  SQLite's
        """Read what this process has written, synced or not."""
        return bytes(self.cached.content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  SQLite's
        """Write into memory."""
        self.cached.write(bytes(data), offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  SQLite's
        """Cut in memory."""
        del self.cached.content[newsize:]

    def xFileSize(self) -> int:  # noqa: N802  SQLite's
        """Return the size this process sees."""
        return len(self.cached.content)

    def xSync(self, flags: int) -> None:  # noqa: N802  SQLite's
        """Let the disk have it."""
        del flags
        self.cached.sync()


def serve(plant: Mapping[str, str] = NOTHING) -> int:
    """Put the disk beneath the gateway, with other statements in the place of some; serve."""
    vfs = LosingVFS()

    def make_engine(url: str, **given: object) -> sqlalchemy.Engine:
        path = sqlalchemy.make_url(url).database
        if path is None or not url.startswith("sqlite"):
            return sqlalchemy.create_engine(url, **given)
        connect = partial(dbapi.Connection, path, vfs=NAME, plant=plant)
        return sqlalchemy.create_engine(url, creator=connect, **given)

    vars(engine)["create_engine"] = make_engine
    status = gerbang.main(["serve"])
    vfs.unregister()
    return status


if __name__ == "__main__":
    sys.exit(serve())
