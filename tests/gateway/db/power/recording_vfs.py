"""A file system beneath SQLite that does what the machine's does and writes down every change."""

from pathlib import Path

import apsw

from .journal import Journal, Sync, SyncFolder, Truncate, Write

_NAMED = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL
_SYNCS_FOLDER = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL | apsw.SQLITE_OPEN_WAL


class RecordingVFS(apsw.VFS):
    """
    The machine's file system under the name *name*, recorded in *journal*; memory of `-shm` stays its own.

    Temporary files are not recorded: nothing looks for them after a power cut.
    """

    def __init__(self, name: str, journal: Journal) -> None:
        """Register it; `unregister` when done."""
        super().__init__(name, "")
        self._journal = journal

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802  SQLite's
        """Open a file, and record it when it has a name that matters."""
        if name is None or not flags[0] & _NAMED:
            return apsw.VFSFile("", name, flags)
        return RecordingFile(name, flags, self._journal)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802  SQLite's
        """Delete a file."""
        super().xDelete(filename, syncdir)
        self._journal.delete(Path(filename).name)
        if syncdir:
            self._journal.add(SyncFolder())


class RecordingFile(apsw.VFSFile):
    """One open file whose changes are recorded."""

    def __init__(self, name: str | apsw.URIFilename, flags: list[int], journal: Journal) -> None:
        """Open it."""
        super().__init__("", name, flags)
        path = name if isinstance(name, str) else name.filename()
        self._journal = journal
        self._file = journal.file(Path(path).name)
        # os_unix.c: a log or journal opened with CREATE has its folder synced at its first sync.
        self._syncs_folder = bool(flags[0] & apsw.SQLITE_OPEN_CREATE and flags[0] & _SYNCS_FOLDER)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802  SQLite's
        """Write, and record it."""
        super().xWrite(data, offset)
        self._journal.add(Write(self._file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802  SQLite's
        """Cut, and record it."""
        super().xTruncate(newsize)
        self._journal.add(Truncate(self._file, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802  SQLite's
        """Record it only: how fast this machine's disk is must not matter here."""
        del flags
        self._journal.add(Sync(self._file))
        if self._syncs_folder:
            self._journal.add(SyncFolder())
            self._syncs_folder = False
