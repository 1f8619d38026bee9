"""
Where that lies which was answered and is not yet a row: a sealed file each, so that no crash loses it.

Sealed with AES-256-GCM under a key derived from `subject.key`, each file bound to its name. Not under the
key of whom it is about: that one is made in the key database, which may be away as well. Nor under a secret
of its own: `subject.key` is there before anything is served, never changes, and is in the backups already.
Whoever has the folder and that file reads what lies here; it lies for as long as the main database is away.
What a disk keeps in blocks it has freed is beyond this, as it is in `people/store`.
"""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.audit.files import keep_private, sync_folder
from gateway.db import CannotRead, CannotWrite
from gateway.db.batching import BatchThread, Pending
from gateway.people.person import NONCE_BYTES

FOLDER = "afloat"
PATIENCE_S = 2.0  # how long whoever asked waits for the disk
AGAIN_S = 1.0  # between two tries to write down what is afloat
AT_ONCE = 32  # files a batch: two fsyncs each, and the whole batch within PATIENCE_S

Job = Callable[[], None]

log = structlog.get_logger(__name__)


class Dated(Protocol):
    """What may lie here: anything msgspec can write and read again, with the moment it was asked."""

    @property
    def at(self) -> datetime:
        """When."""
        ...


K = TypeVar("K", bound=Dated)
A = TypeVar("A")  # what is afloat in a room's memory

_encode = msgspec.json.Encoder().encode


class Shelf(Generic[K]):
    """
    The files in *folder* of one room; *key* is 32 secret bytes.

    They are named by the ids of what they hold, an `incident` or a `referral`, which begin with its letter.

    One thread does all writing and deleting, in the order of the calls: a file that the disk took late is
    never left behind by the deletion that came after it. What the disk refuses is tried again by `try_again`.
    """

    def __init__(self, folder: Path, key: bytes, kept: type[K], *, of: str) -> None:
        """Take what each file holds, and *of* what: nothing is touched before the first file."""
        self._folder = folder
        self._of = of
        self._decode = msgspec.json.Decoder(kept).decode
        self._name = re.compile(rf"{of[0]}-[a-z0-9]{{13}}(\.[0-9]{{1,17}})?")
        self._box = AESGCM(key)
        self._lacking: dict[str, K] = {}  # what should lie here, and does not
        self._owed: set[str] = set()  # what should not lie here any more, and perhaps does
        self._thread = BatchThread[Job, None](
            f"{of}s-afloat", _perform, at_most=AT_ONCE, patience_s=PATIENCE_S
        )

    def start(self) -> None:
        """Start the thread, in the running event loop."""
        self._thread.start()

    async def stop(self) -> None:
        """Do what is waiting, and end the thread."""
        await self._thread.stop()

    async def put(self, name: str, kept: K) -> bool:
        """Say whether *kept* is on the disk; never raises, for nothing here may hold back an ambulance."""
        trouble = await self._do(partial(self._write, name, kept))
        if trouble is None:
            self._lacking.pop(name, None)
            return True
        if name not in self._lacking:
            log.error(f"{self._of}.not_shelved", row=name, reason=trouble)
        self._lacking[name] = kept
        return False

    async def drop(self, *names: str) -> None:
        """Delete what is written down elsewhere now; never raises."""
        self._owed.update(names)
        for name in names:
            self._lacking.pop(name, None)
        due = frozenset(self._owed)
        trouble = await self._do(partial(self._remove, due))
        if trouble is None:
            self._owed -= due
        elif names:
            log.error(f"{self._of}.still_shelved", row=names[0], reason=trouble)

    async def try_again(self) -> None:
        """Do what the disk has refused so far, as far as it lets us now."""
        if self._owed:
            await self.drop()
        for name, kept in list(self._lacking.items()):
            if not await self.put(name, kept):
                return

    def read(self) -> tuple[dict[str, K], list[str]]:
        """Return what lies here, the oldest first, and the names of what cannot be opened; blocks."""
        try:
            found = {name: self._opened(name) for name in self._names()}
        except OSError as exc:
            log.warning(f"{self._of}.shelf_unreadable", file=FOLDER, reason=_reason(exc))
            return {}, [f"{FOLDER}/"]
        whole = {name: kept for name, kept in found.items() if kept is not None}
        ordered = dict(sorted(whole.items(), key=lambda item: item[1].at))
        return ordered, sorted(name for name, kept in found.items() if kept is None)

    def _names(self) -> list[str]:
        """Return the names here; a file that a crash left half-written was never promised to anybody."""
        if not self._folder.exists():
            return []
        for draft in self._folder.glob(f".{self._of[0]}-*"):
            with suppress(OSError):
                draft.unlink()
        return [path.name for path in self._folder.iterdir() if self._name.fullmatch(path.name)]

    async def _do(self, job: Job) -> str | None:
        """Have *job* done; return why it could not be."""
        try:
            await self._thread.submit(job)
        except Exception as exc:  # noqa: BLE001  a named edge: whatever ails the disk, people are waiting
            return _reason(exc)
        return None

    def _write(self, name: str, kept: K) -> None:
        self._make_folder()
        try:
            keep_private(self._folder / name, self._sealed(name, kept))
        except OSError:
            for draft in self._folder.glob(f".{name}.*"):
                with suppress(OSError):
                    draft.unlink()
            raise

    def _make_folder(self) -> None:
        if not self._folder.exists():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(self._folder.parent)

    def _remove(self, names: Iterable[str]) -> None:
        # Not synced: a file that a power cut brings back is written down again under its id, which changes
        # nothing, and is deleted then.
        for name in names:
            with suppress(FileNotFoundError, NotADirectoryError):
                (self._folder / name).unlink()

    def _sealed(self, name: str, kept: K) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._box.encrypt(nonce, _encode(kept), name.encode())

    def _opened(self, name: str) -> K | None:
        """Return what lies under that name; None, with a line in the log, for what cannot be opened."""
        try:
            sealed = (self._folder / name).read_bytes()
            nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
            return self._decode(self._box.decrypt(nonce, rest, name.encode()))
        except (OSError, InvalidTag, ValueError, msgspec.MsgspecError) as exc:
            log.warning(f"{self._of}.unreadable", file=name, reason=_reason(exc))
            return None


