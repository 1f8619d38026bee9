"""When the database cannot write, everybody hears so soon, and the log goes on unbroken afterwards."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, insert, make_url
from sqlalchemy.exc import OperationalError

from gateway.db import CannotRead, CannotWrite, Database, batching
from gateway.db.faults import has_collided, is_sick
from gateway.evidence.verify import verify
from tests.exported import lines_at

from .conftest import CountingChain, Scribbler, echo, entry
from .test_writer import Gate


@contextmanager
def locked(url: str) -> Iterator[None]:
    """Hold the lock that writing needs, from another connection."""
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite":
        other = sqlite3.connect(str(parts.database), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        yield
        other.close()
    else:
        with psycopg.connect(
            host=str(parts.query["host"]), user=parts.username, dbname=parts.database
        ) as session:
            session.execute("LOCK TABLE audit_entry, note IN EXCLUSIVE MODE")
            yield
            session.rollback()


def intact(url: str) -> int:
    """Check the whole log and return how many entries it holds."""
    report = verify(lines_at(url))
    assert report.damage is None
    return report.entries


async def test_a_locked_database_is_said_soon_and_recovers(
    scribbled_url: str, database: Database, scribbler: Scribbler
) -> None:
    """While another holds the lock every caller gets CannotWrite; when it lets go, writing works again."""
    await scribbler.add(1)
    with locked(scribbled_url):
        async with asyncio.timeout(5):
            outcomes = await asyncio.gather(
                *(scribbler.add(number) for number in range(2, 12)), return_exceptions=True
            )
        assert {type(outcome) for outcome in outcomes} == {CannotWrite}
        assert not database.healthy
    await scribbler.add(20)
    assert database.healthy
    assert await scribbler.numbers() == [1, 20]
    assert intact(scribbled_url) == 2


async def test_reading_goes_on_while_writing_is_locked(scribbled_url: str, scribbler: Scribbler) -> None:
    """A lock for writing does not stop a question."""
    await scribbler.add(1)
    with locked(scribbled_url):
        assert await scribbler.numbers() == [1]


async def test_a_failed_commit_fails_everybody_and_breaks_no_chain(
    scribbled_url: str, database: Database, scribbler: Scribbler
) -> None:
    """A commit the database refuses is CannotWrite for the whole batch; the next entry chains rightly."""

    def orphan(connection: Connection) -> None:
        connection.execute(insert(echo).values(id=1, note=404))

    await scribbler.add(1)
    gate = Gate(database)
    held = await gate.shut()
    orphaned = asyncio.create_task(database.write(orphan, entries=(entry(2),)))
    neighbour = asyncio.create_task(scribbler.add(3))
    await asyncio.sleep(0)
    gate.open()
    await held
    outcomes = await asyncio.gather(orphaned, neighbour, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [CannotWrite, CannotWrite]
    await scribbler.add(4)
    assert await scribbler.numbers() == [1, 4]
    assert intact(scribbled_url) == 3


async def test_a_full_queue_refuses_at_once(scribbled_url: str, chain: CountingChain) -> None:
    """Beyond its bound the queue takes nobody, rather than let all wait for ever."""
    database = Database(scribbled_url, chain, waiting=5)
    await database.start()
    gate, scribbler = Gate(database), Scribbler(database)
    held = await gate.shut()
    waiting = [asyncio.create_task(scribbler.add(number)) for number in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(CannotWrite, match="queue"):
        await scribbler.add(6)
    gate.open()
    await asyncio.gather(held, *waiting)
    await database.close()
    with pytest.raises(CannotWrite, match="closed"):
        await scribbler.add(7)


async def test_what_is_queued_is_written_before_closing(scribbled_url: str, chain: CountingChain) -> None:
    """Closing loses nothing that was accepted."""
    database = Database(scribbled_url, chain)
    await database.start()
    scribbler = Scribbler(database)
    writes = [asyncio.create_task(scribbler.add(number)) for number in range(50)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*writes) == list(range(50))
    assert intact(scribbled_url) == 50


async def test_a_full_disk_leaves_nothing_half_written(sqlite_url: str, chain: CountingChain) -> None:
    """SQLite out of pages: CannotWrite, no entry without its row; with space again the chain goes on."""
    database = Database(sqlite_url, chain)
    await database.start()

    def no_more_pages(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    await database.write(no_more_pages, entries=(entry(0),))
    big = [entry(number) for number in range(100)]
    with pytest.raises(CannotWrite, match="full"):
        await database.record(*big)
    assert not database.healthy
    await database.record(entry(2))
    assert database.healthy
    await database.close()
    assert intact(sqlite_url) == 2


async def test_a_disk_that_fills_up_during_the_rerun_breaks_no_chain(
    sqlite_url: str, chain: CountingChain
) -> None:
    """SQLite has undone everything by itself then: nobody is told yes, nothing is committed off the chain."""
    database = Database(sqlite_url, chain)
    await database.start()
    await database.record(entry(0))
    go = threading.Event()
    held = asyncio.create_task(database.write(lambda _: go.wait(5), entries=(entry(1),)))
    await asyncio.sleep(0.1)

    def ordinary_failure(_: Connection) -> None:
        raise LookupError

    def fills_the_disk(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        connection.exec_driver_sql("INSERT INTO meta VALUES ('big', ?)", ("x" * 200_000,))

    def room_again(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")

    changes = (lambda _: None, ordinary_failure, fills_the_disk, room_again, lambda _: None)
    writes = [
        asyncio.create_task(database.write(change, entries=(entry(number),)))
        for number, change in enumerate(changes, 10)
    ]
    await asyncio.sleep(0.05)
    go.set()
    await held
    told = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(each) for each in told if isinstance(each, BaseException)].count(CannotWrite) >= 3
    await database.record(entry(99))
    await database.close()
    said_yes = 3 + sum(not isinstance(each, BaseException) for each in told)
    assert intact(sqlite_url) == said_yes


async def test_a_database_that_never_answers_is_given_up(
    sqlite_url: str, chain: CountingChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server stalls behind a live connection: whoever waits is told, it shows as sick, and closing ends."""
    monkeypatch.setattr(batching, "LEFT_BEHIND_S", 0.1)
    database = Database(sqlite_url, chain, patience_s=0.1)
    await database.start()
    never = threading.Event()
    with pytest.raises(CannotWrite, match="no answer") as refused:
        await database.write(lambda _: never.wait(20), entries=(entry(1),))
    assert refused.value.may_have_happened
    with pytest.raises(CannotWrite, match="no answer"):
        await database.record(entry(2))
    assert (database.healthy, database.trouble) == (False, "no answer")
    with pytest.raises(CannotRead, match="no answer"):
        await database.read(lambda _: never.wait(20))
    started = time.monotonic()
    await database.close()
    assert time.monotonic() - started < 5
    never.set()


