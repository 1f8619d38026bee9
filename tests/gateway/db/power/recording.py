"""One recording: two lives of the real store over the recorded disk, in the same order for the same seed."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from types import MappingProxyType
from unittest import mock

import sqlalchemy
from sqlalchemy import Connection, func, select

from gateway.audit.keys import SigningKeys
from gateway.audit.logbook import Logbook
from gateway.audit.notary import Notary
from gateway.capacity.store import declared_capacity
from gateway.db import Database, engine, migrate

from . import dbapi
from .journal import Journal, Published, Written
from .recording_vfs import RecordingVFS
from .writes import Plan, entry_of, planned

FILE = "gerbang.db"
AUTHORITY = "test.gerbang.example"
EVERY = 40  # entries a checkpoint
# Small, so that the main file is written again and again, and transactions spill before they commit.
SETTINGS = ("PRAGMA wal_autocheckpoint=40", "PRAGMA cache_size=12")
NOTHING: Mapping[str, str] = MappingProxyType({})
# Faults by the statement they are planted in the place of: each must be found out.
PLANTS: Mapping[str, Mapping[str, str]] = {
    "NORMAL": {"PRAGMA synchronous=FULL": "PRAGMA synchronous=NORMAL"},
    "OFF": {"PRAGMA synchronous=FULL": "PRAGMA synchronous=OFF"},
    "AUTOCOMMIT": {"BEGIN IMMEDIATE": "SELECT 1"},
}
ASKED = (
    "synchronous",
    "journal_mode",
    "foreign_keys",
    "trusted_schema",
    "busy_timeout",
    "journal_size_limit",
)


@dataclass(frozen=True, slots=True)
class Recording:
    """
    What was recorded.

    *folder* holds the signing keys, which the model leaves out; *settings* are what the writing connections
    reported of themselves, one a life; *refused* are the writes that were told to have failed.
    """

    seed: int
    journal: Journal
    folder: Path
    settings: list[dict[str, object]] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)


class _Telling(Notary):
    """A notary that notes in the journal what it lets the world have."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        super().__init__(SigningKeys(folder), AUTHORITY, every=EVERY)
        self._journal = journal

    def publish(self, note: str) -> None:
        super().publish(note)
        self._journal.add(Published(note))


def record(folder: Path, seed: int, *, plant: Mapping[str, str] = NOTHING) -> Recording:
    """Let the store work in *folder*, which is empty, and return what reached the disk and whom."""
    database = folder / FILE
    migrate(f"sqlite:///{database}", environment="demo")
    journal = Journal({FILE: database.read_bytes()})
    recording = Recording(seed, journal, folder)
    with _recorded(journal, plant):
        asyncio.run(_live(recording))
    return recording


@contextmanager
def _recorded(journal: Journal, plant: Mapping[str, str]) -> Iterator[None]:
    """Put the recording file system beneath every engine the house makes."""
    vfs = RecordingVFS("gerbang-recording", journal)

    def make_engine(url: str, **given: object) -> sqlalchemy.Engine:
        path = sqlalchemy.make_url(url).database
        return sqlalchemy.create_engine(url, creator=partial(_connect, path, plant), **given)

    try:
        with mock.patch.object(engine, "create_engine", make_engine):
            yield
    finally:
        vfs.unregister()


def _connect(path: str, plant: Mapping[str, str]) -> dbapi.Connection:
    connection = dbapi.Connection(path, vfs="gerbang-recording", plant=plant)
    for statement in SETTINGS:
        connection.execute(statement)
    return connection


async def _live(recording: Recording) -> None:
    dice, ticks = Random(recording.seed), count()
    for plans in planned(dice):
        # The clock counts its readings: the numbers in the log are the same in every run.
        logbook = Logbook(
            "gerbang-1",
            _Telling(recording.folder / "secrets", recording.journal),
            monotonic=lambda: next(ticks) / 1000,
        )
        async with _opened(recording, logbook) as database:
            await _work(recording, database, logbook, plans)


@asynccontextmanager
async def _opened(recording: Recording, logbook: Logbook) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{recording.folder / FILE}", logbook)
    await database.start()
    await database.maintain(lambda connection: recording.settings.append(_settings(connection)))
    try:
        yield database
    finally:
        await database.close()


def _settings(connection: Connection) -> dict[str, object]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ASKED}


async def _work(recording: Recording, database: Database, logbook: Logbook, plans: list[list[Plan]]) -> None:
    """Do round after round; what a round writes at once is one batch, so that nothing hangs on timing."""
    for number, plan in enumerate(plans):
        async with _reader(database, held=number % 7 == 3):
            await asyncio.gather(*(_write(recording, database, each) for each in plan))
            if number % 5 == 4:
                await database.maintain(logbook.sign)


async def _write(recording: Recording, database: Database, plan: Plan) -> None:
    try:
        await database.write(plan.change, entries=[entry_of(plan)])
    except plan.fails_with:
        recording.refused.add(plan.number)
    else:
        recording.journal.add(Written(plan.number))


@asynccontextmanager
async def _reader(database: Database, *, held: bool) -> AsyncIterator[None]:
    """Keep a question open meanwhile: the log cannot be moved into the main file beyond what it sees."""
    if not held:
        yield
        return
    begun, done = threading.Event(), threading.Event()

    def question(connection: Connection) -> None:
        connection.scalar(select(func.count()).select_from(declared_capacity))
        begun.set()
        done.wait(4)

    reading = asyncio.create_task(database.read(question))
    await asyncio.to_thread(begun.wait, 4)
    try:
        yield
    finally:
        done.set()
    await reading
