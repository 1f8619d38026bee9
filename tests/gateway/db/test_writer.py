"""One writer: many callers share a commit, and one caller's failure stays its own."""

import asyncio
from threading import Event

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from gateway.audit.store import audit_entry
from gateway.db import Database

from .conftest import CountingChain, Scribbler, entry, note


class Gate:
    """A change that holds the writer until it is opened, so that others gather behind it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entered, self._opened = Event(), Event()

    async def shut(self) -> "asyncio.Task[None]":
        """Occupy the writer; the task ends when the gate has been opened."""

        def wait(_: Connection) -> None:
            self._entered.set()
            assert self._opened.wait(10)

        held = asyncio.create_task(self._database.write(wait, entries=(entry(0),)))
        assert await asyncio.to_thread(self._entered.wait, 10)
        return held

    def open(self) -> None:
        """Let the writer go on."""
        self._opened.set()


async def _entries(database: Database) -> list[int]:
    """Return the sequence numbers in the log."""
    return await database.read(
        lambda c: list(c.scalars(select(audit_entry.c.seq).order_by(audit_entry.c.seq)))
    )


async def test_many_callers_share_one_commit(
    database: Database, scribbler: Scribbler, chain: CountingChain
) -> None:
    """What gathers while the writer is busy is committed together, each row with its entry."""
    gate = Gate(database)
    held = await gate.shut()
    before = chain.commits
    writes = [asyncio.create_task(scribbler.add(number)) for number in range(1, 201)]
    await asyncio.sleep(0)
    gate.open()
    assert await asyncio.gather(*writes) == list(range(1, 201))
    await held
    assert chain.commits - before == 2
    assert await scribbler.numbers() == list(range(1, 201))
    assert await _entries(database) == list(range(1, 202))


async def test_a_batch_is_bounded(database: Database, scribbler: Scribbler, chain: CountingChain) -> None:
    """No more than 256 callers wait for one transaction."""
    gate = Gate(database)
    held = await gate.shut()
    before = chain.commits
    writes = [asyncio.create_task(scribbler.add(number)) for number in range(600)]
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(held, *writes)
    assert chain.commits - before == 1 + 3


async def test_a_lone_caller_is_not_kept_waiting(scribbler: Scribbler, chain: CountingChain) -> None:
    """Without company there is a commit at once, one each."""
    before = chain.commits
    for number in range(5):
        await scribbler.add(number)
    assert chain.commits - before == 5


async def test_an_exception_reaches_only_its_own_caller(database: Database, scribbler: Scribbler) -> None:
    """Of a batch with one failing change all others are committed, and nothing of that one is."""

    def fail_after_writing(connection: Connection) -> None:
        connection.execute(insert(note).values(id=99))
        raise LookupError("no such hospital")

    gate = Gate(database)
    held = await gate.shut()
    good = [asyncio.create_task(scribbler.add(number)) for number in range(3)]
    bad = asyncio.create_task(database.write(fail_after_writing, entries=(entry(99),)))
    good += [asyncio.create_task(scribbler.add(number)) for number in range(3, 6)]
    await asyncio.sleep(0)
    gate.open()
    with pytest.raises(LookupError, match="no such hospital"):
        await bad
    await asyncio.gather(held, *good)
    assert await scribbler.numbers() == [0, 1, 2, 3, 4, 5]
    assert await _entries(database) == list(range(1, 8))
    assert database.healthy


async def test_the_database_refusing_a_row_is_its_writers_own_failure(
    database: Database, scribbler: Scribbler
) -> None:
    """A duplicate row fails its caller, and the writer stays healthy."""
    outcomes = await asyncio.gather(*(scribbler.add(n) for n in (1, 2, 2, 3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [int, int, IntegrityError, int]
    assert await scribbler.numbers() == [1, 2, 3]
    assert database.healthy


async def test_an_entry_that_cannot_be_sealed_takes_its_change_with_it(
    database: Database, scribbler: Scribbler
) -> None:
    """No change without its entry: a float in the entry undoes this change and no other."""

    def change(connection: Connection) -> None:
        connection.execute(insert(note).values(id=50))

    wrong = entry(1.5)  # type: ignore[arg-type]  # the type is what is wrong
    outcomes = await asyncio.gather(
        scribbler.add(1), database.write(change, entries=(wrong,)), scribbler.add(2), return_exceptions=True
    )
    assert isinstance(outcomes[1], ValueError)
    assert await scribbler.numbers() == [1, 2]
    assert await _entries(database) == [1, 2]


async def test_a_change_that_succeeds_in_the_rerun_is_done_once(
    database: Database, scribbler: Scribbler
) -> None:
    """Changes run again after a neighbour failed leave one row and one entry each."""
    runs = 0

    def counted(connection: Connection) -> None:
        nonlocal runs
        runs += 1
        connection.execute(insert(note).values(id=10))

    gate = Gate(database)
    held = await gate.shut()
    mine = asyncio.create_task(database.write(counted, entries=(entry(10),)))
    other = asyncio.create_task(database.write(lambda _: 1 / 0, entries=(entry(0),)))
    await asyncio.sleep(0)
    gate.open()
    with pytest.raises(ZeroDivisionError):
        await other
    await asyncio.gather(held, mine)
    assert runs == 2
    assert await scribbler.numbers() == [10]
    assert await _entries(database) == [1, 2]


async def test_a_stop_iteration_does_not_leave_its_caller_waiting(database: Database) -> None:
    """A change that runs past an iterator's end fails like any other."""
    with pytest.raises(RuntimeError, match="StopIteration"):
        await database.write(lambda _: next(iter(())), entries=(entry(1),))


