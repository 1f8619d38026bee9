"""PgQueuer as it stands in our database: its tables under our prefix, its two connections, its upkeep."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Self

import psycopg
from pgqueuer.adapters.drivers.psycopg import PsycopgDriver
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment, QueryQueueBuilder, QuerySchedulerBuilder
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.ports.driver import NotifyCallback
from psycopg.sql import SQL, Identifier
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from gateway.db.engine import connecting

PATIENCE_S = 5.0


class _Names(DBSettings):
    """The names of PgQueuer's tables; variables such as CHANNEL or TRIGGER on this machine change none."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


# Not kept over a crash of the server: domain rows are the truth, and whatever is due is queued again.
NAMES = _Names(prefix="turns_", durability=Durability.volatile)


class Driver(PsycopgDriver):
    """
    PgQueuer's driver over two connections, with an end to every question.

    psycopg waits for notifications with the connection's lock held: on one connection a question would wait
    for the next notification, up to a second.
    """

    def __init__(self, asking: psycopg.AsyncConnection, listening: psycopg.AsyncConnection) -> None:
        """Take one connection for questions and one for news, both in autocommit."""
        super().__init__(asking)
        self._ears = PsycopgDriver(listening)

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        """Return the rows. Raises psycopg.Error, TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            return await super().fetch(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        """Return the status. Raises psycopg.Error, TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            return await super().execute(query, *args)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Have *callback* called with what is told on *channel*."""
        await self._ears.add_listener(channel, callback)

    async def remove_listener(self, channel: str, callback: NotifyCallback) -> None:
        """Call it no more."""
        await self._ears.remove_listener(channel, callback)

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        await self._ears.__aenter__()
        return await super().__aenter__()

    async def __aexit__(self, *_: object) -> None:
        """Listen no more."""
        await super().__aexit__()
        await self._ears.__aexit__()


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Queries]:
    """Connect to the queue in the database at *url*, its tables made or brought up to date."""
    async with AsyncExitStack() as stack:
        asking, listening = [await stack.enter_async_context(await _connected(url)) for _ in range(2)]
        queries = Queries(
            Driver(asking, listening),
            QueryBuilderEnvironment(NAMES),
            QueryQueueBuilder(NAMES),
            QuerySchedulerBuilder(NAMES),
        )
        await queries.apply_upgrade()  # makes what is missing, under an advisory lock of its own
        # To plan the taking of turns costs four times what it takes, and it is the same each time.
        await asking.execute("SET plan_cache_mode = force_generic_plan")
        # Before anybody tells: PgQueuer's first probe would else overtake its own LISTEN, and go unheard.
        await listening.execute(SQL("LISTEN {}").format(Identifier(NAMES.channel)))
        yield queries


async def _connected(url: str) -> psycopg.AsyncConnection[Any]:
    return await psycopg.AsyncConnection.connect(**connecting(url), autocommit=True)


async def tidy(queries: Queries) -> None:
    """Forget what was carried an hour ago, and what nobody has taken for a day: no release knows it."""
    names = NAMES.qualified
    await queries.driver.execute(
        f"DELETE FROM {names.queue_table_log} WHERE created < now() - interval '1 hour'"  # noqa: S608  ours
    )
    await queries.driver.execute(
        f"DELETE FROM {names.queue_table} WHERE created < now() - interval '1 day'"  # noqa: S608  as above
    )
