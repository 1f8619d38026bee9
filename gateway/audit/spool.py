"""
Where entries wait while the database is away: one file whose space was taken beforehand.

A frame is length, CRC-32 and the entry as JSON; eight zero bytes end the last one. A torn end is what a
crash leaves of a write nobody was told about, so reading stops there. A frame read twice is harmless: the
log knows every entry's key.
"""

import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import msgspec
import structlog

from contracts.audit import Entry
from gateway.db.batching import BatchThread, Overrun, Pending, Stalled

from .files import reserve, sync_folder

FILE_NAME = "audit.spool"
_HEAD = struct.Struct("<II")
_END = bytes(_HEAD.size)

log = structlog.get_logger(__name__)
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Entry)


class CannotSpool(Exception):
    """The spool is full, broken or not open; the entries are not in it."""


@dataclass(frozen=True, slots=True)
class _Append:
    frames: bytes
    entries: int


@dataclass(frozen=True, slots=True)
class _Reset:
    upto: int


Waiting = Pending[_Append | _Reset, bool]


class Spool:
    """The spool in *folder*, *size* bytes long; one writing thread, one fdatasync for all that wait."""

    def __init__(self, folder: Path, *, size: int = 16_000_000) -> None:
        """Take the folder; nothing is touched before `open`."""
        self._path = folder / FILE_NAME
        self._size = size
        self._file: int | None = None
        self._end = 0
        self._thread = BatchThread[_Append | _Reset, bool]("audit-spool", self._perform, on_stop=self._close)
        self.waiting = 0

    @property
    def end(self) -> int:
        """The offset behind the last whole frame, in bytes."""
        return self._end

    @property
    def is_open(self) -> bool:
        """Whether entries can be spooled at all."""
        return self._file is not None

    def open(self) -> None:
        """Reserve the file's space and find its end; blocks. Raises OSError when the disk refuses."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._size = reserve(file, self._size)
            sync_folder(self._path.parent)
            self._find_end(file)
        except BaseException:
            os.close(file)
            raise
        self._file = file

    def start(self) -> None:
        """Start the writing thread, in the running event loop; without an open file it refuses everything."""
        self._thread.start()

    async def stop(self) -> None:
        """Write what is waiting and close the file."""
        await self._thread.stop()

    async def append(self, entries: Sequence[Entry]) -> None:
        """Return when *entries* are on disk. Raises CannotSpool."""
        frames = b"".join(_frame(_encoder.encode(entry)) for entry in entries)
        await self._submit(_Append(frames, len(entries)))

    async def reset(self, upto: int) -> bool:
        """Empty the spool if nothing came behind the offset *upto*; say whether. Raises CannotSpool."""
        return await self._submit(_Reset(upto))

    def read(self, start: int, *, at_most: int) -> tuple[list[Entry], int]:
        """Return the entries from *start* on and the offset behind them; blocks. Raises CannotSpool."""
        entries: list[Entry] = []
        if self._file is None or start >= self._end:
            return entries, start
        for payload, behind in _frames(self._file, start, self._end):
            entries.append(_decoder.decode(payload))
            start = behind
            if len(entries) >= at_most:
                break
        if not entries:
            raise CannotSpool(f"the spool is damaged at offset {start}")
        return entries, start

    def _find_end(self, file: int) -> None:
        self._end = self.waiting = 0
        for _, behind in _frames(file, 0, self._size):
            self._end = behind
            self.waiting += 1
        if self._end < self._size and os.pread(file, _HEAD.size, self._end).strip(b"\0"):
            log.warning("spool.torn", offset=self._end, entries=self.waiting)

    async def _submit(self, job: _Append | _Reset) -> bool:
        try:
            return await self._thread.submit(job)
        except (Overrun, Stalled) as exc:
            raise CannotSpool("the spool's queue is full or closed, or its disk stalls") from exc

    def _perform(self, batch: list[Waiting]) -> None:
        """Do one batch with one fdatasync, resets first: what is appended with them comes after."""
        wanted = [pending for pending in batch if not pending.given_up]
        try:
            for pending in wanted:
                if isinstance(pending.job, _Reset):
                    pending.settle(self._emptied(pending.job))
            self._add([pending for pending in wanted if isinstance(pending.job, _Append)])
        except OSError as exc:
            for pending in wanted:
                if isinstance(pending.job, _Append):
                    pending.fail(_cannot_spool(exc))

    def _emptied(self, job: _Reset) -> bool:
        """
        Begin at the front again if nothing came behind the offset.

        It counts even if the disk refuses the mark: what lay there, read again, is known to the log. Kept
        at the old end, the next entry would lie behind a mark that did reach the disk, and be lost.
        """
        if job.upto != self._end:
            return False
        self._end = self.waiting = 0
        if self._file is not None:
            with suppress(OSError):
                os.pwrite(self._file, _END, 0)
                os.fdatasync(self._file)
        return True

    def _add(self, wanted: list[Waiting]) -> None:
        file, end, waiting = self._file, self._end, self.waiting
        if file is None:
            raise OSError("the spool's file is not open")
        frames = []
        for pending in wanted:
            job = pending.job
            assert isinstance(job, _Append)  # noqa: S101  only such are handed in
            if end + len(job.frames) + len(_END) > self._size:
                pending.fail(CannotSpool("the spool is full"))
                continue
            frames.append(job.frames)
            end, waiting = end + len(job.frames), waiting + job.entries
            pending.settle(True)
        if not frames:
            return
        os.pwrite(file, b"".join(frames) + _END, self._end)
        os.fdatasync(file)
        self._end, self.waiting = end, waiting

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _frame(payload: bytes) -> bytes:
    return _HEAD.pack(len(payload), crc32(payload)) + payload


def _frames(file: int, start: int, stop: int) -> Iterator[tuple[bytes, int]]:
    """Yield each whole frame's payload between two offsets, and the offset behind it."""
    while start + _HEAD.size <= stop:
        length, crc = _HEAD.unpack(os.pread(file, _HEAD.size, start))
        behind = start + _HEAD.size + length
        if not length or behind > stop:
            return
        payload = os.pread(file, length, start + _HEAD.size)
        if crc32(payload) != crc:
            return
        yield payload, behind
        start = behind


def _cannot_spool(exc: OSError) -> CannotSpool:
    failure = CannotSpool(f"{type(exc).__name__}: {exc.strerror or exc}")
    failure.__cause__ = exc
    return failure