async def test_a_caller_who_gave_up_before_the_start_gets_nothing_done(
    database: Database, scribbler: Scribbler
) -> None:
    """A cancelled job that has not begun is skipped: no row, no entry."""
    gate = Gate(database)
    held = await gate.shut()
    gone = asyncio.create_task(scribbler.add(1))
    stays = asyncio.create_task(scribbler.add(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(held, stays)
    assert gone.cancelled()
    assert await scribbler.numbers() == [2]
    assert await _entries(database) == [1, 2]


async def test_a_caller_who_gave_up_later_does_not_disturb_the_rest(
    database: Database, scribbler: Scribbler
) -> None:
    """A job cancelled while it runs is committed, and its batch is answered."""
    gate = Gate(database)
    held = await gate.shut()
    held.cancel()
    await asyncio.sleep(0)
    gate.open()
    assert await scribbler.add(1) == 1
    assert await _entries(database) == [1, 2]


async def test_no_change_goes_without_an_entry(database: Database, scribbler: Scribbler) -> None:
    """Neither an empty list nor a function that names none is let through."""

    def change(connection: Connection) -> None:
        connection.execute(insert(note).values(id=1))

    with pytest.raises(ValueError, match="no change without its entry"):
        await database.write(change, entries=())
    with pytest.raises(ValueError, match="no change without its entry"):
        await database.write(change, entries=lambda _: ())
    with pytest.raises(ValueError, match="no change without its entry"):
        await database.record()
    assert await scribbler.numbers() == []


async def test_entries_may_come_from_the_result(database: Database) -> None:
    """What the change found out decides what is written down."""
    found = await database.write(lambda _: 7, entries=lambda number: [entry(number), entry(number + 1)])
    assert found == 7
    assert await _entries(database) == [1, 2]


async def test_the_reading_side_cannot_write(database: Database) -> None:
    """A change smuggled into a question is refused by the database itself."""
    with pytest.raises(Exception, match=r"(?i)read-?only"):
        await database.read(lambda c: c.execute(insert(note).values(id=1)))


async def test_exceptions_do_not_repeat_the_values(database: Database) -> None:
    """What a failing statement carried (perhaps a person's number) is not in the exception's text."""
    canary = "1571015203909901"

    def change(connection: Connection) -> None:
        connection.execute(insert(note).values(id=1, text=canary))
        connection.execute(insert(note).values(id=1, text=canary))

    with pytest.raises(IntegrityError) as caught:
        await database.write(change, entries=(entry(1),))
    assert canary not in str(caught.value)