async def write_down(
    afloat: dict[str, A],
    write: Callable[[A], Awaitable[None]],
    tell: Callable[[], None],
    *,
    shelf: Shelf[K],
    of: str,
) -> None:
    """
    Have *write* write down what is *afloat* as soon as the database takes it, until cancelled.

    What is written comes off the *shelf*, and *tell* is called; what fails otherwise is logged, and tried
    again.
    """
    while True:
        for name, each in list(afloat.items()):
            try:
                await write(each)
            except (CannotRead, CannotWrite) as exc:
                log.debug(f"{of}.still_afloat", reason=str(exc))
                break
            except Exception:  # a loop's edge: it stays on the alarm, and is tried again
                log.exception(f"{of}.cannot_be_written", row=name)
                continue
            del afloat[name]
            tell()
            await shelf.drop(name)
        await shelf.try_again()
        await asyncio.sleep(AGAIN_S)


def _perform(batch: list[Pending[Job, None]]) -> None:
    for pending in batch:
        if pending.given_up:
            continue
        try:
            pending.settle(pending.job())
        except Exception as exc:  # noqa: BLE001  the thread's edge: every failure becomes an answer
            pending.fail(exc)


def _reason(exc: Exception) -> str:
    """Name the failure: only what the system says of a disk, for nobody knows what other words tell."""
    said = exc.strerror if isinstance(exc, OSError) else None
    return f"{type(exc).__name__}: {said}" if said else type(exc).__name__
