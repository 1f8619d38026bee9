"""Standings: what somebody said goes before the file, here at once and elsewhere soon, and never back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from contracts import Entry
from gateway.db import CannotRead, Database
from gateway.partners import registry, standing_store
from gateway.partners.config import Limits, PartnerConfig
from gateway.partners.registry import Registry
from gateway.partners.shape import Standing
from gateway.partners.standing import StandingBook, follow
from gateway.partners.standing_store import Stands
from tests.gateway.gate import Notebook, until

NOON = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def partners(*names: str, standing: Standing = Standing.PLANNED) -> Registry:
    """Return a registry of such partners."""
    nothing: Any = None
    configs = [
        PartnerConfig(name, nothing, standing, name, "112", Limits(), nothing, nothing, nothing, nothing)
        for name in names
    ]
    return Registry([registry.partner(config, None) for config in configs])


def said(standing: Standing, at: datetime = NOON, partner: str = "bpbd") -> Stands:
    """Return what an admin says."""
    return Stands(partner, standing, at, "k-admin", "sistem siap")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Start the writer on a fresh database."""
    started = Database(database_url, Notebook())
    await started.start()
    yield started
    await started.close()


async def put(database: Database, stands: Stands) -> Stands:
    """Commit it."""
    return await database.write(
        lambda connection: standing_store.put(connection, stands), entries=[Entry("test.said", "said")]
    )


async def test_what_was_said_goes_before_the_file(database: Database) -> None:
    """Of every partner the file still has; what it no longer has is of no consequence."""
    known = partners("bpbd", "polres")
    await put(database, said(Standing.LIVE))
    await put(database, said(Standing.LIVE, partner="gone"))
    await StandingBook(database, known).load()
    assert [(each.standing, each.standing_since) for each in known.partners.values()] == [
        (Standing.LIVE, NOON),
        (Standing.PLANNED, None),
    ]


async def test_a_row_comes_back_as_it_was_written(database: Database) -> None:
    """With actor and reason; the newest counts."""
    first = await put(database, said(Standing.LIVE))
    second = await put(database, said(Standing.SUSPENDED, NOON + SECOND))
    assert (first.since, second.since) == (NOON, NOON + SECOND)

    def look(connection: Connection) -> list[Stands | None]:
        return [standing_store.load(connection, name) for name in ("bpbd", "polres")]

    assert await database.read(look) == [second, None]


async def test_a_clock_that_runs_behind_cannot_undo_what_came_later(database: Database) -> None:
    """The second word is the later one, whatever the second replica's clock says."""
    known = partners("bpbd")
    await put(database, said(Standing.LIVE))
    late = await put(database, said(Standing.SUSPENDED, NOON - SECOND))
    assert late.since > NOON
    await StandingBook(database, known).load()
    assert known.partners["bpbd"].standing is Standing.SUSPENDED


def test_what_is_older_than_what_is_known_changes_nothing() -> None:
    """A reading that began before our own change was committed ends after it."""
    known = partners("bpbd")
    follow(known, said(Standing.LIVE, NOON + SECOND))
    follow(known, said(Standing.ONBOARDING, NOON))
    assert known.partners["bpbd"].standing is Standing.LIVE


async def test_another_replicas_change_is_followed(database: Database) -> None:
    """Within the pause between two readings."""
    known = partners("bpbd")
    task = asyncio.create_task(StandingBook(database, known, every_s=0.01).keep_fresh())
    await put(database, said(Standing.LIVE))
    await until(lambda: known.partners["bpbd"].standing is Standing.LIVE)
    task.cancel()


async def test_while_the_database_is_away_what_was_known_stands() -> None:
    """And it goes on being asked."""
    known = partners("bpbd", standing=Standing.LIVE)
    answers: list[Any] = [CannotRead("away"), [said(Standing.SUSPENDED)]]

    class Away:
        async def read(self, _: object) -> Any:
            answer = answers.pop(0) if answers else []
            if isinstance(answer, Exception):
                raise answer
            return answer

    task = asyncio.create_task(StandingBook(cast(Database, Away()), known, every_s=0.01).keep_fresh())
    await until(lambda: len(answers) == 1)
    assert known.partners["bpbd"].standing is Standing.LIVE
    await until(lambda: known.partners["bpbd"].standing is Standing.SUSPENDED)
    task.cancel()
