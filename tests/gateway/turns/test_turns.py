"""Turns: what is due is carried, once at a time, within bounds, and again after whatever failed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from gateway.alarms import Alarms
from gateway.db import CannotRead, CannotWrite, Database
from gateway.turns import Turns
from gateway.turns.turns import AGAIN_S
from tests.virtual_time import in_virtual_time, now

Due = tuple[str, int]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Keep the log from the console."""
    with capture_logs():
        yield


class Rows:
    """Rows in memory: a kind of turn, and the database that is asked for them."""

    name = "row"

    def __init__(self, *names: str) -> None:
        self.turns = dict.fromkeys(names, 0)
        self.carried: list[Due] = []
        self.at: list[float] = []
        self.faults: dict[str, Exception] = {}
        self.held = asyncio.Event()
        self.held.set()
        self.most = self.now = 0
        self.away = False

    async def read(self, query: Callable[[Any], Any]) -> Any:
        """Stand in for Database.read."""
        if self.away:
            raise CannotRead("away")
        return query(None)

    def due(self, connection: Any, at_us: int, limit: int) -> Sequence[Due]:
        """Return what is due, the oldest first."""
        return list(self.turns.items())[:limit]

    async def carry(self, row: str, turn: int) -> None:
        """Carry it, and have it done."""
        self.carried.append((row, turn))
        self.at.append(now())
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await self.held.wait()
            await asyncio.sleep(0.01)
            if row in self.faults:
                raise self.faults[row]
        finally:
            self.now -= 1
        self.turns.pop(row, None)


@asynccontextmanager
async def running(rows: Rows, **more: Any) -> AsyncIterator[tuple[Turns, Alarms]]:
    """Run turns over *rows* for a while."""
    alarms = Alarms()
    turns = Turns(cast(Database, rows), alarms, **more)
    turns.add(rows)
    task = asyncio.create_task(turns.run())
    try:
        yield turns, alarms
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@in_virtual_time
async def test_what_is_due_is_carried_once() -> None:
    """Also while a turn takes longer than many sweeps."""
    rows = Rows("a", "b")
    rows.held.clear()
    async with running(rows):
        await asyncio.sleep(5)
        assert rows.carried == [("a", 0), ("b", 0)]
        rows.held.set()
        await asyncio.sleep(5)
    assert rows.carried == [("a", 0), ("b", 0)]


@in_virtual_time
async def test_what_comes_due_is_seen_within_the_pause_or_at_once() -> None:
    """Half a second; `look` makes it now."""
    rows = Rows()
    async with running(rows) as (turns, _):
        await asyncio.sleep(0.1)
        rows.turns["a"] = 0
        began = now()
        await asyncio.sleep(1)
        rows.turns["b"] = 0
        looked = now()
        turns.look()
        await asyncio.sleep(0.001)
    assert 0 < rows.at[0] - began <= 0.5
    assert rows.at[1] - looked < 0.001


@in_virtual_time
async def test_no_more_are_under_way_than_may_be() -> None:
    """The others follow as soon as there is room, not at the next sweep."""
    rows = Rows(*"abcdefgh")
    async with running(rows, at_most=2, every_s=60):
        await asyncio.sleep(1)
    assert rows.most == 2
    assert len(rows.carried) == 8


@pytest.mark.parametrize("fault", [CannotWrite("full"), CannotRead("away"), KeyError("defect")])
def test_a_turn_that_failed_rests_and_is_made_again(fault: Exception) -> None:
    """Five seconds; only a defect alarms, and the alarm goes when one succeeds."""

    @in_virtual_time
    async def play() -> None:
        rows = Rows("a")
        rows.faults["a"] = fault
        async with running(rows) as (_, alarms):
            await asyncio.sleep(AGAIN_S + 2)
            assert len(rows.carried) == 2
            assert bool(alarms.current()) is isinstance(fault, KeyError)
            del rows.faults["a"]
            await asyncio.sleep(AGAIN_S + 2)
            assert alarms.current() == []
        assert rows.turns == {}

    play()


@in_virtual_time
async def test_rows_that_fail_again_and_again_hide_none_behind_them() -> None:
    """They are the oldest that are due, and as many as may be under way: the next is carried all the same."""
    rows = Rows("a", "b", "c")
    rows.faults = {"a": KeyError("defect"), "b": KeyError("defect")}
    async with running(rows, at_most=2):
        await asyncio.sleep(2)
    assert ("c", 0) in rows.carried


@in_virtual_time
async def test_a_database_that_is_away_is_asked_again() -> None:
    """Nothing else ends."""
    rows = Rows("a")
    rows.away = True
    async with running(rows):
        await asyncio.sleep(3)
        assert rows.carried == []
        rows.away = False
        await asyncio.sleep(1)
    assert rows.carried == [("a", 0)]


@in_virtual_time
async def test_at_the_end_nothing_is_left_under_way() -> None:
    """What was cut off is due again at the next start."""
    rows = Rows("a")
    rows.held.clear()
    async with running(rows):
        await asyncio.sleep(1)
        assert rows.now == 1
    assert rows.now == 0
    assert rows.turns == {"a": 0}
