"""
A business row and its audit entry, committed together: through the one writer with chain, tree and signed
checkpoints, the same without the log, and by a commit each.
"""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import Connection, insert

from contracts import Entry
from gateway.alarms import Alarms
from gateway.audit import Recorder, Spool, store
from gateway.audit.anchors import AnchorFile
from gateway.audit.chain import START, seal
from gateway.audit.keys import SigningKeys
from gateway.audit.logbook import Logbook
from gateway.audit.notary import Notary
from gateway.audit.notes import read
from gateway.audit.pulse import Pulse
from gateway.audit.tree import Tree
from gateway.capacity.store import capacity_sighting
from gateway.db import Database, engine, migrate
from tests import postgres

from . import machine
from .bars import Bar

WRITERS = 32
WRITES = 8000
ROUNDS = 3
ALONE = 1000
BATCHES, A_BATCH = 40, 200
LEAST_A_SECOND = 5000.0
MOST_LAG_S = 2.0


class NoLog:
    """The ledger of a house that writes nothing down: what the log is compared with."""

    def append(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Write nothing."""

    def missing(self, connection: Connection, entries: Sequence[Entry]) -> list[Entry]:
        """Hold nothing."""
        del connection
        return list(entries)

    def committed(self) -> None:
        """Keep nothing."""

    def rolled_back(self) -> None:
        """Lose nothing."""


class Run(NamedTuple):
    """Writes per second, microseconds of processor each, the 99th percentile in ms."""

    rate: float
    cpu_us: float
    p99_ms: float


class Watched(Notary):
    """A notary that notes when each size was published."""

    def __init__(self, folder: Path) -> None:
        """Keep its keys in *folder*."""
        super().__init__(SigningKeys(folder), "bench.gerbang.example")
        self.times: list[tuple[float, int]] = []

    def publish(self, note: str) -> None:
        """Publish, and note the time."""
        super().publish(note)
        self.times.append((time.perf_counter(), read(note).size))


def measure(folder: Path) -> list[Bar]:
    """Measure all in turn, on fresh files."""
    with_log, without, single, lags = [], [], [], []
    for number in range(ROUNDS):
        run, lag = asyncio.run(_signed(_sqlite(folder / f"log-{number}"), folder / f"log-{number}"))
        with_log.append(run)
        lags.append(lag)
        without.append(asyncio.run(_unlogged(_sqlite(folder / f"bare-{number}"))))
        single.append(_single(folder / f"single-{number}.db"))
    return [
        *_bars("audit_cost", "row and entry, SQLite FULL", with_log, least=LEAST_A_SECOND),
        *_bars("audit_cost.off", "row alone, SQLite FULL", without),
        Bar("audit_cost.baseline", "two bare rows and a commit each, one writer", median(single), "/s"),
        Bar("audit_cost.lag", "committed to signed, p99, under full load", max(lags), "s", MOST_LAG_S),
        *_parts(_sqlite(folder / "parts")),
        *_on_postgres(folder),
    ]


def _parts(url: str) -> list[Bar]:
    """Say where a write's time goes: the same steps as the writer's, one by one, 200 writes a commit."""
    spent: dict[str, float] = {}
    tip, tree, connector = START, Tree(), engine.writing(url)
    with connector.connect() as connection:
        for batch in range(BATCHES):
            entries = [Entry("bench.written", "done", object_id=f"{batch}-{n}") for n in range(A_BATCH)]
            clock = _Clock(spent)
            transaction = connection.begin()
            for entry in entries:
                row = {"hospital": entry.object_id, "sighting": b"{}"}
                connection.execute(insert(capacity_sighting), [row])
            clock.note("business rows")
            rows, tip = seal(entries, log="bench", tip=tip, mono=batch, first=batch == 0)
            clock.note("canonical text and chain")
            store.add(connection, rows)
            clock.note("entries inserted")
            tree = tree.grown(bytes.fromhex(row.leaf) for row in rows)
            clock.note("tree")
            transaction.commit()
            clock.note("commit, one fsync")
    connector.dispose()
    each = 1e6 / (BATCHES * A_BATCH)
    return [Bar("audit_cost.part", f"{name}, per write", each * taken, "us") for name, taken in spent.items()]


class _Clock:
    """Adds the time since the last note to what was just done."""

    def __init__(self, spent: dict[str, float]) -> None:
        self._spent = spent
        self._last = time.perf_counter()

    def note(self, name: str) -> None:
        now = time.perf_counter()
        self._spent[name] = self._spent.get(name, 0.0) + now - self._last
        self._last = now


def _bars(name: str, says: str, runs: Sequence[Run], *, least: float | None = None) -> list[Bar]:
    rate, cpu, p99 = (median(column) for column in zip(*runs, strict=True))
    return [
        Bar(f"{name}.rate", f"{says}, {WRITERS} writers", rate, "/s", at_least=least),
        Bar(f"{name}.cpu", "per write", cpu, "us"),
        Bar(f"{name}.p99", "until it is on the disk", p99, "ms"),
    ]


def _sqlite(folder: Path) -> str:
    folder.mkdir()
    url = f"sqlite:///{folder / 'gerbang.db'}"
    migrate(url, environment="demo")
    return url


def _on_postgres(folder: Path) -> list[Bar]:
    """Measure what one writer gives there, with fsync on as a real server has it."""
    binaries = postgres.find_binaries()
    if binaries is None:
        return []
    place = folder / "postgres"
    place.mkdir()
    runs = []
    with _server(binaries) as server:
        for number in range(ROUNDS):
            server.run(f"CREATE DATABASE bench_{number} ENCODING 'UTF8' TEMPLATE template0")
            url = server.url(f"bench_{number}")
            migrate(url, environment="demo")
            runs.append(asyncio.run(_signed(url, place))[0])
    return _bars("audit_cost.postgres", "row and entry, PostgreSQL, fsync on", runs)


@contextmanager
def _server(binaries: Path) -> Iterator[postgres.Server]:
    folder = postgres.make_folder(durable=True)
    try:
        server = postgres.start(binaries, folder, fsync=True)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _unlogged(url: str) -> Run:
    database = Database(url, NoLog())
    await database.start()
    run, _ = await _writes(database)
    await database.close()
    return run


async def _signed(url: str, folder: Path) -> tuple[Run, float]:
    """Write with the whole log as the gateway has it; return the run and the p99 of signing's lag."""
    notary = Watched(folder / "secrets")
    logbook = Logbook("bench", notary)
    database, alarms = Database(url, logbook), Alarms()
    await database.start()
    recorder = Recorder(database, Spool(folder / "spool", size=100_000), alarms)
    pulse = Pulse(database, logbook, recorder, alarms, AnchorFile(folder / "anchors.txt"))
    beating = asyncio.create_task(pulse.run())
    run, committed = await _writes(database)
    beating.cancel()
    await asyncio.wait([beating])
    await database.close()
    return run, machine.percentile(_lags(committed, notary.times), 0.99)


def _lags(committed: Sequence[float], published: Sequence[tuple[float, int]]) -> list[float]:
    """Return for each write the seconds until a checkpoint covered it; writes are told in their order."""
    lags, covered = [], 1  # the first entry opens the log
    for at, size in published:
        lags += [max(0.0, at - moment) for moment in committed[covered - 1 : size - 1]]
        covered = size
    assert len(lags) == len(committed), "some entries were never signed"
    return lags


async def _writes(database: Database) -> tuple[Run, list[float]]:
    """Write; return the run, and when each write was told to be on the disk."""
    times: list[float] = []
    moments: list[float] = []
    started, used = time.perf_counter(), time.process_time()

    async def writer(name: int) -> None:
        for number in range(WRITES // WRITERS):
            asked = time.perf_counter()
            await _write(database, f"bench-{name}-{number}")
            moments.append(time.perf_counter())
            times.append(moments[-1] - asked)

    await asyncio.gather(*(writer(name) for name in range(WRITERS)))
    taken, used = time.perf_counter() - started, time.process_time() - used
    p99 = machine.percentile(times, 0.99) * 1000
    return Run(len(times) / taken, used / len(times) * 1e6, p99), moments


async def _write(database: Database, name: str) -> None:
    def change(connection: Connection) -> None:
        connection.execute(insert(capacity_sighting), [{"hospital": name, "sighting": b"{}"}])

    await database.write(change, entries=[Entry("bench.written", "done", object_id=name)])


def _single(file: Path) -> float:
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE row (a, b)"):
        connection.execute(statement)
    started = time.perf_counter()
    for number in range(ALONE):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO row VALUES (?, ?)", [(number, "row"), (number, "entry")])
        connection.execute("COMMIT")
    taken = time.perf_counter() - started
    connection.close()
    return ALONE / taken