async def test_a_lost_connection_is_made_anew(postgres_url: str, chain: CountingChain) -> None:
    """PostgreSQL ends our session in mid-transaction: CannotWrite, and the next write connects again."""
    database = Database(postgres_url, chain)
    await database.start()
    await database.record(entry(1))

    def die(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(CannotWrite):
        await database.write(die, entries=(entry(2),))
    assert not database.healthy
    await database.record(entry(3))
    await database.close()
    assert intact(postgres_url) == 2


async def test_two_writers_of_one_name_do_not_fork_the_log(postgres_url: str) -> None:
    """On PostgreSQL a second process with the same replica name cannot start to write."""
    first = Database(postgres_url, CountingChain("same"), busy_ms=100)
    second = Database(postgres_url, CountingChain("same"), busy_ms=100)
    await first.start()
    with pytest.raises(CannotWrite):
        await second.start()
    await first.record(entry(1))
    await first.close()
    await second.record(entry(2))
    await second.close()
    assert intact(postgres_url) == 2


async def test_two_replicas_write_side_by_side(postgres_url: str) -> None:
    """Each replica has a chain of its own in one table."""
    replicas = [Database(postgres_url, CountingChain(f"replica-{n}")) for n in (1, 2)]
    for replica in replicas:
        await replica.start()
    await asyncio.gather(*(replica.record(entry(n)) for n in range(100) for replica in replicas))
    for replica in replicas:
        await replica.close()
    assert intact(postgres_url) == 200


async def test_a_database_that_is_not_there_is_said(tmp_path: Path, chain: CountingChain) -> None:
    """A file that cannot be opened is CannotWrite and CannotRead, not a crash."""
    database = Database(f"sqlite:///{tmp_path / 'nowhere' / 'gerbang.db'}", chain)
    with pytest.raises(CannotWrite, match="unable to open"):
        await database.start()
    with pytest.raises(CannotRead):
        await database.read(lambda c: c.exec_driver_sql("SELECT 1"))
    await database.close()


@pytest.mark.parametrize(
    ("failure", "sick", "collided"),
    [
        (psycopg.errors.DiskFull(), True, False),
        (psycopg.errors.AdminShutdown(), True, False),
        (psycopg.errors.LockNotAvailable(), True, False),
        (psycopg.errors.ReadOnlySqlTransaction(), True, False),
        (psycopg.errors.QueryCanceled(), True, False),
        (psycopg.OperationalError("server closed the connection"), True, False),
        (psycopg.errors.DeadlockDetected(), False, True),
        (psycopg.errors.SerializationFailure(), False, True),
        (psycopg.errors.UniqueViolation(), False, False),
        (psycopg.errors.UndefinedTable(), False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_postgresql_failures_are_told_apart(failure: Exception, sick: bool, collided: bool) -> None:
    """The database's own troubles, collisions worth a rerun, and the asker's mistakes."""
    wrapped = OperationalError("statement", {}, failure)
    assert (is_sick(wrapped), has_collided(wrapped)) == (sick, collided)
