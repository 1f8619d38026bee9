"""The queue of several processes: each turn once, limits over all, what the dead held, a server that goes."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from pgqueuer.adapters.drivers.psycopg import PsycopgDriver
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.models import HealthCheckEvent
from pgqueuer.domain.types import QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter
from structlog.testing import capture_logs

from gateway.db.engine import connecting
from gateway.turns import queue, queued, shift
from tests.postgres import Server

from .rows import Bench, Rows, until

GONE = timedelta(seconds=60)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the log from the console."""
    with capture_logs():
        yield


@pytest.fixture
def bench(postgres_url: str) -> Bench:
    """Give a bench of several processes."""
    return Bench(postgres_url)


@asynccontextmanager
async def three(bench: Bench, rows: Rows) -> AsyncIterator[None]:
    """Run three executors over the same rows, as three processes would."""
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(bench.running(rows))
        yield


async def test_each_turn_is_carried_by_one_of_many(bench: Bench) -> None:
    """All of them see that it is due, and offer it; the queue takes one offer."""
    rows = Rows()
    async with three(bench, rows):
        await asyncio.sleep(1)
        rows.held.clear()
        rows.add(f"r{n}" for n in range(100))
        await until(lambda: len(rows.carried) == 100, within=5)
        await asyncio.sleep(1)
        rows.held.set()
        await until(lambda: not rows.due_now, within=5)
    assert sorted(rows.carried) == sorted((f"r{n}", 0) for n in range(100))


async def test_a_limit_holds_over_all_of_them(bench: Bench) -> None:
    """Three places are three places, however many processes want them."""
    rows = Rows()
    rows.limits = {"police": 3}
    async with three(bench, rows):
        await asyncio.sleep(1)
        rows.add((f"p{n}" for n in range(60)), group="police")
        await until(lambda: len(rows.carried) >= 60, within=20)
    assert rows.most["police"] == 3


async def test_what_a_dead_process_held_is_taken_over(bench: Bench) -> None:
    """Fifteen seconds at most; the row is due, and its turn is in the hands of somebody who is no more."""
    rows = Rows()
    async with queue.opened(bench.url) as queries:
        await queries.enqueue("row", b"a.0", dedupe_key="row/a.0")
        its = {QueueEntrypoint("row"): EntrypointExecutionParameter(concurrency_limit=0)}
        dead = QueueManagerId(uuid4())
        assert len(await queries.dequeue(1, its, dead, None, GONE)) == 1
    rows.add(["a"])
    async with bench.running(rows):
        await asyncio.sleep(shift.HEARTBEAT_S - 2)
        assert rows.carried == []
        await until(lambda: rows.carried == [("a", 0)], within=15 - shift.HEARTBEAT_S + 2)


async def test_turns_go_on_when_the_server_closed_every_connection(bench: Bench, postgres: Server) -> None:
    """As it does at a restart; a turn under way meanwhile is not cut off, and others do not wait for it."""
    rows = Rows("long")
    rows.held.clear()
    async with bench.running(rows) as (_, alarms):
        await until(lambda: rows.under_way[""] == 1, within=5)
        postgres.run("select pg_terminate_backend(pid) from pg_stat_activity where datname ~ '^test_'")
        await asyncio.sleep(1)
        rows.held.set()
        rows.add(["next"])
        await until(lambda: ("next", 0) in rows.carried, within=10)
        await until(lambda: not rows.due_now, within=10)
        assert rows.carried.count(("long", 0)) == 1
        assert alarms.current() == []


@pytest.mark.slow
async def test_turns_go_on_after_a_server_that_stood_still(bench: Bench, postgres: Server) -> None:
    """Its connections stay, and nobody is answered; a person is told."""
    rows = Rows("first")
    async with bench.running(rows) as (_, alarms):
        await until(lambda: rows.carried, within=5)
        postgres.freeze()
        try:
            rows.add(["next"])
            await until(lambda: [alarm.name for alarm in alarms.current()] == [queued.AWAY], within=30)
        finally:
            postgres.thaw()
        await until(lambda: ("next", 0) in rows.carried, within=15)
        await until(lambda: alarms.current() == [], within=5)


async def test_its_first_probe_is_heard(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """PgQueuer asks whether it hears itself, and may ask before it listens; unheard it ends after 10 s."""
    heard: list[object] = []
    probe = QueueManager.listener_healthy

    async def watched(manager: QueueManager, **patience: timedelta) -> HealthCheckEvent:
        heard.append(found := await probe(manager, **patience))
        return found

    async def slowly(driver: PsycopgDriver, *given: Any) -> None:
        await asyncio.sleep(0.3)
        await listen(driver, *given)

    listen = PsycopgDriver.add_listener
    monkeypatch.setattr(PsycopgDriver, "add_listener", slowly)
    monkeypatch.setattr(QueueManager, "listener_healthy", watched)
    async with bench.running(Rows()):
        await until(lambda: heard, within=3)


async def test_many_may_make_its_tables_at_once(bench: Bench) -> None:
    """Whoever comes second finds them made; nothing on the machine names them otherwise."""
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(queue.opened(bench.url)) for _ in range(4)))
    async with await psycopg.AsyncConnection.connect(**connecting(bench.url)) as connection:
        found = await connection.execute(
            "select relname, relpersistence from pg_class where relname ~ '^turns_'"
        )
        tables = dict(await found.fetchall())
    assert {"turns_pgqueuer", "turns_pgqueuer_log"} <= tables.keys()
    assert tables["turns_pgqueuer"] == "u"


def test_the_machines_environment_names_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """PgQueuer reads variables as common as CHANNEL: replicas would not hear each other."""
    for name in ("CHANNEL", "PGQUEUER_CHANNEL", "QUEUE_TABLE", "PGQUEUER_SCHEMA", "PGQUEUER_PREFIX"):
        monkeypatch.setenv(name, "another")
    assert type(queue.NAMES)(prefix="turns_").channel == "turns_ch_pgqueuer"
    assert type(queue.NAMES)(prefix="turns_").qualified.queue_table == "turns_pgqueuer"


async def test_what_ended_long_ago_is_forgotten(bench: Bench) -> None:
    """The list of what was carried is kept for an hour, what no release knows for a day."""
    async with queue.opened(bench.url) as queries:
        await queries.enqueue(["gone", "new"], [None, None], [0, 0])
        await queries.driver.execute("update turns_pgqueuer_log set created = now() - interval '2 hours'")
        old = "update turns_pgqueuer set created = now() - interval '2 days' where entrypoint = 'gone'"
        await queries.driver.execute(old)
        await queue.tidy(queries)
        assert await queries.queue_log() == []
        assert [each.entrypoint for each in await queries.queue_size()] == ["new"]
