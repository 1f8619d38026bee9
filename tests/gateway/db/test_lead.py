"""The lead: one of several processes has it, another when that one is gone, and nobody waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from gateway.db import Lead
from tests.postgres import Server


@asynccontextmanager
async def kept(lead: Lead) -> AsyncIterator[Lead]:
    """Ask for the lead, and go on."""
    task = asyncio.create_task(lead.keep())
    await asyncio.wait_for(lead.is_elsewhere(), 5)
    yield lead
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_one_leads_and_another_when_it_is_gone(postgres_url: str) -> None:
    """Whoever comes second knows it within a moment of the first one's end."""
    first = asyncio.create_task(Lead(postgres_url, every_s=0.1).keep())
    await asyncio.sleep(0.3)
    async with kept(Lead(postgres_url, every_s=0.1)) as second:
        assert await second.is_elsewhere()
        first.cancel()
        await asyncio.sleep(0.5)
        assert not await second.is_elsewhere()


async def test_where_nobody_can_be_asked_each_does_for_itself(postgres_url: str, postgres: Server) -> None:
    """A server that is gone must not leave beds unasked; when it is back one of them leads again."""
    async with (
        kept(Lead(postgres_url, every_s=0.1)) as first,
        kept(Lead(postgres_url, every_s=0.1)) as second,
    ):
        assert [await each.is_elsewhere() for each in (first, second)] == [False, True]
        postgres.run("select pg_terminate_backend(pid) from pg_stat_activity where datname ~ '^test_'")
        await asyncio.sleep(0.5)
        assert sorted([await each.is_elsewhere() for each in (first, second)]) == [False, True]
    async with kept(Lead("postgresql+psycopg://nobody@127.0.0.1:9/nothing", every_s=0.1)) as unheard:
        assert not await unheard.is_elsewhere()


async def test_on_sqlite_there_is_nobody_else(sqlite_url: str) -> None:
    """The process lock sees to that."""
    async with kept(Lead(sqlite_url)) as only:
        assert not await only.is_elsewhere()
