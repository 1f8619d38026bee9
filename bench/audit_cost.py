"""A business row and its audit entry, committed together: through the one writer, and by a commit each."""

import asyncio
import sqlite3
import time
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, insert

from contracts import Entry
from gateway.audit import Chain
from gateway.capacity.store import capacity_sighting
from gateway.db import Database, migrate

from . import machine
from .bars import Bar

WRITERS = 32
WRITES = 8000
ROUNDS = 3
ALONE = 1000


def measure(folder: Path) -> list[Bar]:
    """Measure both in turn, on fresh files."""
    grouped, single = [], []
    for number in range(ROUNDS):
        grouped.append(_grouped(folder / f"grouped-{number}.db"))
        single.append(_single(folder / f"single-{number}.db"))
    rates, cpu, p99 = (median(column) for column in zip(*grouped, strict=True))
    return [
        Bar("audit_cost.rate", f"row and entry together, {WRITERS} writers, SQLite FULL", rates, "/s"),
        Bar("audit_cost.cpu", "per row and entry", cpu, "us"),
        Bar("audit_cost.p99", "until it is on the disk", p99, "ms"),
        Bar("audit_cost.rate.baseline", "two bare rows and a commit each, one writer", median(single), "/s"),
    ]


def _grouped(file: Path) -> tuple[float, float, float]:
    url = f"sqlite:///{file}"
    migrate(url, environment="demo")
    return asyncio.run(_writes(Database(url, Chain("bench"))))


async def _writes(database: Database) -> tuple[float, float, float]:
    """Return writes per second, microseconds of processor each, and the 99th percentile in ms."""
    await database.start()
    times: list[float] = []
    started, used = time.perf_counter(), time.process_time()

    async def writer(name: int) -> None:
        for number in range(WRITES // WRITERS):
            asked = time.perf_counter()
            await _write(database, f"bench-{name}-{number}")
            times.append(time.perf_counter() - asked)

    await asyncio.gather(*(writer(name) for name in range(WRITERS)))
    taken, used = time.perf_counter() - started, time.process_time() - used
    await database.close()
    return len(times) / taken, used / len(times) * 1e6, machine.percentile(times, 0.99) * 1000


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
