"""A started database with a table to scribble on."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import Column, Connection, ForeignKey, Integer, MetaData, Table, Text, insert, select

from contracts.audit import Entry
from gateway.audit import Chain
from gateway.db import Database
from gateway.db.engine import writing

_scribbles = MetaData()
note = Table("note", _scribbles, Column("id", Integer, primary_key=True), Column("text", Text))
# Judged only when the transaction commits.
echo = Table(
    "echo",
    _scribbles,
    Column("id", Integer, primary_key=True),
    Column("note", ForeignKey("note.id", deferrable=True, initially="DEFERRED")),
)


class CountingChain(Chain):
    """A chain that counts the commits it hears of."""

    commits = 0

    def committed(self) -> None:
        """Count one."""
        super().committed()
        self.commits += 1


class Scribbler:
    """Makes changes to `note`, and reads them back."""

    def __init__(self, database: Database) -> None:
        """Take the started database."""
        self.database = database

    async def add(self, number: int) -> int:
        """Write one row with its entry."""

        def change(connection: Connection) -> int:
            connection.execute(insert(note).values(id=number, text="x"))
            return number

        return await self.database.write(change, entries=(entry(number),))

    async def numbers(self) -> list[int]:
        """Return the rows' numbers in order."""
        return await self.database.read(lambda c: list(c.scalars(select(note.c.id).order_by(note.c.id))))


def entry(number: int) -> Entry:
    """Make an entry that says *number*."""
    return Entry("note.added", "done", detail={"number": number})


@pytest.fixture
def scribbled_url(database_url: str) -> Iterator[str]:
    """Give a migrated database of either dialect with the tables above."""
    engine = writing(database_url)
    _scribbles.create_all(engine)
    yield database_url
    engine.dispose()


@pytest.fixture
def chain() -> CountingChain:
    """Give the chain the database writes to."""
    return CountingChain("test-1")


@pytest.fixture
async def database(scribbled_url: str, chain: CountingChain) -> AsyncIterator[Database]:
    """Give a started database that waits 100 ms for a lock."""
    database = Database(scribbled_url, chain, busy_ms=100)
    await database.start()
    yield database
    await database.close()


@pytest.fixture
def scribbler(database: Database) -> Scribbler:
    """Give the one who scribbles."""
    return Scribbler(database)
